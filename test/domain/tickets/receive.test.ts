import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { findTextedShop } from '../../../src/domain/tickets/find-texted-shop.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import { receiveText } from '../../../src/domain/tickets/receive-text.ts'
import { setTicketStatus } from '../../../src/domain/tickets/set-status.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
let serial = 0

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const text = (from: string, body = 'It still burns', providerId = `SM${++serial}`) =>
  receiveText(world.deps, { shopId: world.shopId, text: { providerId, from, to: '+15005550006', body } })

const messagesOf = (ticketId: bigint) =>
  world.db.prisma.message.findMany({ where: { ticketId }, orderBy: { id: 'asc' } })

describe('a text from a customer', () => {
  it('goes to the ticket of its number that was last active, also of another customer', async () => {
    const phone = '+38640000001'
    const husband = await world.ticketWith([1000n], { phone, name: 'Bor' })
    world.goTo(new Date(world.clock.at.getTime() + 1000))
    const wife = await world.ticketWith([1000n], { phone, name: 'Ana' })
    expect(await text(phone)).toEqual({ ticketId: wife.ticketId })
    world.goTo(new Date(world.clock.at.getTime() + 1000))
    await world.reply(husband.ticketId)
    expect(await text(phone)).toEqual({ ticketId: husband.ticketId })
    expect((await messagesOf(husband.ticketId)).at(-1)).toMatchObject({
      direction: 'inbound',
      channel: 'sms',
      authorName: 'Bor',
      body: 'It still burns',
      state: 'received',
      units: 0n,
    })
  })

  it('sets the number that the next text goes to', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const value = '+38640000002'
    const contact = { shopId: world.shopId, customerId, kind: 'phone', value, createdAt: world.clock.at }
    await world.db.prisma.contact.create({ data: contact })
    await text(value)
    expect(await world.ticketOf(ticketId)).toMatchObject({ replyPhone: value, replyEmail: 'ana@example.org' })
  })

  it('that comes twice is kept once', async () => {
    const phone = '+38640000003'
    const { ticketId } = await world.ticketWith([1000n], { phone })
    await Promise.all([text(phone, 'hello', 'SMtwice'), text(phone, 'hello', 'SMtwice')])
    expect(await messagesOf(ticketId)).toHaveLength(1)
  })

  it('from a number that nobody has belongs nowhere, and never to spam or another shop', async () => {
    expect(await text('+38640999999')).toBeUndefined()
    const phone = '+38640000004'
    const { ticketId } = await world.ticketWith([1000n], { phone })
    await world.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { status: 'spam' } })
    expect(await text(phone)).toBeUndefined()
    const otherShop = await world.addShop()
    const elsewhere = await world.customer({ phone: '+38640000005' }, otherShop)
    await world.ticket(elsewhere, {}, otherShop)
    expect(await text('+38640000005')).toBeUndefined()
  })
})

describe('a text from a phone that two shops know', () => {
  let phone: string
  let ours: bigint
  let other: bigint
  let otherTicket: bigint

  beforeEach(async () => {
    phone = `+3864100${String(++serial).padStart(4, '0')}`
    other = await world.addShop()
    ours = (await world.ticketWith([1000n], { phone })).ticketId
    otherTicket = await world.ticket(await world.customer({ phone }, other), {}, other)
    later()
  })

  const later = () => world.goTo(new Date(world.clock.at.getTime() + 1000))
  const meant = (addressed?: bigint, providerId = `SM${++serial}`) =>
    findTextedShop(world.deps, { from: phone, providerId, ...(addressed !== undefined && { addressed }) })
  const texted = (shopId: bigint, ticketId: bigint, state = 'sent') => {
    later()
    return world.db.prisma.message.create({
      data: {
        ...{
          shopId,
          ticketId,
          direction: 'outbound',
          channel: 'sms',
          authorKind: 'agent',
          authorName: 'Maja',
        },
        ...{ body: 'Try again', address: phone, state, createdAt: world.clock.at },
      },
    })
  }

  it('is meant for the shop that texted it last, whatever address it came to', async () => {
    await texted(world.shopId, ours)
    await texted(other, otherTicket)
    expect(await meant(world.shopId)).toBe(other)
    await texted(world.shopId, ours)
    expect(await meant(other)).toBe(world.shopId)
  })

  it('is not drawn to a shop whose text never left or failed', async () => {
    await texted(world.shopId, ours)
    await texted(other, otherTicket, 'failed')
    await texted(other, otherTicket, 'queued')
    expect(await meant()).toBe(world.shopId)
  })

  it('is meant for the shop of the address while none has texted, if it is known there', async () => {
    expect(await meant(world.shopId)).toBe(world.shopId)
    expect(await meant(other)).toBe(other)
    const stranger = await world.addShop()
    expect(await meant(stranger)).toBe(other)
  })

  it('goes where it went before when it comes again', async () => {
    await texted(world.shopId, ours)
    const again = `SM${++serial}`
    await text(phone, 'Hello', again)
    await texted(other, otherTicket)
    expect(await meant(undefined, again)).toBe(world.shopId)
    expect(await meant()).toBe(other)
  })

  it('may come from an authorised contact, once they have confirmed', async () => {
    const { customerId } = await world.ticketWith([1000n])
    const contact = await world.db.prisma.authorisedContact.create({
      data: {
        shopId: world.shopId,
        customerId,
        name: 'Jan',
        phone: '+38641999999',
        createdAt: world.clock.at,
      },
    })
    const meantByJan = () => findTextedShop(world.deps, { from: '+38641999999', providerId: 'SMjan' })
    expect(await meantByJan()).toBeUndefined()
    await world.db.prisma.authorisedContact.updateMany({
      where: { id: contact.id },
      data: { confirmedAt: world.clock.at },
    })
    expect(await meantByJan()).toBe(world.shopId)
  })
})

describe('what a customer writes', () => {
  it('reopens a ticket that was answered or closed, and moves it up', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    await world.db.prisma.contact.create({
      data: {
        shopId: world.shopId,
        customerId,
        kind: 'email',
        value: 'ana@work.example',
        createdAt: world.clock.at,
      },
    })
    const on = { shopId: world.shopId, ticketId }
    await world.reply(ticketId)
    for (const status of ['waiting', 'closed'] as const) {
      if (status === 'closed') await setTicketStatus(world.deps, { ...on, status })
      expect((await world.ticketOf(ticketId)).status).toBe(status)
      world.goTo(new Date(world.clock.at.getTime() + 1000))
      const received = await receiveMessage(world.deps, {
        ...on,
        channel: 'email',
        body: `Still ${status}?`,
        authorName: 'Ana',
        from: 'ana@work.example',
      })
      expect(await world.ticketOf(ticketId)).toMatchObject({
        status: 'open',
        preview: `Still ${status}?`,
        activityAt: world.clock.at,
        lastMessageId: received?.messageId,
        replyEmail: 'ana@work.example',
      })
    }
    expect((await world.account(customerId)).available).toBe(900n)
  })

  it('is heard from an address that nobody is known by, and answers go where they went', async () => {
    const { ticketId } = await world.ticketWith([1000n], { email: 'known@example.com' })
    await receiveMessage(world.deps, {
      shopId: world.shopId,
      ticketId,
      channel: 'email',
      body: 'This was forwarded to me.',
      authorName: 'Eve',
      from: 'eve@example.net',
    })
    expect(await world.ticketOf(ticketId)).toMatchObject({
      preview: 'This was forwarded to me.',
      replyEmail: 'known@example.com',
    })
  })

  it('is refused on a ticket that is not there, or when it is empty', async () => {
    const on = { shopId: world.shopId, channel: 'portal' as const, authorName: 'Ana' }
    await expect(
      receiveMessage(world.deps, { ...on, ticketId: 1n << 60n, body: 'hello' }),
    ).rejects.toMatchObject({ refusal: { code: 'not_found' } })
    const { ticketId } = await world.ticketWith([])
    await expect(receiveMessage(world.deps, { ...on, ticketId, body: '  ' })).rejects.toMatchObject({
      refusal: { code: 'invalid' },
    })
  })
})
