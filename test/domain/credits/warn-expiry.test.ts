import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import type { Database } from '../../../src/db/database.ts'
import { expireCredits } from '../../../src/domain/credits/expire-credits.ts'
import { expiryOf } from '../../../src/domain/credits/expiry.ts'
import { customersToWarn, warnExpiry } from '../../../src/domain/credits/warn-expiry.ts'
import { warningDayOf } from '../../../src/domain/credits/warning-days.ts'
import { sendMessage } from '../../../src/domain/tickets/send-message.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { failReply } from './moves.ts'
import { planOf } from './plan.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
  await world.db.prisma.shop.updateMany({ data: { timezone: 'Europe/Ljubljana' } })
})
// Entries cannot be deleted; the grants of the test before are frozen and so no matter of warnings any more.
beforeEach(async () => {
  world.goTo(start)
  for (const text of [
    'update credit_grant set frozen = true',
    'delete from expiry_warning',
    'delete from message',
    'delete from sandbox_item',
    'delete from graphile_worker._private_jobs',
  ])
    await world.db.query(`test-${text}`, text, [])
})
afterAll(() => world.close())

const zone = 'Europe/Ljubljana'

/** A customer with a ticket and a grant bought now with so many days of validity. */
async function bought(days: number, units = 1000n, name = 'Pack 10') {
  const customerId = await world.customer({ email: 'ana@example.org' })
  const ticketId = await world.ticket(customerId)
  const grantId = await addGrant(customerId, days, units, name)
  return { customerId, ticketId, grantId }
}

function addGrant(customerId: bigint, days: number, units = 1000n, name = 'Pack 10') {
  return world.grant(customerId, { units, name, expiresAt: expiryOf(world.clock.at, days, zone) })
}

const mails = (ticketId: bigint) =>
  world.db.prisma.message.findMany({
    where: { shopId: world.shopId, ticketId, template: 'expiry-warning' },
    orderBy: { id: 'asc' },
  })

type WarningData = { ending: { name: string; units: string }[] }
const names = (mail: { data: unknown } | undefined) =>
  ((mail?.data ?? { ending: [] }) as WarningData).ending.map((one) => `${one.name} ${one.units}`)

async function sendJobs(): Promise<number> {
  const [row] = await world.db.query<{ n: number }>(
    'test-jobs',
    `select count(*)::int as n from graphile_worker.jobs where task_identifier = 'send_message'`,
    [],
  )
  return row?.n ?? 0
}

/** Runs the job every hour of so many days from now; the days (from the purchase) on which a mail was queued. */
async function warnedOn(days: number): Promise<number[]> {
  const from = world.clock.at
  const found: number[] = []
  for (let hour = 0; hour < days * 24; hour += 1) {
    world.goTo(new Date(from.getTime() + hour * 3_600_000))
    for (let mail = await warnExpiry(world.deps); mail > 0; mail -= 1) found.push(Math.floor(hour / 24))
  }
  return found
}

describe('rule 13: customers are warned 30, 7 and 1 days before the end of validity', () => {
  it('each once, on those days', async () => {
    world.goTo(new Date('2026-05-01T06:00:00Z'))
    const { ticketId } = await bought(40)
    expect(await warnedOn(45)).toEqual([10, 33, 39])
    expect(await mails(ticketId)).toHaveLength(3)
  })

  it.each([
    [5, [4]],
    [7, [6]],
    [30, [23, 29]],
    [1, []],
  ])('and never of what was past when it was bought with %d days', async (days, warned) => {
    world.goTo(new Date('2026-05-01T06:00:00Z'))
    await bought(days)
    expect(await warnedOn(days + 2)).toEqual(warned)
  })

  it('once for 4 workers at once, guard, message and send job together', async () => {
    const { ticketId, customerId, grantId } = await bought(37)
    world.goTo(world.day(7))
    const queued = await Promise.all([1, 2, 3, 4].map(() => warnExpiry(world.deps)))
    expect(queued.reduce((sum, n) => sum + n, 0)).toBe(1)
    expect(await mails(ticketId)).toMatchObject([
      { state: 'queued', channel: 'email', direction: 'outbound', authorKind: 'system', units: 0n },
    ])
    expect(await sendJobs()).toBe(1)
    expect(await world.db.prisma.expiryWarning.findMany()).toMatchObject([{ grantId, days: 30, customerId }])
  })

  it('skips a warning whose whole day nobody was up', async () => {
    await bought(40)
    world.goTo(world.day(12))
    expect(await warnExpiry(world.deps)).toBe(0)
    world.goTo(world.day(33))
    expect(await warnExpiry(world.deps)).toBe(1)
  })

  it('in one mail a customer and day that lists all that ends, the soonest first', async () => {
    const { customerId, ticketId } = await bought(37, 1000n, 'A')
    await addGrant(customerId, 14, 200n, 'B')
    await addGrant(customerId, 37, 300n, 'C')
    await addGrant(customerId, 38, 400n, 'next day')
    world.goTo(world.day(7))
    expect(await warnExpiry(world.deps)).toBe(1)
    const [mail, ...more] = await mails(ticketId)
    expect([names(mail), more]).toEqual([['B 200', 'A 1000', 'C 300'], []])
    world.goTo(world.day(8))
    expect(await warnExpiry(world.deps)).toBe(1)
    expect(names((await mails(ticketId))[1])).toEqual(['next day 400'])
  })

  it('not a second time on a day on which more comes to light', async () => {
    const { customerId, ticketId } = await bought(37)
    const other = await addGrant(customerId, 37, 500n)
    await freeze(other, true)
    world.goTo(world.day(7))
    await warnExpiry(world.deps)
    await freeze(other, false)
    expect(await warnExpiry(world.deps)).toBe(0)
    expect(await mails(ticketId)).toHaveLength(1)
  })

  it('but not of what is spent, frozen or endless', async () => {
    const { customerId, ticketId } = await bought(37, 100n)
    await world.reply(ticketId)
    await freeze(await addGrant(customerId, 37), true)
    await world.grant(customerId, { units: 1000n })
    world.goTo(world.day(7))
    expect(await warnExpiry(world.deps)).toBe(0)
  })

  it('on the newest ticket that is no spam; at its address, else at the customer’s', async () => {
    const { customerId, ticketId } = await bought(37)
    const newest = await world.ticket(customerId, { email: null })
    const spam = await world.ticket(customerId)
    await world.db.prisma.ticket.update({
      where: { shopId_id: { shopId: world.shopId, id: spam } },
      data: { status: 'spam' },
    })
    world.goTo(world.day(7))
    expect(await warnExpiry(world.deps)).toBe(1)
    expect(await mails(newest)).toMatchObject([{ address: 'ana@example.org' }])
    expect([await mails(ticketId), await mails(spam)]).toEqual([[], []])
  })

  it('and customers without e-mail or ticket are left out without an error', async () => {
    const mute = await world.customer({ phone: '+38640111222' })
    await world.ticket(mute, { email: null, phone: '+38640111222' })
    await addGrant(mute, 37)
    await addGrant(await world.customer({ email: 'x@example.org' }), 37)
    const errors: unknown[] = []
    const log = { ...world.deps.log, error: (data: object) => errors.push(data) }
    world.goTo(world.day(7))
    expect([await warnExpiry({ ...world.deps, log }), errors]).toEqual([0, []])
    expect(await world.db.prisma.expiryWarning.count()).toBe(0)
  })

  it('nothing is left behind by a crash between guard and job, and the next run warns', async () => {
    const { ticketId } = await bought(37)
    world.goTo(world.day(7))
    const dying: Database = {
      ...world.db,
      transaction: (work) =>
        world.db.transaction((sql) =>
          work({
            query: (name, text, values) =>
              name === 'enqueue-job' ? Promise.reject(new Error('killed')) : sql.query(name, text, values),
          }),
        ),
    }
    expect(await warnExpiry({ ...world.deps, db: dying })).toBe(0)
    expect([await world.db.prisma.expiryWarning.count(), await mails(ticketId), await sendJobs()]).toEqual([
      0,
      [],
      0,
    ])
    expect(await warnExpiry(world.deps)).toBe(1)
  })

  it('says what ends, when, and where to see more', async () => {
    const { customerId, ticketId } = await bought(37, 1000n, 'Pack 10')
    await addGrant(customerId, 37, 250n, 'Bonus <b>')
    world.goTo(world.day(7))
    await warnExpiry(world.deps)
    const [mail] = await mails(ticketId)
    await sendMessage(world.deps, {
      shopId: world.shopId,
      ticketId,
      messageId: mail?.id ?? 0n,
      lastTry: false,
    })
    const [sent] = await world.db.prisma.sandboxItem.findMany()
    expect(sent?.subject).toBe('12.5 credits at Shop end soon, the first on 7 Apr 2026')
    expect(sent?.text).toContain(
      'Pack 10: 10 credits, until 7 Apr 2026\nBonus <b>: 2.5 credits, until 7 Apr 2026\n',
    )
    expect(sent?.text).toContain('You have 12.5 credits in all.')
    expect(sent?.text).toMatch(/https:\/\/desk\.example\/portal\/[a-z0-9]+/)
    expect(sent?.html).toContain('Bonus &lt;b&gt;')
    expect(sent?.headers).toMatchObject({ 'Auto-Submitted': 'auto-generated' })
    expect(await world.message(ticketId, mail?.id ?? 0n)).toMatchObject({ state: 'sent' })
  })
})

describe('rule 13: expiry and warnings together', () => {
  it('what has ended is expired before anything is said of it', async () => {
    const { customerId, ticketId } = await bought(7)
    world.goTo(world.day(1))
    await addGrant(customerId, 7, 300n, 'later')
    world.goTo(world.day(8))
    expect(await warnExpiry(world.deps)).toBe(0)
    world.goTo(world.day(7))
    expect(await warnExpiry(world.deps)).toBe(1)
    expect(names((await mails(ticketId))[0])).toEqual(['later 300'])
    world.goTo(world.day(8))
    await Promise.all([expireCredits(world.deps), warnExpiry(world.deps)])
    expect((await world.entries(customerId)).filter((entry) => entry.kind === 'expire')).toHaveLength(1)
    expect(await mails(ticketId)).toHaveLength(1)
  })

  it('goodwill of a reversal is warned of like everything else', async () => {
    world.goTo(new Date('2026-05-01T06:00:00Z'))
    const { ticketId } = await bought(1)
    const { messageId } = await world.reply(ticketId)
    world.goTo(new Date('2026-05-03T06:00:00Z'))
    await expireCredits(world.deps)
    await failReply(world, { ticketId, messageId })
    expect(await warnedOn(33)).toEqual([23, 29])
    expect(names((await mails(ticketId))[0])).toEqual(['Pack 10 100'])
  })
})

describe('rule 13: in the time zone of the shop', () => {
  it.each([
    // The day before the clocks go forward, which has 23 hours, and the one before they go back.
    ['2026-02-27T12:00:00Z', 30, '2026-03-29T21:59:59.999Z', '2026-03-28'],
    ['2026-09-25T12:00:00Z', 30, '2026-10-25T22:59:59.999Z', '2026-10-24'],
    // A purchase late in the evening of UTC is one of the next day there.
    ['2026-05-31T22:30:00Z', 30, '2026-07-01T21:59:59.999Z', '2026-06-30'],
  ])('bought at %s for %d days it ends at %s and is warned of on %s', async (at, days, end, last) => {
    world.goTo(new Date(at))
    const { grantId } = await bought(days)
    expect((await world.grantOf(grantId)).expiresAt).toEqual(new Date(end))
    const tries = async (times: string[]) => {
      const queued: number[] = []
      for (const time of times) {
        world.goTo(new Date(time))
        queued.push(await warnExpiry(world.deps))
      }
      return queued
    }
    const summer = last === '2026-03-28' ? 1 : 2
    const hour = (local: number) => `${last}T${String(local - summer).padStart(2, '0')}:30:00Z`
    // Half past seven is too early; from eight on it is said once; the evening still belongs to the day.
    expect(await tries([hour(7), hour(8), hour(9), hour(23)])).toEqual([0, 1, 0, 0])
  })

  it('knows days of 23 and 25 hours', () => {
    const spring = warningDayOf(new Date('2026-03-28T12:00:00Z'), zone)?.endings[2]
    expect(spring).toEqual({
      days: 1,
      after: new Date('2026-03-28T23:00:00Z'),
      until: new Date('2026-03-29T22:00:00Z'),
    })
    const autumn = warningDayOf(new Date('2026-10-24T12:00:00Z'), zone)?.endings[2]
    expect(autumn).toEqual({
      days: 1,
      after: new Date('2026-10-24T22:00:00Z'),
      until: new Date('2026-10-25T23:00:00Z'),
    })
    expect(warningDayOf(new Date('2026-03-28T23:30:00Z'), zone)).toBeUndefined()
  })
})

describe('the cost', () => {
  it('is that of the days in question, however many grants there are and have been', async () => {
    const customerId = await world.customer()
    await world.db.query(
      'test-many',
      `insert into credit_grant (shop_id, customer_id, source, name, channels, prices, units_each, expires_at, entitled, promised, live, created_at)
       select $1, $2, 'api', 'x', '{email}', '{}', 100, $3::timestamptz + n * interval '1 hour', 100, 100, true, $3
       from generate_series(1, 4000) n`,
      [world.shopId, customerId, world.clock.at],
    )
    await world.db.query('test-analyze', 'analyze credit_grant', [])
    const day = warningDayOf(world.day(1), zone)
    const endings = day?.endings ?? []
    const plan = await planOf(world, customersToWarn, [
      world.shopId,
      endings.map((one) => one.days),
      endings.map((one) => one.after),
      endings.map((one) => one.until),
      day?.today,
    ])
    expect(plan).toContain('credit_grant_ending')
    expect(plan).not.toContain('Seq Scan on credit_grant')
  })
})

async function freeze(grantId: bigint, frozen: boolean): Promise<void> {
  await world.db.query('test-freeze', 'update credit_grant set frozen = $2 where id = $1', [grantId, frozen])
}
