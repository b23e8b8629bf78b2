import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type JobName, jobs } from '../../src/jobs/catalog.ts'
import { handlers } from '../../src/jobs/handlers.ts'
import { openTestApp, type TestApp } from '../http/open-app.ts'
import { dumpShop } from './dump.ts'
import { type FurnishedShop, furnishShop, type RowIds } from './two-shops.ts'

let test: TestApp
let alpha: FurnishedShop
let beta: FurnishedShop

beforeAll(async () => {
  test = await openTestApp()
  alpha = await furnishShop(test, 'Alpha')
  beta = await furnishShop(test, 'Beta')
})
afterAll(() => test.close())

/** Ids by their names in a payload; a new one has to be added here. */
const ids: Record<string, keyof RowIds> = {
  agentId: 'agents',
  customerId: 'customers',
  backfillId: 'backfills',
  contactId: 'contacts',
  deliveryId: 'deliveries',
  messageId: 'messages',
  orderId: 'orders',
  ticketId: 'tickets',
}
const others: Record<string, unknown> = {
  act: 'note',
  data: { checkedAt: '2026-01-01T00:00:00Z' },
  inReplyTo: 'mail@example.test',
  // Mails are kept before anybody knows whose they are.
  mailId: '1',
  note: 'A note',
  outcome: 'done',
  // The shop's own id: another shop may have a product of the same.
  productId: '11',
  resume: true,
  statuses: undefined,
  subject: 'A question',
  template: 'ledger-alarm',
  to: 'eva@example.test',
  version: 1,
}

const ofOneShop = (Object.keys(jobs) as JobName[]).filter((name) => 'shopId' in jobs[name].payload.shape)

/** A payload in the name of one shop with the ids of another. */
function payloadOf(name: JobName): object {
  const fields = Object.keys(jobs[name].payload.shape).map((field) => {
    const area = ids[field]
    if (field === 'shopId') return [field, String(beta.shopId)]
    if (area) return [field, alpha.ids[area]]
    if (field === 'orderIds') return [field, [alpha.ids.orders]]
    if (!(field in others))
      throw new Error(`nothing says what ${field} of ${name} is: test/isolation/jobs.test.ts`)
    return [field, others[field]]
  })
  return jobs[name].payload.parse(Object.fromEntries(fields))
}

describe('a job in the name of another shop', () => {
  it.each(ofOneShop)('%s leaves the shop alone whose ids it names', async (name) => {
    const before = await dumpShop(test.deps.db, alpha.shopId)
    const handle = handlers[name] as (deps: object, payload: object, run: object) => Promise<void>
    await handle(test.deps, payloadOf(name), { firstTry: false, lastTry: true })
    expect(await dumpShop(test.deps.db, alpha.shopId)).toEqual(before)
  })
})
