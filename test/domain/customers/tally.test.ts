import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readStatement } from '../../../src/domain/credits/statement.ts'
import { listPeople, type PersonTally } from '../../../src/domain/customers/list-people.ts'
import { removePerson } from '../../../src/domain/customers/remove-person.ts'
import { failMessage } from '../../../src/domain/tickets/fail-message.ts'
import { logWork } from '../../../src/domain/tickets/log-work.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { byAgent, letIn, personCalled, refusalOf, writes } from './people.ts'

let world: World
let customerId: bigint
let ticketId: bigint
let buyer: bigint
let jan: bigint

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.goTo(start)
  const made = await world.ticketWith([1000n, 1000n], { email: 'ana@firm.example', phone: '+38640111222' })
  customerId = made.customerId
  ticketId = made.ticketId
  buyer = (await personCalled(world, customerId, 'Ana')).id
  jan = await letIn(world, customerId, 'Jan')
})

const list = (period: { from?: string; to?: string } = {}) =>
  listPeople(world.deps, { shopId: world.shopId, customerId, ...period })

async function tallies(period?: { from?: string; to?: string }): Promise<Record<string, PersonTally>> {
  const { people, nobody, total } = await list(period)
  return {
    ...Object.fromEntries(people.map((one) => [one.person.name, one.period])),
    nobody: nobody.period,
    total: total.period,
  }
}

/** What the ledger says was spent on answers, work and sessions. */
async function spentOf(): Promise<bigint> {
  const entries = await world.entries(customerId)
  return entries
    .filter(({ kind }) => ['spend', 'post', 'reverse'].includes(kind))
    .reduce((sum, entry) => sum + entry.consumed, 0n)
}

/** A session that was billed; its sockets are no matter of the tally. */
async function videoCall(seconds: number, units: bigint): Promise<void> {
  const at = world.clock.at
  const hold = {
    shopId: world.shopId,
    ticketId,
    customerId,
    kind: 'video',
    agentName: 'Maja',
    stepUnits: units,
    stepSeconds: 300,
    coveredSeconds: 300,
    openedAt: at,
    deadlineAt: at,
  }
  const session = await world.db.prisma.session.create({ data: hold })
  const [grant] = await world.grantsOf(customerId)
  await world.db.query(
    'hold-for-test',
    `select ledger_move($1, $2, $3, 'hold', 0, 0, $4, 0, 0, 0, 'session', $5, 'session', $6, 'test', null, $7)`,
    [world.shopId, customerId, grant?.id, units, `hold:${session.id}`, String(session.id), at],
  )
  await world.db.prisma.sessionHold.create({
    data: { shopId: world.shopId, sessionId: session.id, grantId: grant?.id ?? 0n, units },
  })
  await world.db.query('close-for-test', `select close_session($1, $2, $3, 'ended', 'test', $4)`, [
    world.shopId,
    session.id,
    seconds,
    new Date(at.getTime() + seconds * 1000),
  ])
}

describe('the tally', () => {
  it('gives each person what they wrote, got and cost, and the sum is what the account spent', async () => {
    await world.reply(ticketId)
    await writes(world, ticketId, { contactId: buyer })
    await world.reply(ticketId)
    await writes(world, ticketId, { contactId: jan })
    await writes(world, ticketId, { contactId: jan })
    await world.reply(ticketId)
    await world.reply(ticketId, { channel: 'portal' })
    await videoCall(250, 100n)
    await logWork(world.deps, {
      shopId: world.shopId,
      ticketId,
      minutes: 12,
      body: 'Cleaned up.',
      idempotencyKey: `work-${ticketId}`,
      agent: { name: 'Maja', actor: 'agent:1' },
    })
    await writes(world, ticketId, { from: 'stranger@else.example' })
    await world.reply(ticketId)
    const found = await tallies()
    expect(found.Ana).toMatchObject({ written: 1, email: 1, portal: 0, units: 100n })
    expect(found.Jan).toEqual({
      written: 2,
      email: 1,
      sms: 0,
      whatsapp: 0,
      portal: 1,
      workMinutes: 12,
      videoSeconds: 250,
      units: 600n,
    })
    expect(found.nobody).toMatchObject({ written: 1, email: 2, units: 200n })
    expect(found.total?.units).toBe(900n)
    expect(found.total?.units).toBe(await spentOf())
    const statement = await readStatement(world.deps, { shopId: world.shopId, customerId })
    const { spent, posted, reversed } = statement.totals
    expect(found.total?.units).toBe(spent + posted - reversed)
  })

  it('does not change for the past when somebody else asks today', async () => {
    await writes(world, ticketId, { contactId: jan })
    await world.reply(ticketId)
    await writes(world, ticketId, { contactId: buyer })
    expect((await tallies()).Jan).toMatchObject({ written: 1, email: 1, units: 100n })
  })

  it('takes back what a failed answer gave back, at the time of the failure', async () => {
    await writes(world, ticketId, { contactId: jan })
    const { messageId } = await world.reply(ticketId)
    world.goTo(world.day(40))
    await failMessage(world.deps, { shopId: world.shopId, ticketId, messageId }, 'bounced')
    expect((await tallies()).Jan).toMatchObject({ units: -100n, written: 0 })
    const { people } = await list({ from: '2026-03-01', to: '2026-03-31' })
    const inMarch = people.find(({ person }) => person.id === jan)
    expect(inMarch).toMatchObject({ period: { written: 1, units: 100n }, all: { units: 0n, email: 0 } })
    expect(await spentOf()).toBe(0n)
  })

  it('counts by the days of the period', async () => {
    world.goTo(new Date('2026-03-31T23:58:00Z'))
    await writes(world, ticketId, { contactId: jan })
    await world.reply(ticketId)
    await writes(world, ticketId, { contactId: jan })
    await world.reply(ticketId)
    expect((await tallies({ from: '2026-03-31', to: '2026-03-31' })).Jan).toMatchObject({
      written: 1,
      units: 100n,
    })
    expect((await tallies({ from: '2026-04-01', to: '2026-04-01' })).Jan).toMatchObject({
      written: 1,
      units: 100n,
    })
    expect(await refusalOf(list({ from: '2026-04-02', to: '2026-04-01' }))).toMatchObject({
      fields: [{ field: 'from' }],
    })
  })

  it('keeps a removed person’s line, and knows nothing of another shop’s', async () => {
    await writes(world, ticketId, { contactId: jan })
    await world.reply(ticketId)
    await removePerson(world.deps, { shopId: world.shopId, customerId, contactId: jan, by: byAgent })
    expect((await tallies()).Jan).toMatchObject({ written: 1, units: 100n })
    const other = await world.addShop()
    expect(await refusalOf(listPeople(world.deps, { shopId: other, customerId }))).toEqual({
      code: 'not_found',
      what: 'customer',
    })
  })
})
