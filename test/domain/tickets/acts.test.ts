import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { actOnTickets } from '../../../src/domain/tickets/acts/act-on-tickets.ts'
import type { TicketActInput } from '../../../src/domain/tickets/acts/ticket-act.ts'
import { undoTicketAct } from '../../../src/domain/tickets/acts/undo-ticket-act.ts'
import { wakeTickets } from '../../../src/domain/tickets/acts/wake-tickets.ts'
import { addNote } from '../../../src/domain/tickets/add-note.ts'
import { listTickets } from '../../../src/domain/tickets/list-tickets.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
let maja: bigint
beforeAll(async () => {
  world = await makeWorld()
  const made = await world.db.prisma.agent.create({
    data: {
      shopId: world.shopId,
      email: 'maja@x.example',
      name: 'Maja',
      role: 'agent',
      createdAt: world.clock.at,
    },
  })
  maja = made.id
})
afterAll(() => world.close())

const by = { actor: 'agent:1', name: 'Luka' }
const act = (ticketIds: bigint[], input: TicketActInput, shopId = world.shopId) =>
  actOnTickets(world.deps, { shopId, ticketIds, act: input, by })
const undo = (actId: bigint | undefined) =>
  undoTicketAct(world.deps, { shopId: world.shopId, actId: actId ?? 0n, by })
const read = (id: bigint) => world.db.prisma.ticket.findFirstOrThrow({ where: { id } })
const fresh = async () => (await world.ticketWith([500n], { email: 'ana@example.org' })).ticketId
const eventsOf = async (ticketId: bigint) =>
  (await world.db.prisma.ticketEvent.findMany({ where: { ticketId }, orderBy: { id: 'asc' } })).map(
    ({ kind }) => kind,
  )
const write = (ticketId: bigint, body = 'One more thing') =>
  receiveMessage(world.deps, {
    shopId: world.shopId,
    ticketId,
    channel: 'email',
    body,
    authorName: 'Ana',
    from: 'ana@example.org',
  })

describe('acts on tickets', () => {
  const acts: [string, TicketActInput | (() => TicketActInput), object][] = [
    ['assign', () => ({ kind: 'assign', agentId: maja }), {}],
    [
      'tag',
      { kind: 'tag', add: ['Checkout, #Urgent', 'checkout'], remove: [] },
      { tags: ['checkout', 'urgent'] },
    ],
    ['snooze', { kind: 'snooze', until: new Date('2026-03-02T09:00:00Z') }, { status: 'snoozed' }],
    ['spam', { kind: 'spam' }, { status: 'spam', waitingSince: null }],
    ['close', { kind: 'close' }, { status: 'closed', waitingSince: null }],
  ]
  it.each(acts)('%s changes each ticket once and is taken back exactly', async (_name, input, expected) => {
    const ids = [await fresh(), await fresh()]
    const before = await Promise.all(ids.map(read))
    const given = typeof input === 'function' ? input() : input
    const done = await act(ids, given)
    expect(done.changed).toEqual(ids)
    for (const id of ids) expect(await read(id)).toMatchObject(expected)
    expect(await act(ids, given)).toEqual({ changed: [] })
    expect(await undo(done.actId)).toEqual({ restored: ids, left: [] })
    expect(await Promise.all(ids.map(read))).toEqual(before)
    await expect(undo(done.actId)).rejects.toMatchObject({ refusal: { code: 'not_found', what: 'act' } })
  })

  it('leaves a ticket that changed since as it is, and takes the others back', async () => {
    const [noted, written, alone] = [await fresh(), await fresh(), await fresh()]
    const { actId } = await act([noted, written, alone], { kind: 'close' })
    await addNote(world.deps, {
      shopId: world.shopId,
      ticketId: noted,
      body: 'Done',
      agent: { name: 'Luka' },
    })
    await write(written)
    expect(await undo(actId)).toEqual({ restored: [alone], left: [noted, written] })
    expect(await read(noted)).toMatchObject({ status: 'closed' })
    expect(await read(written)).toMatchObject({ status: 'open' })
    expect(await eventsOf(alone)).toEqual(['closed', 'undone'])
  })

  it('takes 200 tickets in one statement and refuses more', async () => {
    const customerId = await world.customer()
    const rows = await world.db.query<{ id: bigint }>(
      'two-hundred',
      `insert into ticket (shop_id, number, customer_id, subject, activity_at, created_at)
       select $1, 900000 + n, $2, 'Q', $3, $3 from generate_series(1, 200) n returning id`,
      [world.shopId, customerId, world.clock.at],
    )
    const ids = rows.map(({ id }) => id)
    const names: string[] = []
    const db = {
      ...world.db,
      query: ((name: string, text: string, values: unknown[]) => {
        names.push(name)
        return world.db.query(name, text, values)
      }) as typeof world.db.query,
    }
    const done = await actOnTickets(
      { ...world.deps, db },
      { shopId: world.shopId, ticketIds: ids, act: { kind: 'close' }, by },
    )
    expect(names).toHaveLength(1)
    expect(done.changed).toHaveLength(200)
    expect((await undo(done.actId)).restored).toHaveLength(200)
    await expect(act([...ids, 1n], { kind: 'close' })).rejects.toMatchObject({ refusal: { code: 'invalid' } })
  })

  it("touches no ticket and names no agent of another shop's", async () => {
    const other = await world.addShop()
    const id = await fresh()
    await expect(act([id], { kind: 'close' }, other)).rejects.toMatchObject({
      refusal: { code: 'not_found' },
    })
    const theirs = await world.ticket(await world.customer({}, other), {}, other)
    expect(await act([theirs], { kind: 'assign', agentId: maja }, other)).toEqual({ changed: [] })
  })

  it.each([
    ['a time that is over', new Date('2026-02-01T10:00:00Z')],
    ['no time', new Date(Number.NaN)],
    ['a time in ten years', new Date('2036-02-01T10:00:00Z')],
  ])('refuses to rest until %s', async (_name, until) => {
    await expect(act([await fresh()], { kind: 'snooze', until })).rejects.toMatchObject({
      refusal: { code: 'invalid', fields: [{ field: 'until' }] },
    })
  })
})

describe('a ticket on hold', () => {
  it('comes back by itself when its time has come, and not before', async () => {
    const id = await fresh()
    await act([id], { kind: 'snooze', until: new Date(world.clock.at.getTime() + 3_600_000) })
    await wakeTickets(world.deps)
    expect(await read(id)).toMatchObject({ status: 'snoozed' })
    world.clock.at = new Date(world.clock.at.getTime() + 3_600_001)
    await wakeTickets(world.deps)
    expect(await read(id)).toMatchObject({ status: 'open', snoozedUntil: null })
    expect(await eventsOf(id)).toEqual(['snoozed', 'woke'])
  })

  it('is woken by what the customer writes', async () => {
    const id = await fresh()
    await act([id], { kind: 'snooze', until: new Date(world.clock.at.getTime() + 3_600_000) })
    await write(id)
    expect(await read(id)).toMatchObject({ status: 'open', snoozedUntil: null })
  })
})

describe('spam', () => {
  it('leaves the other views, keeps what comes to it, and marks its sender until it is taken back', async () => {
    const id = await fresh()
    await write(id)
    const { actId } = await act([id], { kind: 'spam' })
    await write(id, 'Buy now')
    expect(await read(id)).toMatchObject({ status: 'spam' })
    const idsOf = async (view: 'all' | 'spam') =>
      (await listTickets(world.deps, { shopId: world.shopId, view, limit: 100 })).rows.map((row) => row.id)
    expect(await idsOf('all')).not.toContain(id)
    expect(await idsOf('spam')).toContain(id)
    expect(await world.db.prisma.spamSender.findMany()).toMatchObject([{ address: 'ana@example.org' }])
    // Changed since, by the further mail, so undo leaves it; "not spam" takes it back.
    expect(await undo(actId)).toEqual({ restored: [], left: [id] })
    await act([id], { kind: 'not_spam' })
    expect(await read(id)).toMatchObject({ status: 'open' })
    expect(await world.db.prisma.spamSender.count()).toBe(0)
    expect((await world.db.prisma.auditLog.findMany()).map(({ action }) => action)).toEqual(
      expect.arrayContaining(['ticket_spam', 'ticket_not_spam']),
    )
  })
})
