import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { listCustomerAudit } from '../../../src/domain/audit/list-audit.ts'
import { readStatement } from '../../../src/domain/credits/statement.ts'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { addPerson } from '../../../src/domain/customers/add-person.ts'
import { findCustomers } from '../../../src/domain/customers/find-customers.ts'
import { mergeCustomers } from '../../../src/domain/customers/merge-customers.ts'
import { previewMerge } from '../../../src/domain/customers/preview-merge.ts'
import { createTicket } from '../../../src/domain/tickets/create-ticket.ts'
import { getTicket } from '../../../src/domain/tickets/get-ticket.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { agent, hands, refusalOf, supervisor } from '../credits/by-hand.ts'
import { closeVideo, failReply, openVideo, setPromised } from '../credits/moves.ts'

let world: World
let hand: ReturnType<typeof hands>
let serial = 0

beforeAll(async () => {
  world = await makeWorld()
  hand = hands(world)
})
afterAll(async () => {
  expect((await verifyLedger(world.db, world.shopId)).problems).toEqual([])
  await world.close()
})
beforeEach(() => world.goTo(start))

function merge(sourceId: bigint, targetId: bigint, over: Partial<Parameters<typeof mergeCustomers>[1]> = {}) {
  serial += 1
  return mergeCustomers(world.deps, {
    shopId: world.shopId,
    by: supervisor,
    reason: 'same_person',
    idempotencyKey: `merge-${serial}`,
    sourceId,
    targetId,
    ...over,
  })
}

async function figures(customerId: bigint) {
  const { available, held, deficit, overdraft } = await world.account(customerId)
  return { available, held, deficit, overdraft }
}

const liveOf = async (customerId: bigint) =>
  (await world.grantsOf(customerId)).filter((grant) => grant.movedTo === null)

describe('rule 15: a merge of customers', () => {
  it('moves grants by linked entries that keep terms, expiry, price and source', async () => {
    const orderId = await world.order()
    const target = await world.customer()
    const source = await world.customer()
    await world.grant(source, {
      units: 500n,
      expiresAt: world.day(90),
      orderId,
      name: 'Support 5',
      priority: 3,
      channels: ['email', 'video'],
      paid: { total: '50.00', tax: '11.00', currency: 'EUR' },
    })
    await world.grant(target, { units: 300n })
    const result = await merge(source, target)
    expect(result.units).toBe(500n)
    expect(result.balance).toEqual({ available: 800n, held: 0n, deficit: 0n, overdraft: 0n })
    const [old] = await world.grantsOf(source)
    const twin = (await world.grantsOf(target)).find((grant) => grant.id === old?.movedTo)
    expect(twin).toMatchObject({
      entitled: 500n,
      promised: 500n,
      expiresAt: world.day(90),
      orderId,
      name: 'Support 5',
      priority: 3,
      channels: ['email', 'video'],
      source: 'api',
      currency: 'EUR',
      createdAt: start,
    })
    expect(String(twin?.paidTotal)).toBe('50')
    expect(old).toMatchObject({ entitled: 0n, promised: 0n, live: false, paidTotal: null })
    const [out] = (await world.entries(source)).filter(({ kind }) => kind === 'move_out')
    const [into] = (await world.entries(target)).filter(({ kind }) => kind === 'move_in')
    expect(out).toMatchObject({ causeId: String(twin?.id), entitled: -500n, actor: 'agent:7' })
    expect(into).toMatchObject({ causeId: String(old?.id), entitled: 500n, key: out?.key })
  })

  it('brings tickets, orders and contacts along, and whoever comes as the source is the target', async () => {
    const email = 'twice@example.org'
    const { ticketId } = await createTicket(world.deps, {
      shopId: world.shopId,
      customer: { email, name: 'Ana' },
      subject: 'One',
      body: 'Hello',
      channel: 'email',
    })
    const source = (await world.ticketOf(ticketId)).customerId
    const target = await world.customer({ email: 'ana@example.org' })
    await merge(source, target)
    expect((await world.ticketOf(ticketId)).customerId).toBe(target)
    const again = await createTicket(world.deps, {
      shopId: world.shopId,
      customer: { email },
      subject: 'Two',
      body: 'Hello again',
      channel: 'email',
    })
    expect((await world.ticketOf(again.ticketId)).customerId).toBe(target)
    const found = await findCustomers(world.deps, { shopId: world.shopId, email, limit: 5 })
    expect(found.customers).toMatchObject([{ id: target, emails: ['ana@example.org', email] }])
    expect((await world.events(ticketId)).at(-1)).toMatchObject({ kind: 'customer_merged' })
  })

  it("brings the people along: the source's buyer becomes the target's, the others keep their name", async () => {
    const { shopId } = world
    const source = await world.customer()
    const target = await world.customer()
    const { contactId } = await addPerson(world.deps, {
      shopId,
      customerId: source,
      by: supervisor,
      name: 'Jan',
      email: 'jan@firm.example',
    })
    const asked = { shopId, subject: 'x', body: 'x', channel: 'email' as const }
    const { ticketId } = await createTicket(world.deps, { ...asked, customer: { email: 'jan@firm.example' } })
    expect((await world.ticketOf(ticketId)).customerId).toBe(source)
    await merge(source, target)
    const people = await world.db.prisma.authorisedContact.findMany({
      where: { shopId, customerId: target, removedAt: null },
    })
    expect(people.map(({ id, buyer }) => ({ jan: id === contactId, buyer }))).toEqual([
      { jan: false, buyer: true },
      { jan: true, buyer: false },
    ])
    const again = await createTicket(world.deps, { ...asked, customer: { email: 'jan@firm.example' } })
    expect(await world.ticketOf(again.ticketId)).toMatchObject({ customerId: target, requesterId: contactId })
  })

  it('follows over several merges, also for a reversal and a refund of long ago', async () => {
    const { customerId: first, ticketId, grantId } = await world.ticketWith([1000n])
    const reply = await world.reply(ticketId)
    const second = await world.customer()
    const third = await world.customer()
    await merge(first, second)
    await merge(second, third)
    await failReply(world, { ticketId, messageId: reply.messageId })
    expect(await figures(third)).toEqual({ available: 1000n, held: 0n, deficit: 0n, overdraft: 0n })
    const first2 = await world.db.prisma.customer.findUniqueOrThrow({
      where: { shopId_id: { shopId: world.shopId, id: first } },
    })
    expect(first2.mergedInto).toBe(third)
    const [heir] = await liveOf(third)
    await setPromised(world, { customerId: third, grantId: heir?.id ?? grantId }, 400n)
    expect((await figures(third)).available).toBe(400n)
  })

  it('rule 14, refund after merge: finds the grant where it lies now, and its deficit goes along', async () => {
    const { customerId: source, ticketId, grantId } = await world.ticketWith([2000n])
    const orderId = await world.order()
    await world.db.prisma.orderLine.create({
      data: { shopId: world.shopId, orderId, lineId: '1', grantId, name: 'Support' },
    })
    await world.db.prisma.creditGrant.update({
      where: { shopId_id: { shopId: world.shopId, id: grantId } },
      data: { orderId },
    })
    for (let n = 0; n < 12; n++) await world.reply(ticketId)
    const target = await world.customer()
    await world.grant(target, { units: 100n })
    await merge(source, target)
    const line = await world.db.prisma.orderLine.findFirstOrThrow({
      where: { shopId: world.shopId, orderId },
      include: { grant: true },
    })
    expect(line.grant.customerId).toBe(target)
    await setPromised(world, { customerId: target, grantId: line.grantId }, 1000n)
    expect(await figures(target)).toEqual({ available: 100n, held: 0n, deficit: 200n, overdraft: 0n })
    const later = await world.customer()
    await merge(target, later)
    expect(await figures(later)).toEqual({ available: 100n, held: 0n, deficit: 200n, overdraft: 0n })
    expect(await figures(target)).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 0n })
  })

  it('keeps what a settlement paid, so that it still finds its way back', async () => {
    const { customerId: source, ticketId, grantId } = await world.ticketWith([1000n])
    for (let n = 0; n < 5; n++) await world.reply(ticketId)
    await setPromised(world, { customerId: source, grantId }, 0n)
    await hand.purchase(source, 800n)
    expect(await figures(source)).toMatchObject({ available: 300n, deficit: 0n })
    const target = await world.customer()
    await merge(source, target)
    const [paidFor] = await liveOf(target)
    await setPromised(world, { customerId: target, grantId: paidFor?.id ?? 0n }, 1000n)
    expect(await figures(target)).toEqual({ available: 1300n, held: 0n, deficit: 0n, overdraft: 0n })
  })

  it('keeps an overdraft and what adjustments did', async () => {
    const source = await world.customer()
    const ticketId = await world.ticket(source)
    const grantId = await world.grant(source, { units: 100n, overdraftLimit: 300n })
    await hand.adjust(source, grantId, 1)
    for (let n = 0; n < 4; n++) await world.reply(ticketId)
    const target = await world.customer()
    await merge(source, target)
    expect(await figures(target)).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 200n })
    await world.reply(ticketId)
    expect((await figures(target)).overdraft).toBe(300n)
    expect(await refusalOf(world.reply(ticketId))).toMatchObject({ code: 'insufficient_credits' })
  })

  it('makes the target frozen when either is, and freezes nothing else', async () => {
    const source = await world.customer()
    await world.grant(source, { units: 100n })
    await hand.freeze(source)
    const target = await world.customer()
    await world.grant(target, { units: 700n })
    expect(
      await previewMerge(world.deps, { shopId: world.shopId, sourceId: source, targetId: target }),
    ).toMatchObject({
      frozen: true,
      after: { available: 0n },
    })
    await merge(source, target)
    expect(await world.account(target)).toMatchObject({ available: 0n, frozen: true })
    await hand.unfreeze(target)
    expect(await figures(target)).toMatchObject({ available: 800n })
  })

  it('previews exactly what it then does', async () => {
    const { customerId: source } = await world.ticketWith([150n, 250n])
    const { customerId: target } = await world.ticketWith([100n])
    const ids = { shopId: world.shopId, sourceId: source, targetId: target }
    const preview = await previewMerge(world.deps, ids)
    expect(preview).toMatchObject({ grants: 2, tickets: 1, orders: 0, frozen: false })
    expect(await figures(source)).toMatchObject({ available: 400n })
    const { balance } = await merge(source, target)
    expect(balance).toEqual(preview.after)
  })

  it('stands in both statements as moved, and each still closes', async () => {
    const { customerId: source, ticketId } = await world.ticketWith([500n])
    await world.reply(ticketId)
    const target = await world.customer()
    await merge(source, target)
    const statement = (customerId: bigint) => readStatement(world.deps, { shopId: world.shopId, customerId })
    expect((await statement(source)).totals).toMatchObject({
      granted: 500n,
      spent: 100n,
      moved: -400n,
      closing: 0n,
    })
    expect((await statement(target)).totals).toMatchObject({ granted: 0n, moved: 400n, closing: 400n })
  })

  it('is refused while a session of the source runs, and done after it', async () => {
    const { customerId: source, ticketId } = await world.ticketWith([500n])
    const target = await world.customer()
    const { sessionId = '' } = await openVideo(world, { ticketId })
    expect(await refusalOf(merge(source, target))).toEqual({ code: 'session_open', sessionId })
    expect(await figures(target)).toMatchObject({ available: 0n })
    await closeVideo(world, { sessionId, actualSeconds: 10 })
    await merge(source, target)
    expect(await figures(target)).toMatchObject({ available: 400n })
  })

  it('rule 4: is done once for its key, and the key means this merge only', async () => {
    const { customerId: source } = await world.ticketWith([500n])
    const target = await world.customer()
    const other = await world.customer()
    const first = await merge(source, target, { idempotencyKey: 'once' })
    expect(await merge(source, target, { idempotencyKey: 'once' })).toEqual(first)
    expect(await refusalOf(merge(other, target, { idempotencyKey: 'once' }))).toEqual({
      code: 'idempotency_conflict',
    })
    expect(await figures(target)).toMatchObject({ available: 500n })
  })

  it('refuses nonsense, and writes nothing', async () => {
    const { customerId: source } = await world.ticketWith([500n])
    const target = await world.customer()
    const strangers = await world.customer({}, await world.addShop())
    expect(await refusalOf(merge(source, source))).toEqual({ code: 'same_customer' })
    expect(await refusalOf(merge(source, strangers))).toEqual({ code: 'not_found', what: 'customer' })
    expect(await refusalOf(merge(strangers, source))).toEqual({ code: 'not_found', what: 'customer' })
    expect(await refusalOf(merge(source, target, { by: agent }))).toMatchObject({ code: 'role_too_low' })
    expect(await refusalOf(merge(source, target, { reason: 'boredom' }))).toMatchObject({ code: 'invalid' })
    await merge(source, target)
    expect(await refusalOf(merge(source, target))).toEqual({ code: 'customer_merged', into: String(target) })
    expect(await refusalOf(merge(target, source))).toEqual({ code: 'customer_merged', into: String(target) })
    expect(await refusalOf(hand.freeze(source))).toEqual({ code: 'customer_merged', into: String(target) })
    expect(await figures(target)).toMatchObject({ available: 500n })
  })

  it('while both are spent from loses and doubles nothing', async () => {
    const one = await world.ticketWith([5000n])
    const two = await world.ticketWith([5000n])
    const spend = (ticketId: bigint) => Array.from({ length: 20 }, () => world.reply(ticketId))
    await Promise.all([...spend(one.ticketId), merge(one.customerId, two.customerId), ...spend(two.ticketId)])
    expect(await figures(two.customerId)).toEqual({ available: 6000n, held: 0n, deficit: 0n, overdraft: 0n })
    expect(await figures(one.customerId)).toEqual({ available: 0n, held: 0n, deficit: 0n, overdraft: 0n })
  })

  it('both ways at once merges one way', async () => {
    const one = await world.ticketWith([100n])
    const two = await world.ticketWith([200n])
    const outcomes = await Promise.all([
      refusalOf(merge(one.customerId, two.customerId)),
      refusalOf(merge(two.customerId, one.customerId)),
    ])
    expect(outcomes.filter((refusal) => refusal === undefined)).toHaveLength(1)
    const sums = await Promise.all([figures(one.customerId), figures(two.customerId)])
    expect(sums.map(({ available }) => available).sort()).toEqual([0n, 300n])
  })
})

describe('the audit of a merged customer', () => {
  const namesOf = (lines: readonly { action: string; customer: { name: string } | null }[]) =>
    lines.map(({ action, customer }) => [action, customer?.name])

  it("stands in the heir's, marked by the customer whose account it was, over several merges", async () => {
    const { customerId: first, grantId: oldest } = await world.ticketWith([500n], { name: 'First' })
    const { customerId: second, grantId: other } = await world.ticketWith([500n], { name: 'Second' })
    const { customerId: heir, ticketId, grantId: own } = await world.ticketWith([500n], { name: 'Heir' })
    await hand.adjust(first, oldest, 1)
    await hand.adjust(second, other, 2)
    await merge(first, second)
    await hand.adjust(heir, own, 3)
    await merge(second, heir)
    const page = { shopId: world.shopId, customerId: heir, limit: 4 }
    const { lines, next } = await listCustomerAudit(world.deps, page)
    expect(namesOf(lines)).toEqual([
      ['merge', 'Heir'],
      ['merged_away', 'Second'],
      ['adjust', 'Heir'],
      ['merge', 'Second'],
    ])
    if (next === undefined) throw new Error('there is a second page')
    const rest = await listCustomerAudit(world.deps, { ...page, before: next })
    expect([namesOf(rest.lines), rest.next]).toEqual([
      [
        ['merged_away', 'First'],
        ['adjust', 'Second'],
        ['adjust', 'First'],
      ],
      undefined,
    ])
    const { audit } = await getTicket(world.deps, { shopId: world.shopId, ticketId, quotes: [] })
    expect(audit.map(({ action, former }) => [action, former])).toEqual([
      ['merge', null],
      ['merged_away', 'Second'],
      ['adjust', null],
      ['merge', 'Second'],
      ['merged_away', 'First'],
      ['adjust', 'Second'],
      ['adjust', 'First'],
    ])
    const alone = await listCustomerAudit(world.deps, { ...page, customerId: first })
    expect(namesOf(alone.lines)).toEqual([
      ['merged_away', 'First'],
      ['adjust', 'First'],
    ])
  })
})
