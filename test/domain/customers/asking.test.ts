import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { sendInvitation } from '../../../src/domain/customers/invite-person.ts'
import { removePerson } from '../../../src/domain/customers/remove-person.ts'
import { readPersonToken, readPortalToken, readRoomToken } from '../../../src/domain/secrets/links.ts'
import { findRoom } from '../../../src/domain/sessions/find-room.ts'
import { openSession } from '../../../src/domain/sessions/open-session.ts'
import { createTicket } from '../../../src/domain/tickets/create-ticket.ts'
import { receiveText } from '../../../src/domain/tickets/receive-text.ts'
import { sendMessage } from '../../../src/domain/tickets/send-message.ts'
import type { OutgoingMail } from '../../../src/ports/mail.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { byAgent, letIn, personCalled, refusalOf, writes } from './people.ts'

let world: World
let mails: OutgoingMail[]
let customerId: bigint
let ticketId: bigint
let buyer: bigint
let jan: bigint

beforeAll(async () => {
  world = await makeWorld({
    mail: {
      configured: true,
      sandbox: true,
      send: async (mail) => {
        mails.push(mail)
        return { kind: 'accepted', providerId: `mail-${mails.length}-${mail.messageId}` }
      },
      close: async () => undefined,
    },
  })
})
afterAll(() => world.close())
beforeEach(async () => {
  mails = []
  const made = await world.ticketWith([1000n], { email: 'ana@firm.example', phone: '+38640111222' })
  customerId = made.customerId
  ticketId = made.ticketId
  buyer = (await personCalled(world, customerId, 'Ana')).id
  jan = await letIn(world, customerId, 'Jan', { email: `jan-${customerId}@firm.example` })
})

const janMail = () => `jan-${customerId}@firm.example`

async function send(messageId: bigint): Promise<OutgoingMail> {
  await sendMessage(world.deps, { shopId: world.shopId, ticketId, messageId, lastTry: true })
  const mail = mails.at(-1)
  if (!mail) throw new Error('nothing was sent')
  return mail
}

const portalTokens = (mail: OutgoingMail) =>
  [...mail.text.matchAll(/\/portal\/([a-z2-7]+)/g)].map(([, token]) => token ?? '')

describe('an answer', () => {
  it('goes to whoever wrote last, with that person’s link and never the buyer’s', async () => {
    await writes(world, ticketId, { contactId: jan })
    const first = await send((await world.reply(ticketId)).messageId)
    expect(first.to).toEqual({ name: 'Jan', address: janMail() })
    for (const token of portalTokens(first)) {
      expect(readPersonToken(world.deps.keyring, token)).toMatchObject({ contactId: jan })
    }
    await writes(world, ticketId, { contactId: buyer })
    const second = await send((await world.reply(ticketId)).messageId)
    expect(second.to).toEqual({ name: 'Ana', address: 'ana@firm.example' })
    expect(readPortalToken(world.deps.keyring, portalTokens(second)[0] ?? '')).toMatchObject({ ticketId })
  })

  it('is refused where the person who asks has no address', async () => {
    await writes(world, ticketId, { contactId: jan })
    expect(await refusalOf(world.reply(ticketId, { channel: 'sms' }))).toEqual({
      code: 'contact_missing',
      channel: 'sms',
    })
  })

  it('that was under way when the person was removed carries no link that opens', async () => {
    await writes(world, ticketId, { contactId: jan })
    const { messageId } = await world.reply(ticketId)
    await removePerson(world.deps, { shopId: world.shopId, customerId, contactId: jan, by: byAgent })
    const tokens = portalTokens(await send(messageId))
    expect(tokens.length).toBeGreaterThan(0)
    for (const token of tokens) expect(readPortalToken(world.deps.keyring, token)).toBeUndefined()
  })

  it('by mail is matched by the address that a message came from', async () => {
    await writes(world, ticketId, { from: janMail().toUpperCase() })
    await writes(world, ticketId, { from: 'stranger@else.example' })
    await writes(world, ticketId, { from: 'ana@firm.example' })
    const messages = await world.db.prisma.message.findMany({ where: { ticketId }, orderBy: { id: 'asc' } })
    expect(messages.map((message) => [message.contactId, message.authorName])).toEqual([
      [jan, 'Jan'],
      [null, 'Somebody'],
      [buyer, 'Ana'],
    ])
    expect(await world.ticketOf(ticketId)).toMatchObject({
      requesterId: buyer,
      replyEmail: 'ana@firm.example',
    })
  })
})

describe('a room of video', () => {
  it('lets the person in under their name until they are removed', async () => {
    await writes(world, ticketId, { contactId: jan })
    const { sessionId } = await openSession(world.deps, {
      shopId: world.shopId,
      ticketId,
      kind: 'video',
      agent: { name: 'Maja' },
      actor: 'agent:1',
    })
    const invitation = await world.db.prisma.message.findFirstOrThrow({
      where: { ticketId, template: 'session-invitation' },
    })
    const mail = await send(invitation.id)
    const token = /\/session\/([a-z2-7]+)/.exec(mail.text)?.[1] ?? ''
    const pass = readRoomToken(world.deps.keyring, token)
    if (!pass) throw new Error('the mail has no way into the room')
    expect(pass).toMatchObject({ side: 'customer', sessionId: BigInt(sessionId), person: { contactId: jan } })
    expect(await findRoom(world.deps, pass)).toMatchObject({ customerName: 'Jan' })
    await removePerson(world.deps, { shopId: world.shopId, customerId, contactId: jan, by: byAgent })
    expect(await findRoom(world.deps, pass)).toBeUndefined()
    const { person: _, ...buyersPass } = pass
    expect(await findRoom(world.deps, buyersPass)).toBeDefined()
  })
})

describe('the invitation', () => {
  it('is an automatic mail with the person’s own link, and costs nothing', async () => {
    await sendInvitation(world.deps, { shopId: world.shopId, contactId: jan, version: 1, lastTry: false })
    const mail = mails[0]
    if (!mail) throw new Error('nothing was sent')
    expect(mail).toMatchObject({
      to: { name: 'Jan', address: janMail() },
      subject: 'You can write to Shop for Ana',
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    expect(readPersonToken(world.deps.keyring, portalTokens(mail)[0] ?? '')).toEqual({
      shopId: world.shopId,
      contactId: jan,
      version: 1,
    })
    expect(mail.html).toContain(`https://desk.example/portal/${portalTokens(mail)[0]}`)
    expect(await world.account(customerId)).toMatchObject({ available: 1000n })
  })

  it('is not sent to somebody who was removed or has another address by now', async () => {
    await sendInvitation(world.deps, { shopId: world.shopId, contactId: jan, version: 2, lastTry: true })
    await removePerson(world.deps, { shopId: world.shopId, customerId, contactId: jan, by: byAgent })
    await sendInvitation(world.deps, { shopId: world.shopId, contactId: jan, version: 1, lastTry: true })
    expect(mails).toEqual([])
  })
})

describe('a ticket by e-mail', () => {
  const ask = (email: string, id?: bigint) =>
    createTicket(world.deps, {
      shopId: world.shopId,
      customer: { email, ...(id === undefined ? {} : { id }) },
      subject: 'Help',
      body: 'It broke.',
      channel: 'email',
    })
  const ticketOf = async (asked: ReturnType<typeof ask>) => world.ticketOf((await asked).ticketId)

  it('of an authorised contact lands on the account, in that person’s name', async () => {
    const ticket = await ticketOf(ask(janMail()))
    expect(ticket).toMatchObject({ customerId, requesterId: jan, replyEmail: janMail() })
    expect(await world.db.prisma.message.findFirst({ where: { ticketId: ticket.id } })).toMatchObject({
      contactId: jan,
      authorName: 'Jan',
    })
    const own = { shopId: world.shopId, customerId, value: janMail() }
    expect(await world.db.prisma.contact.count({ where: own })).toBe(0)
  })

  it('of an engineer of two firms needs to be told which', async () => {
    const second = await world.customer({ name: 'Bor' })
    await letIn(world, second, 'Jan', { email: janMail() })
    expect(await refusalOf(ask(janMail()))).toEqual({
      code: 'ambiguous_contact',
      customerIds: [String(customerId), String(second)],
    })
    expect(await ticketOf(ask(janMail(), second))).toMatchObject({ customerId: second })
    const third = await world.customer()
    expect(await refusalOf(ask(janMail(), third))).toMatchObject({ fields: [{ field: 'customer.id' }] })
  })

  it('of somebody who is a customer too stays on their own account', async () => {
    const email = `both-${customerId}@x.example`
    const own = await ticketOf(ask(email))
    await letIn(world, customerId, 'Both', { email })
    expect(await ticketOf(ask(email))).toMatchObject({ customerId: own.customerId })
    expect(await ticketOf(ask(email, customerId))).toMatchObject({ customerId })
  })
})

describe('a text message', () => {
  it('of an authorised contact comes to the ticket that is answered to that phone, in their name', async () => {
    const phone = `+3864055${String(customerId).padStart(4, '0')}`
    const eva = await letIn(world, customerId, 'Eva', { phone })
    await writes(world, ticketId, { contactId: eva })
    const busier = await world.ticket(customerId)
    await writes(world, busier, { contactId: jan })
    const text = { from: phone, to: '+15005550006', body: 'Still broken', providerId: `SM${customerId}` }
    expect(await receiveText(world.deps, { shopId: world.shopId, text })).toEqual({ ticketId })
    const message = await world.db.prisma.message.findFirst({ where: { ticketId }, orderBy: { id: 'desc' } })
    expect(message).toMatchObject({ contactId: eva, authorName: 'Eva', channel: 'sms' })
    await world.reply(ticketId, { channel: 'sms' })
  })
})
