import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Express } from 'express'
import pg from 'pg'
import request from 'supertest'
import { portalUrl } from '../../src/domain/tickets/render-outgoing.ts'
import { createApp } from '../../src/http/app.ts'
import type { HttpDeps } from '../../src/http/http-deps.ts'
import { growDatabase } from '../bench/grow.ts'
import { growGrants, growLedger } from '../bench/grow-ledger.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { openWatchedDatabase, type Walk } from '../support/plans.ts'
import { seedShop, seedTicket, type TestShop, testDeps } from './open-app.ts'
import { signInAs, type Visitor, visitor } from './visit.ts'

/** Tables that grow with the business. What is set up by hand (packages, rates, agents) stays small. */
const growing =
  /^(account|audit_log|authorised_contact|contact|credit_grant|customer|delivery|expiry_warning|grant_payment|import_row|ledger_entry|message|operation_key|order_line|reply_window|review|session|settlement|shop_order|ticket|ticket_event|top_up|work_offer)$/
/** So many rows of one table a page may look at: its own customer's, and never all of the shop's. */
const most = 1_000

let database: TestDatabase
let deps: HttpDeps & { logged: string[] }
let closeDatabase: () => Promise<void>
let walks: () => Walk[]
let app: Express
let shop: TestShop
let maja: Visitor
let portal: string
/** An account with 200 entries, whose pages are read. */
let usual: { ticketId: string; customerId: string }
/** One of 1,000 live and 1,000 spent grants. */
let crowded: { ticketId: string; customerId: string }

beforeAll(async () => {
  database = await createTestDatabase()
  const watched = openWatchedDatabase(database.connectionString)
  closeDatabase = watched.db.close
  walks = watched.walks
  deps = testDeps(watched.db)
  app = createApp(deps)
  shop = await seedShop(deps)
  maja = await signInAs(app, deps, shop.shopId, 'owner')
  usual = await seedTicket(app, deps, shop, { credits: 5000, email: 'usual@example.test' })
  crowded = await seedTicket(app, deps, shop, { credits: 5000 })
  const client = new pg.Client({ connectionString: database.connectionString })
  await client.connect()
  await growDatabase(client, String(shop.shopId), 3_000)
  await growLedger(client, String(shop.shopId), usual.ticketId, 200_000, 200)
  await growGrants(client, String(shop.shopId), crowded.ticketId, 1_000)
  await client.query(
    `insert into audit_log (shop_id, customer_id, actor, action, data, at)
     select shop_id, id, 'agent:1', 'freeze_account', '{}', now() from customer, generate_series(1, 5)`,
  )
  await client.query('vacuum analyze')
  await client.end()
  portal = new URL(
    portalUrl(deps, {
      shopId: shop.shopId,
      ticketId: BigInt(usual.ticketId),
      customerId: BigInt(usual.customerId),
      linkVersion: 1,
    }),
  ).pathname
  // The first request of each face of the pool opens it and makes its plans; what it read is not asked about.
  await maja.get('/desk').expect(200)
  walks()
})

afterAll(async () => {
  await deps.live.close()
  await closeDatabase()
  await database.drop()
})

/** What went wrong: a table read whole, or too much of one. */
function tooMuch(seen: Walk[], limit = most): string[] {
  return seen
    .filter(
      ({ table, how, rows }) => growing.test(table) && (rows > limit || (how === 'Seq Scan' && rows > 50)),
    )
    .map(
      ({ how, table, index, rows, statement }) =>
        `${how} ${table} ${index ?? ''}: ${rows} rows by ${statement.trim().slice(0, 200)}`,
    )
}

const api = (path: string) => request(app).get(`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`)

describe('among 200,000 entries, 10,000 messages and an account of 2,000 grants', () => {
  it.each([
    ['ticket page', () => `/desk/tickets/${usual.ticketId}`],
    ['list', () => '/desk'],
    ['statement', () => `/desk/customers/${usual.customerId}/statement`],
    ['people of an account', () => `/desk/customers/${usual.customerId}/people`],
    ['merge', () => `/desk/customers/${usual.customerId}/merge`],
    ['audit', () => '/desk/audit'],
    ['import', () => '/desk/import'],
    ['packages', () => '/desk/packages'],
    ['portal', () => portal],
    ['statement of the portal', () => `${portal}/statement`],
    ['people of the portal', () => `${portal}/people`],
  ])('the page "%s" reads no table whole', async (_name, path) => {
    const who = path().startsWith('/desk') ? maja : visitor(app)
    await who.get(path()).expect(200)
    const seen = walks()
    expect(seen.length).toBeGreaterThan(0)
    expect(tooMuch(seen)).toEqual([])
  })

  it.each([
    ['tickets/{id}', () => `/tickets/${usual.ticketId}`],
    ['tickets of a customer', () => `/tickets?customer=${usual.customerId}`],
    ['tickets of an order', () => '/tickets?order=4711'],
    ['customers by e-mail', () => '/customers?email=usual@example.test'],
    ['customers by phone', () => '/customers?phone=%2B38640123456'],
    ['customers by order', () => '/customers?order=4711'],
    ['account', () => `/customers/${usual.customerId}/account`],
    ['statement', () => `/customers/${usual.customerId}/statement`],
    ['ledger checks', () => '/ledger-checks'],
  ])('the API "%s" reads no table whole', async (_name, path) => {
    await api(path()).expect(200)
    expect(tooMuch(walks())).toEqual([])
  })

  it.each(['outstanding', 'movements', 'prices', 'deferred-revenue'])(
    'the report "%s" of a day reads what is live and of its time, and no table of talk',
    async (name) => {
      const today = new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Ljubljana' })
      const period = name === 'outstanding' ? '' : `?from=${today}&to=${today}`
      await api(`/reports/${name}${period}`).expect(200)
      // What is outstanding is the sum of all grants that live, and the entries of a day lie in a few blocks of many rows.
      const seen = walks().filter(({ table }) => table !== 'credit_grant' && table !== 'account')
      expect(tooMuch(seen, 40_000)).toEqual([])
      expect(seen.filter(({ table, how }) => table === 'ledger_entry' && how === 'Seq Scan')).toEqual([])
    },
  )

  it('a reply finds its payer by the index of the burn order, whatever was spent, bought or written before', async () => {
    const reply = (ticketId: string, key: string) =>
      request(app)
        .post(`/api/v1/tickets/${ticketId}/replies`)
        .set('Authorization', `Bearer ${shop.key}`)
        .send({ channel: 'portal', body: 'Restart it.', idempotencyKey: key })
        .expect(201)
    await reply(crowded.ticketId, 'first')
    walks()
    await reply(crowded.ticketId, 'second')
    const seen = walks()
    expect(tooMuch(seen, 20)).toEqual([])
    const payers = seen.filter(({ table, rows }) => table === 'credit_grant' && rows > 0)
    expect(payers.map(({ index }) => index)).toContain('credit_grant_burn')
    await maja.get(`/desk/tickets/${crowded.ticketId}`)
    walks()
    const quoted = await request(app)
      .post(`/api/v1/tickets/${crowded.ticketId}/quote`)
      .set('Authorization', `Bearer ${shop.key}`)
      .send({ channel: 'portal', body: 'Restart it.' })
    expect(quoted.status).toBe(200)
    expect(tooMuch(walks(), 20)).toEqual([])
  })
})
