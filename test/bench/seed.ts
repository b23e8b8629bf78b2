import type { Logger } from 'pino'
import { compose } from '../../src/compose.ts'
import { readConfig } from '../../src/config.ts'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { addApiKey } from '../../src/domain/agents/add-api-key.ts'
import { signIn } from '../../src/domain/agents/sign-in.ts'
import { grantCredits } from '../../src/domain/customers/grant-credits.ts'
import type { Deps } from '../../src/domain/deps.ts'
import { addPackage } from '../../src/domain/packages/add-package.ts'
import { addShop } from '../../src/domain/shops/add-shop.ts'
import { createTicket } from '../../src/domain/tickets/create-ticket.ts'
import { signedIn } from '../support/signed-in.ts'
import type { Environment } from './processes.ts'

export interface SeededShop {
  id: string
  webhookSecret: string
  agentId: string
  apiKey: string
  /** Cookie header of a signed-in agent. */
  cookie: string
  /** One ticket for each account, in the order of its making. */
  tickets: string[]
}

/** Far more than a run spends. */
const creditsEach = 1_000_000

/** A shop with a package, an agent and `accounts` customers who have credits and a ticket with one question each. */
export async function seedShop(environment: Environment, accounts: number, log: Logger): Promise<SeededShop> {
  const { deps, close } = await compose(readConfig(environment), log)
  try {
    const webhookSecret = 'bench-webhook-secret'
    const { id } = await addShop(deps, { name: 'Bench', url: 'https://shop.example', webhookSecret })
    const shopId = BigInt(id)
    await addPackage(deps, { actor: 'cli', shopId, match: 'sku:SUPPORT-10', credits: 10, days: 365 })
    const { id: agentId, loginUrl } = await addAgent(deps, {
      shopId,
      email: 'nina@bench.example',
      name: 'Nina',
      role: 'owner',
    })
    const { cookie } = signedIn(await signIn(deps, { token: loginUrl.slice(loginUrl.lastIndexOf('/') + 1) }))
    const { key: apiKey } = await addApiKey(deps, { shopId, scopes: ['read', 'write'] })
    const tickets: string[] = []
    for (let number = 0; number < accounts; number++) tickets.push(await seedTicket(deps, shopId, number))
    // As on a server that has run for a while, where autovacuum has looked at the tables.
    await deps.db.pool.query('vacuum analyze')
    return { id, webhookSecret, agentId, apiKey, cookie: `creditdesk_login=${cookie}`, tickets }
  } finally {
    await close()
  }
}

async function seedTicket(deps: Deps, shopId: bigint, number: number): Promise<string> {
  const { ticketId } = await createTicket(deps, {
    shopId,
    customer: { email: `customer${number}@example.test`, name: `Customer ${number}` },
    subject: `Question ${number}`,
    body: 'How do I print?',
    channel: 'portal',
  })
  const [row] = await deps.db.query<{ customer_id: bigint }>(
    'bench-ticket-owner',
    'select customer_id from ticket where shop_id = $1 and id = $2',
    [shopId, ticketId],
  )
  if (!row) throw new Error(`ticket ${ticketId} is not there`)
  await grantCredits(deps, {
    shopId,
    customerId: row.customer_id,
    credits: creditsEach,
    reason: 'bench',
    idempotencyKey: `bench-${number}`,
    by: { actor: 'system' },
  })
  return String(ticketId)
}
