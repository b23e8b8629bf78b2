import { randomBytes } from 'node:crypto'
import type { Express } from 'express'
import { pino } from 'pino'
import request from 'supertest'
import { createGenericShop } from '../../connectors/generic/generic.ts'
import { createMailProof } from '../../connectors/mailauth/mailauth.ts'
import { mailOff, textingOff } from '../../connectors/off/off.ts'
import { createTwilioTexting } from '../../connectors/twilio/twilio.ts'
import { createWooCommerceShop } from '../../connectors/woocommerce/woocommerce.ts'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { addApiKey } from '../../src/domain/agents/add-api-key.ts'
import { readLastChecks } from '../../src/domain/credits/find-ledger-check.ts'
import { createLiveHub } from '../../src/domain/live/hub.ts'
import { createDeskTeller } from '../../src/domain/live/tell-desk.ts'
import { makeKeyring } from '../../src/domain/secrets/keyring.ts'
import { addShop } from '../../src/domain/shops/add-shop.ts'
import { createTicket } from '../../src/domain/tickets/create-ticket.ts'
import { createApp } from '../../src/http/app.ts'
import type { HttpDeps } from '../../src/http/http-deps.ts'
import { readJobBacklog } from '../../src/http/metrics/job-backlog.ts'
import { createMetrics } from '../../src/http/metrics/metrics.ts'
import type { MailPort } from '../../src/ports/mail.ts'
import { loadAssets } from '../../src/web/assets.ts'
import { testBlobs } from '../support/blobs.ts'
import { createTestDatabase } from '../support/database.ts'
import { capturedSecret } from '../support/fakes/captures.ts'
import { quietLog } from '../support/quiet-log.ts'

export const twilioToken = 'twilio-auth-token-of-the-tests'
export const publicUrl = 'https://desk.example'

/** Takes every mail; the tests of the HTTP side run no worker, so nothing is ever sent. */
const mailOn: MailPort = { ...mailOff, configured: true }

const twilio = createTwilioTexting({
  accountSid: `AC${'0'.repeat(32)}`,
  authToken: twilioToken,
  sender: { from: '+15005550006' },
  statusCallback: () => undefined,
  apiBase: 'http://127.0.0.1:9',
})

export interface TestApp {
  app: Express
  deps: HttpDeps
  /** What the request log wrote, one JSON line each. */
  logged: string[]
  /** Names of the statements since the last call. */
  statements(): string[]
  close(): Promise<void>
}

/** The real app over a database of its own. */
export async function openTestApp(options: { channelsOff?: boolean } = {}): Promise<TestApp> {
  const database = await createTestDatabase()
  const opened = openDatabase({ connectionString: database.connectionString, poolSize: 16 })
  const { db, statements } = recordStatements(opened)
  const deps = testDeps(db, options)
  return {
    app: createApp(deps),
    deps,
    logged: deps.logged,
    statements,
    async close() {
      await deps.live.close()
      await opened.close()
      await database.drop()
    },
  }
}

/** Deps over any database, also one that is away. */
export function testDeps(
  db: Database,
  options: { channelsOff?: boolean } = {},
): HttpDeps & { logged: string[] } {
  const logged: string[] = []
  const deps = {
    db,
    clock: { now: () => new Date() },
    log: quietLog,
    keyring: makeKeyring(randomBytes(32)),
    blobs: testBlobs,
    mail: options.channelsOff ? mailOff : mailOn,
    texting: options.channelsOff ? textingOff : twilio,
    shops: { woocommerce: createWooCommerceShop(), generic: createGenericShop() },
    publicUrl,
    takesMail: true,
    mailProof: createMailProof(),
    mailRetentionDays: 365,
    mailFrom: { name: '', address: 'support@desk.example' },
    mailDomain: 'desk.example',
    wakeWorkers: () => undefined,
    tellDesk: createDeskTeller(db, quietLog).tell,
  }
  return {
    ...deps,
    logged,
    live: createLiveHub(deps),
    requestLog: pino({ level: 'info' }, { write: (line: string) => logged.push(line) }),
    metrics: createMetrics(
      () => readJobBacklog(deps),
      () => readLastChecks(deps.db),
    ),
    assets: loadAssets(),
    readiness: () =>
      db.query('ready', 'select 1', []).then(
        () => undefined,
        () => 'the database is away',
      ),
  }
}

/* Behind the answers, when it suits the process. */
const behind = ['tell-desk', 'live-signal']

/** Notes the name of each statement that goes over the pool or through a transaction. */
function recordStatements(db: Database): { db: Database; statements(): string[] } {
  let names: string[] = []
  const note = (name: string) => {
    if (!behind.includes(name)) names.push(name)
  }
  return {
    statements() {
      const seen = names
      names = []
      return seen
    },
    db: {
      ...db,
      query(name, text, values) {
        note(name)
        return db.query(name, text, values)
      },
      transaction: (work) =>
        db.transaction((sql) =>
          work({
            query(name, text, values) {
              note(name)
              return sql.query(name, text, values)
            },
          }),
        ),
    },
  }
}

export interface TestShop {
  shopId: bigint
  /** An API key with every scope. */
  key: string
  readKey: string
  writeKey: string
  agent: { id: string; email: string; name: string; loginToken: string }
}

/** A shop with keys and an agent. Its webhook secret is the captures'. */
export async function seedShop(deps: HttpDeps, name = 'Podpora'): Promise<TestShop> {
  const shop = await addShop(deps, { name, url: 'https://shop.example', webhookSecret: capturedSecret })
  const shopId = BigInt(shop.id)
  const keyFor = async (...scopes: string[]) => (await addApiKey(deps, { shopId, scopes })).key
  const person = { email: 'ana@shop.example', name: 'Ana Kos' }
  const agent = await addAgent(deps, { shopId, ...person, role: 'supervisor' })
  return {
    shopId,
    key: await keyFor('read', 'write', 'supervise', 'administer'),
    readKey: await keyFor('read'),
    writeKey: await keyFor('write'),
    agent: { ...person, id: agent.id, loginToken: agent.loginUrl.split('/').at(-1) ?? '' },
  }
}

/** A ticket of a new customer, with credits when asked. */
export async function seedTicket(
  app: Express,
  deps: HttpDeps,
  shop: TestShop,
  options: { credits?: number; email?: string; phone?: string } = {},
): Promise<{ ticketId: string; customerId: string }> {
  const email = options.email ?? `customer-${randomBytes(4).toString('hex')}@example.com`
  const { ticketId } = await createTicket(deps, {
    shopId: shop.shopId,
    customer: { email, name: 'Mojca Novak', ...(options.phone && { phone: options.phone }) },
    subject: 'The printer is offline',
    body: 'Since this morning nothing prints.',
    channel: 'email',
  })
  const ticket = await deps.db.prisma.ticket.findFirstOrThrow({
    where: { shopId: shop.shopId, id: ticketId },
  })
  const customerId = String(ticket.customerId)
  if (options.credits) {
    await request(app)
      .post(`/api/v1/customers/${customerId}/grants`)
      .set('Authorization', `Bearer ${shop.key}`)
      .send({ credits: options.credits, reason: 'Test', idempotencyKey: `seed-${ticketId}` })
      .expect(201)
  }
  return { ticketId: String(ticketId), customerId }
}
