import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addPerson } from '../../../src/domain/customers/add-person.ts'
import { type ChangePerson, changePerson } from '../../../src/domain/customers/change-person.ts'
import { confirmPerson } from '../../../src/domain/customers/confirm-person.ts'
import { findByAddress } from '../../../src/domain/customers/find-by-address.ts'
import { handOverAccount } from '../../../src/domain/customers/hand-over-account.ts'
import { inviteAgain } from '../../../src/domain/customers/invite-again.ts'
import { removePerson } from '../../../src/domain/customers/remove-person.ts'
import { findPersonVisit, findPortalTicket } from '../../../src/domain/tickets/find-portal-ticket.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { byAgent, letIn, peopleOf, personCalled, refusalOf, writes } from './people.ts'

let world: World
let customerId: bigint
let ticketId: bigint
let buyer: bigint

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  customerId = await world.customer({ name: 'Ana', email: 'ana@firm.example', phone: '+38640111222' })
  ticketId = await world.ticket(customerId, { email: 'ana@firm.example' })
  buyer = (await personCalled(world, customerId, 'Ana')).id
})

const of = (contactId: bigint, by = byAgent) => ({ shopId: world.shopId, customerId, contactId, by })
const change = (contactId: bigint, more: Partial<ChangePerson>) =>
  changePerson(world.deps, { ...of(contactId), ...more })
const audit = () =>
  world.db.prisma.auditLog.findMany({ where: { shopId: world.shopId, customerId }, orderBy: { id: 'asc' } })
const invitations = async () =>
  (
    await world.db.query<{ payload: { contactId: string; version: number } }>(
      'invitations',
      `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
       where t.identifier = 'send_invitation' order by j.id`,
      [],
    )
  ).map(({ payload }) => payload)

describe('the people of a new account', () => {
  it('are the buyer alone, who owns it', async () => {
    expect(await peopleOf(world, customerId)).toMatchObject([
      {
        name: 'Ana',
        email: 'ana@firm.example',
        phone: '+38640111222',
        buyer: true,
        owner: true,
        maySeeStatement: true,
        removedAt: null,
      },
    ])
  })
})

describe('letting somebody write', () => {
  it('keeps the addresses in one spelling, invites and writes down who did it', async () => {
    const contactId = await letIn(world, customerId, ' Jan  Vidmar ', {
      email: ' JAN@Firm.example ',
      phone: '+386 40 333 444',
    })
    expect(await personCalled(world, customerId, 'Jan Vidmar')).toMatchObject({
      email: 'jan@firm.example',
      phone: '+38640333444',
      owner: false,
      maySeeStatement: false,
    })
    expect((await invitations()).at(-1)).toMatchObject({ contactId: String(contactId), version: 1 })
    expect(await audit()).toMatchObject([
      { actor: 'agent:1', action: 'contact_add', data: { contactId: String(contactId) } },
    ])
  })

  it.each([
    [{ name: '  ', email: 'x@firm.example' }, 'name'],
    [{ name: 'x'.repeat(201), email: 'x@firm.example' }, 'name'],
    [{ name: 'Jan' }, 'email'],
    [{ name: 'Jan', email: 'no address' }, 'email'],
    [{ name: 'Jan', email: 'ana@FIRM.example' }, 'email'],
    [{ name: 'Jan', email: 'jan@firm.example', phone: '12' }, 'phone'],
    [{ name: 'Jan', phone: '+386 40 111 222' }, 'phone'],
  ])('refuses %j and names the field', async (typed, field) => {
    const refused = await refusalOf(
      addPerson(world.deps, { shopId: world.shopId, customerId, by: byAgent, ...typed }),
    )
    expect(refused).toMatchObject({ code: 'invalid', fields: [{ field }] })
    expect(await peopleOf(world, customerId)).toHaveLength(1)
    expect(await audit()).toEqual([])
  })

  it('takes an address once on one account, also when two come at the same moment, and again on another', async () => {
    const both = await Promise.allSettled([1, 2].map(() => letIn(world, customerId, 'Jan')))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await peopleOf(world, customerId)).toHaveLength(2)
    await letIn(world, await world.customer(), 'Jan')
  })

  it('is for the owner and the shop alone', async () => {
    const jan = await letIn(world, customerId, 'Jan')
    const other = await world.customer()
    const [stranger] = await peopleOf(world, other)
    for (const contactId of [jan, stranger?.id ?? 0n]) {
      const refused = await refusalOf(
        letIn(world, customerId, 'Eva', { email: 'e@x.example', by: { contactId } }),
      )
      expect(refused).toEqual({ code: 'not_account_owner' })
    }
    await letIn(world, customerId, 'Eva', { email: 'e@x.example', by: { contactId: buyer } })
    expect((await audit()).at(-1)?.actor).toBe(`customer:${customerId}/contact:${buyer}`)
  })

  it('is not an owner’s way to send mail to everybody', async () => {
    for (let n = 0; n < 30; n += 1) {
      await letIn(world, customerId, `P${n}`, { email: `p${n}@x.example`, by: { contactId: buyer } })
    }
    const more = { email: 'one-more@x.example', by: { contactId: buyer } }
    expect(await refusalOf(letIn(world, customerId, 'More', more))).toMatchObject({
      fields: [{ field: 'people' }],
    })
    world.goTo(new Date(world.clock.at.getTime() + 86_400_000))
    await letIn(world, customerId, 'More', more)
  })
})

describe('inviting again', () => {
  const minutes = (n: number) => new Date(world.clock.at.getTime() + n * 60_000)
  const again = (contactId: bigint, by = byAgent) => inviteAgain(world.deps, of(contactId, by))

  it('sends a new link, and the older one opens nothing more, whether it was confirmed or not', async () => {
    for (const by of [byAgent, { contactId: buyer }]) {
      const contactId = await letIn(world, customerId, 'Jan', { email: `jan-${'actor' in by}@x.example`, by })
      const before = (await peopleOf(world, customerId)).find(({ id }) => id === contactId)
      world.goTo(minutes(10))
      await again(contactId, by)
      const after = (await peopleOf(world, customerId)).find(({ id }) => id === contactId)
      expect(after).toEqual({ ...before, linkVersion: 2 })
      expect((await invitations()).at(-1)).toMatchObject({ contactId: String(contactId), version: 2 })
      const visit = (version: number) =>
        findPersonVisit(world.deps, { shopId: world.shopId, contactId, version })
      expect(await visit(1)).toBeUndefined()
      expect(await visit(2)).toBeDefined()
      expect((await audit()).at(-1)).toMatchObject({
        actor: 'actor' in by ? by.actor : `customer:${customerId}/contact:${buyer}`,
        action: 'contact_invite',
        data: { contactId: String(contactId) },
      })
    }
  })

  it('waits ten minutes after each mail, and is done five times a day at most, also by several at once', async () => {
    const contactId = await letIn(world, customerId, 'Jan')
    const refusals = async (count: number) =>
      Promise.all(Array.from({ length: count }, () => refusalOf(again(contactId))))
    expect(await refusals(1)).toEqual([{ code: 'invited_lately', retryAfterSeconds: 600 }])
    world.goTo(minutes(9))
    expect(await refusals(1)).toEqual([{ code: 'invited_lately', retryAfterSeconds: 60 }])
    world.goTo(minutes(1))
    expect((await refusals(4)).filter((one) => one === 'not refused')).toHaveLength(1)
    await change(contactId, { email: 'jan@elsewhere.example' })
    expect(await refusals(1)).toEqual([{ code: 'invited_lately', retryAfterSeconds: 600 }])
    await change(contactId, { name: 'Janez' })
    for (let n = 0; n < 2; n += 1) {
      world.goTo(minutes(10))
      await again(contactId)
    }
    world.goTo(minutes(10))
    // The first of the five went out forty minutes ago.
    expect(await refusals(1)).toEqual([{ code: 'invited_lately', retryAfterSeconds: 23 * 3600 + 1200 }])
    world.goTo(minutes(24 * 60))
    expect(await refusals(1)).toEqual(['not refused'])
  })

  it('counts with what an owner may send in a day', async () => {
    const by = { contactId: buyer }
    const ids: bigint[] = []
    for (let n = 0; n < 29; n += 1)
      ids.push(await letIn(world, customerId, `P${n}`, { email: `q${n}@x.example`, by }))
    world.goTo(minutes(10))
    await again(ids[0] ?? 0n, by)
    expect(await refusalOf(again(ids[1] ?? 0n, by))).toMatchObject({ fields: [{ field: 'people' }] })
    await again(ids[1] ?? 0n)
  })

  it('refuses the buyer, who has no address, who was removed, another account, and who does not own it', async () => {
    const phoneOnly = await letIn(world, customerId, 'Eva', { phone: '+386 40 777 888' })
    const jan = await letIn(world, customerId, 'Jan')
    const elsewhere = await letIn(world, await world.customer(), 'Bor')
    world.goTo(minutes(60))
    for (const contactId of [buyer, phoneOnly]) {
      expect(await refusalOf(again(contactId))).toMatchObject({ fields: [{ field: 'contactId' }] })
    }
    expect(await refusalOf(again(elsewhere))).toEqual({ code: 'not_found', what: 'contact' })
    expect(await refusalOf(again(jan, { contactId: phoneOnly }))).toEqual({ code: 'not_account_owner' })
    await removePerson(world.deps, of(jan))
    expect(await refusalOf(again(jan))).toEqual({ code: 'not_found', what: 'contact' })
  })
})

describe('changing a person', () => {
  it('changes what is given, and tells which fields', async () => {
    const jan = await letIn(world, customerId, 'Jan')
    await change(jan, { name: 'Janez', maySeeStatement: true })
    expect(await personCalled(world, customerId, 'Janez')).toMatchObject({
      email: 'jan@firm.example',
      maySeeStatement: true,
      linkVersion: 1,
    })
    expect((await audit()).at(-1)).toMatchObject({
      action: 'contact_change',
      data: { changed: ['name', 'maySeeStatement'] },
    })
    await change(jan, { name: 'Janez' })
    expect(await audit()).toHaveLength(2)
  })

  it('with a new e-mail voids the old link, invites anew and readdresses what the person asked', async () => {
    const jan = await letIn(world, customerId, 'Jan')
    await writes(world, ticketId, { contactId: jan })
    await change(jan, { email: 'jan@new.example' })
    const link = { shopId: world.shopId, contactId: jan }
    expect(await findPersonVisit(world.deps, { ...link, version: 1 })).toBeUndefined()
    expect(await findPersonVisit(world.deps, { ...link, version: 2 })).toBeDefined()
    expect((await invitations()).at(-1)).toMatchObject({ contactId: String(jan), version: 2 })
    expect(await world.ticketOf(ticketId)).toMatchObject({ replyEmail: 'jan@new.example' })
  })

  it('leaves name and addresses of the buyer to the orders, and the owner the statement', async () => {
    expect(await refusalOf(change(buyer, { name: 'Anna' }))).toMatchObject({ fields: [{ field: 'name' }] })
    expect(await refusalOf(change(buyer, { maySeeStatement: false }))).toMatchObject({
      fields: [{ field: 'maySeeStatement' }],
    })
  })

  it('refuses another account’s person and one who was removed', async () => {
    const jan = await letIn(world, customerId, 'Jan')
    await removePerson(world.deps, of(jan))
    const [other] = await peopleOf(world, await world.customer())
    for (const id of [jan, other?.id ?? 0n, 0n]) {
      expect(await refusalOf(change(id, { name: 'X' }))).toEqual({ code: 'not_found', what: 'contact' })
    }
  })
})

describe('removing a person', () => {
  it('keeps their name on what they wrote, stops the link and answers the owner', async () => {
    const jan = await letIn(world, customerId, 'Jan')
    await writes(world, ticketId, { contactId: jan })
    const link = { shopId: world.shopId, contactId: jan, version: 1 }
    expect(await findPersonVisit(world.deps, link)).toMatchObject({ person: { name: 'Jan' }, ticketId })
    await removePerson(world.deps, of(jan))
    expect(await findPersonVisit(world.deps, link)).toBeUndefined()
    expect(await findPersonVisit(world.deps, { ...link, version: 2 })).toBeUndefined()
    expect(await world.ticketOf(ticketId)).toMatchObject({
      replyEmail: 'ana@firm.example',
      replyPhone: '+38640111222',
      requesterId: buyer,
    })
    const [message] = await world.db.prisma.message.findMany({ where: { ticketId } })
    expect(message).toMatchObject({ authorName: 'Jan', contactId: jan })
    expect(await personCalled(world, customerId, 'Jan')).toMatchObject({ removedAt: world.clock.at })
  })

  it('is done once, and the person may come back as a new one', async () => {
    const jan = await letIn(world, customerId, 'Jan')
    await removePerson(world.deps, of(jan))
    await removePerson(world.deps, of(jan))
    expect((await audit()).filter(({ action }) => action === 'contact_remove')).toHaveLength(1)
    expect(await letIn(world, customerId, 'Jan')).not.toBe(jan)
  })

  it('hears what the person still writes by mail, but does not answer there', async () => {
    const jan = await letIn(world, customerId, 'Jan')
    await removePerson(world.deps, of(jan))
    await writes(world, ticketId, { from: 'jan@firm.example' })
    expect(await world.ticketOf(ticketId)).toMatchObject({ replyEmail: 'ana@firm.example' })
    expect(await world.db.prisma.message.findFirst({ where: { ticketId } })).toMatchObject({
      contactId: jan,
    })
  })

  it('is refused for the owner', async () => {
    expect(await refusalOf(removePerson(world.deps, of(buyer)))).toEqual({ code: 'owner_stays' })
  })
})

describe('handing over', () => {
  const ticketLink = () => ({ shopId: world.shopId, customerId, ticketId, version: 1 })

  it('takes the right from the former owner at once, also on the links of tickets', async () => {
    const eva = await letIn(world, customerId, 'Eva')
    expect(await findPortalTicket(world.deps, ticketLink())).toMatchObject({ person: { owner: true } })
    await handOverAccount(world.deps, of(eva, { contactId: buyer }))
    expect(await findPortalTicket(world.deps, ticketLink())).toMatchObject({
      person: { owner: false, maySeeStatement: true },
    })
    expect(await refusalOf(handOverAccount(world.deps, of(buyer, { contactId: buyer })))).toEqual({
      code: 'not_account_owner',
    })
    await removePerson(world.deps, of(buyer, { contactId: eva }))
    expect(await findPortalTicket(world.deps, ticketLink())).toBeUndefined()
    expect(await world.ticketOf(ticketId)).toMatchObject({ replyEmail: 'eva@firm.example' })
  })

  it('leaves one owner when two are made at the same moment', async () => {
    const people = [await letIn(world, customerId, 'Eva'), await letIn(world, customerId, 'Jan')]
    await Promise.all(people.map((id) => handOverAccount(world.deps, of(id))))
    expect((await peopleOf(world, customerId)).filter(({ owner }) => owner)).toHaveLength(1)
  })

  it('needs an e-mail and an opened invitation', async () => {
    const phoneOnly = await letIn(world, customerId, 'Tel', { phone: '+38640999888' })
    const unopened = await letIn(world, customerId, 'New', {
      email: 'n@x.example',
      by: { contactId: buyer },
    })
    for (const id of [phoneOnly, unopened]) {
      expect(await refusalOf(handOverAccount(world.deps, of(id)))).toMatchObject({
        fields: [{ field: 'contactId' }],
      })
    }
    await confirmPerson(world.deps, { shopId: world.shopId, contactId: unopened, version: 1 })
    await handOverAccount(world.deps, of(unopened))
    expect(await personCalled(world, customerId, 'New')).toMatchObject({ owner: true })
  })

  it('lets what the removed buyer’s address buys later be a customer of its own', async () => {
    await world.db.prisma.customer.update({
      where: { shopId_id: { shopId: world.shopId, id: customerId } },
      data: { guestEmail: `guest-${customerId}@firm.example` },
    })
    await handOverAccount(world.deps, of(await letIn(world, customerId, 'Eva')))
    await removePerson(world.deps, of(buyer))
    const customer = await world.db.prisma.customer.findFirst({ where: { id: customerId } })
    expect(customer?.guestEmail).toBeNull()
  })
})

describe('finding accounts by an address', () => {
  const find = (value: string, kind: 'email' | 'phone' = 'email') =>
    findByAddress(world.db, { shopId: world.shopId, kind, value })

  it('gives both firms of an engineer who works for two', async () => {
    const second = await world.customer({ name: 'Bor' })
    const contacts = [
      await letIn(world, customerId, 'Inga', { email: `inga-${customerId}@x.example` }),
      await letIn(world, second, 'Inga', { email: `inga-${customerId}@x.example` }),
    ]
    expect(await find(`inga-${customerId}@x.example`)).toMatchObject([
      { customerId, customerName: 'Ana', contactId: contacts[0], contactName: 'Inga', buyer: false },
      { customerId: second, customerName: 'Bor', contactId: contacts[1], buyer: false },
    ])
  })

  it('gives the buyer for the customer’s own, and the authorised contact before the buyer', async () => {
    const own = `own-${customerId}@x.example`
    const data = { shopId: world.shopId, customerId, kind: 'email', value: own, createdAt: world.clock.at }
    const jan = await letIn(world, customerId, 'Jan', { email: own })
    await world.db.prisma.contact.create({ data })
    expect(await find(own)).toMatchObject([{ contactId: jan, buyer: false }])
    await removePerson(world.deps, of(jan))
    expect(await find(own)).toMatchObject([{ contactId: buyer, contactName: 'Ana', buyer: true }])
  })

  it('counts whom an owner named only after the invitation was opened', async () => {
    const email = `ceo-${customerId}@big.example`
    const ceo = await letIn(world, customerId, 'Ceo', { email, by: { contactId: buyer } })
    expect(await find(email)).toEqual([])
    await confirmPerson(world.deps, { shopId: world.shopId, contactId: ceo, version: 1 })
    expect(await find(email)).toHaveLength(1)
  })

  it('stays within the shop', async () => {
    const other = await world.addShop()
    const email = `jan-${customerId}@x.example`
    await letIn(world, customerId, 'Jan', { email, phone: '+38640777666' })
    expect(await find('+38640777666', 'phone')).toHaveLength(1)
    expect(await findByAddress(world.db, { shopId: other, kind: 'email', value: email })).toEqual([])
  })
})

describe('the database', () => {
  it('refuses a second owner, a removed owner and a person without an address', async () => {
    const jan = await letIn(world, customerId, 'Jan')
    const update = (set: string) =>
      world.db.query(`break-${set}`, `update authorised_contact set ${set} where id = $1`, [jan])
    await expect(update('owner = true')).rejects.toThrow('authorised_contact_one_owner')
    await expect(update("name = ''")).rejects.toThrow('authorised_contact_address')
    await expect(update('email = null')).rejects.toThrow('authorised_contact_address')
    await expect(
      world.db.query('remove-owner', 'update authorised_contact set removed_at = now() where id = $1', [
        buyer,
      ]),
    ).rejects.toThrow('authorised_contact_owner')
  })

  it('brings the people along in a merge, and leaves one owner', async () => {
    const second = await world.customer({ name: 'Bor', email: 'bor@firm.example' })
    const secondTicket = await world.ticket(second)
    const [bor] = await peopleOf(world, second)
    const twin = await letIn(world, second, 'Jan')
    const eva = await letIn(world, second, 'Eva')
    const jan = await letIn(world, customerId, 'Jan')
    await writes(world, secondTicket, { contactId: twin })
    await writes(world, secondTicket, { contactId: bor?.id ?? 0n })
    await world.db.transaction(async (sql) => {
      await sql.query('move-tickets', 'update ticket set customer_id = $2 where customer_id = $1', [
        second,
        customerId,
      ])
      await sql.query('merge-people', 'select merge_people($1, $2, $3, $4)', [
        world.shopId,
        second,
        customerId,
        world.clock.at,
      ])
    })
    const people = await peopleOf(world, customerId)
    expect(people.filter(({ removedAt }) => removedAt === null).map(({ id }) => id)).toEqual([
      buyer,
      eva,
      jan,
    ])
    expect(people.filter(({ owner }) => owner).map(({ id }) => id)).toEqual([buyer])
    const messages = await world.db.prisma.message.findMany({
      where: { ticketId: secondTicket },
      orderBy: { id: 'asc' },
    })
    expect(messages.map(({ contactId }) => contactId)).toEqual([jan, buyer])
    expect(await world.ticketOf(secondTicket)).toMatchObject({ requesterId: buyer })
    expect(await peopleOf(world, second)).toMatchObject([{ buyer: true, owner: false }])
    expect(await refusalOf(letIn(world, second, 'Late'))).toEqual({ code: 'not_found', what: 'customer' })
  })
})
