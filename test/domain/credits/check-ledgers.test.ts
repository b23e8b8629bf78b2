import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addAgent } from '../../../src/domain/agents/add-agent.ts'
import { sendNotice } from '../../../src/domain/agents/send-notice.ts'
import { checkLedgers } from '../../../src/domain/credits/check-ledgers.ts'
import { findLedgerCheck, readLastChecks } from '../../../src/domain/credits/find-ledger-check.ts'
import { TryLater } from '../../../src/domain/tickets/send-message.ts'
import { type JobPayload, jobs } from '../../../src/jobs/catalog.ts'
import type { MailPort } from '../../../src/ports/mail.ts'
import type { SendOutcome } from '../../../src/ports/outcome.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
let customerId: bigint
let grantId: bigint

beforeAll(async () => {
  world = await makeWorld()
  for (const role of ['agent', 'supervisor', 'owner'] as const)
    await addAgent(world.deps, { shopId: world.shopId, email: `${role}@shop.example`, name: role, role })
  ;({ customerId, grantId } = await world.ticketWith([1000n]))
})
beforeEach(async () => {
  await world.db.query('test-forget-checks', 'delete from ledger_check', [])
  await world.db.query('test-forget-jobs', 'delete from graphile_worker._private_jobs', [])
  await world.db.query('test-forget-mails', 'delete from sandbox_item', [])
  await setConsumed(0)
})
afterAll(() => world.close())

const setConsumed = (units: number) =>
  world.db.query('test-tamper', 'update credit_grant set consumed = $2 where id = $1', [grantId, units])

async function notices(): Promise<JobPayload<'send_notice'>[]> {
  const rows = await world.db.query<{ payload: unknown }>(
    'test-notices',
    `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'send_notice' order by j.id`,
    [],
  )
  return rows.map((row) => jobs.send_notice.payload.parse(row.payload))
}

const checks = () => world.db.prisma.ledgerCheck.findMany({ orderBy: { checkedAt: 'asc' } })

/** `hours` after the night's check of the beginning. */
const at = (hours: number) => world.goTo(new Date(Date.UTC(2026, 2, 2, 2, 30) + hours * 3_600_000))

describe('rule 2: the nightly check', () => {
  it('keeps that a sound ledger is sound, and tells nobody', async () => {
    at(0)
    expect(await checkLedgers(world.deps)).toBe(0)
    expect(await checks()).toMatchObject([
      {
        shopId: world.shopId,
        checkedAt: world.clock.at,
        accounts: 1,
        entries: 1,
        problemCount: 0,
        problems: [],
      },
    ])
    expect(await notices()).toEqual([])
  })

  it('finds a tampered figure, logs it and tells the owners once, whatever the number of workers', async () => {
    at(0)
    await setConsumed(300)
    const errors: unknown[] = []
    const log = { ...world.deps.log, error: (data: object) => errors.push(data) }
    await Promise.all([1, 2, 3, 4].map(() => checkLedgers({ ...world.deps, log })))
    expect(errors).toHaveLength(4)
    expect(errors[0]).toMatchObject({ shopId: String(world.shopId), first: { figure: 'consumed' } })
    const check = await findLedgerCheck(world.db, { shopId: world.shopId, checkedAt: world.clock.at })
    expect(check?.problems).toContainEqual({
      shopId: String(world.shopId),
      customerId: String(customerId),
      grantId: String(grantId),
      figure: 'consumed',
      stored: '300',
      recomputed: '0',
      entries: [],
      entryCount: 0,
    })
    const [notice, ...more] = await notices()
    expect(more).toEqual([])
    await sendNotice(world.deps, { ...notice, lastTry: false } as JobPayload<'send_notice'> & {
      lastTry: false
    })
    expect(await world.db.prisma.sandboxItem.findMany()).toMatchObject([
      {
        to: 'owner@shop.example',
        subject: expect.stringMatching(/^Shop: \d figures of the credits are wrong$/),
      },
    ])
  })

  it('tells again each day while it lasts, and no more when it is mended', async () => {
    await setConsumed(300)
    for (const hours of [0, 3, 24, 25]) {
      at(hours)
      await checkLedgers(world.deps)
    }
    await setConsumed(0)
    at(48)
    await checkLedgers(world.deps)
    expect((await notices()).map((one) => one.data)).toEqual([
      { checkedAt: '2026-03-02T02:30:00.000Z' },
      { checkedAt: '2026-03-03T02:30:00.000Z' },
    ])
    expect((await checks()).map((one) => one.problemCount > 0)).toEqual([true, true, true, true, false])
    expect(await readLastChecks(world.db)).toEqual([
      { shopId: world.shopId, checkedAt: world.clock.at, problemCount: 0 },
    ])
  })

  it('leaves nothing behind when it dies before the notice, so that the next try tells', async () => {
    at(0)
    await setConsumed(300)
    const dying: typeof world.db = {
      ...world.db,
      transaction: (work) =>
        world.db.transaction((sql) =>
          work({
            query: (name, text, values) =>
              name === 'enqueue-job' ? Promise.reject(new Error('killed')) : sql.query(name, text, values),
          }),
        ),
    }
    await expect(checkLedgers({ ...world.deps, db: dying })).rejects.toThrow('killed')
    expect([await checks(), await notices()]).toEqual([[], []])
    await checkLedgers(world.deps)
    expect([await checks(), await notices()]).toMatchObject([[{}], [{}]])
  })

  it('forgets checks after a season', async () => {
    at(0)
    await checkLedgers(world.deps)
    at(24 * 91)
    await checkLedgers(world.deps)
    expect(await checks()).toMatchObject([{ checkedAt: world.clock.at }])
  })
})

describe('a notice to an agent', () => {
  const outcomes: Record<string, SendOutcome> = {
    temporary: { kind: 'temporary', reason: 'greylisted' },
    rejected: { kind: 'rejected', reason: 'no such user' },
    unknown: { kind: 'unknown', reason: 'the connection broke' },
  }

  async function send(outcome: string, lastTry: boolean) {
    at(0)
    await setConsumed(300)
    await checkLedgers(world.deps)
    const [notice] = await notices()
    if (!notice) throw new Error('no notice was queued')
    const errors: unknown[] = []
    const answer = outcomes[outcome]
    if (!answer) throw new Error(`no outcome ${outcome}`)
    const mail: MailPort = { ...world.deps.mail, send: async () => answer }
    const log = { ...world.deps.log, error: (data: object) => errors.push(data) }
    return { errors, sent: sendNotice({ ...world.deps, mail, log }, { ...notice, lastTry }) }
  }

  it('is tried again after a temporary failure', async () => {
    const { sent, errors } = await send('temporary', false)
    await expect(sent).rejects.toThrow(TryLater)
    expect(errors).toEqual([])
  })

  it.each([
    ['temporary', true],
    ['rejected', false],
    ['unknown', false],
  ])('is given up and logged after "%s" (last try: %p)', async (outcome, lastTry) => {
    const { sent, errors } = await send(outcome, lastTry)
    await sent
    expect(errors).toMatchObject([{ template: 'ledger-alarm', outcome }])
  })

  it('is not sent about a check that is gone', async () => {
    const notice = {
      shopId: String(world.shopId),
      agentId: '1',
      template: 'ledger-alarm' as const,
      data: { checkedAt: '2020-01-01T00:00:00.000Z' },
    }
    await sendNotice(world.deps, { ...notice, lastTry: false })
    expect(await world.db.prisma.sandboxItem.count()).toBe(0)
  })
})
