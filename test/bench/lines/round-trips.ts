import { readConfig } from '../../../src/config.ts'
import type { Database } from '../../../src/db/database.ts'
import { serve } from '../../../src/serve.ts'
import { countStatements } from '../count-statements.ts'
import { silentLog } from '../ground.ts'
import { makeOrders } from '../orders.ts'
import type { SeededShop } from '../seed.ts'
import type { Row } from '../table.ts'
import type { Line } from './line.ts'

const times = 5

/** Statements sent for one request, login check included; on a ticket with one message and on one with 1,000. */
export const measureRoundTrips: Line = async (ground) => {
  const database = await ground.freshDatabase()
  const running = await serve(readConfig(ground.environment(database)), silentLog, { worker: false })
  try {
    return await countAll(running.address, ground.shop, running.composed.engine.db)
  } finally {
    await running.stop()
    await ground.drop(database)
  }
}

async function countAll(address: string, shop: SeededShop, db: Database): Promise<Row[]> {
  const [short = '', long = ''] = shop.tickets
  await fillTicket(db, shop.id, long)
  const orders = makeOrders(1, times + 1, shop.webhookSecret)
  let keys = 0
  const page = (path: string) => () => ask(`${address}${path}`, { headers: { cookie: shop.cookie } })
  const reply = (ticket: string) => () =>
    ask(`${address}/api/v1/tickets/${ticket}/replies`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.apiKey}` },
      body: JSON.stringify({
        channel: 'portal',
        body: 'Try again.',
        idempotencyKey: `trip-${++keys}`,
        agent: shop.agentId,
      }),
    })
  const webhook = async () => {
    const { headers, body } = orders.pop() ?? { headers: {}, body: '' }
    await ask(`${address}/webhooks/woocommerce/${shop.id}`, { method: 'POST', headers, body })
  }
  return [
    await row('round trips: list page', 3, [page('/desk')]),
    await row('round trips: ticket page, 1 | 1,000 messages', 5, [
      page(`/desk/tickets/${short}`),
      page(`/desk/tickets/${long}`),
    ]),
    await row('round trips: API reply, 1 | 1,000 messages', 4, [reply(short), reply(long)]),
    await row('round trips: webhook', 1, [webhook]),
  ]
}

async function row(work: string, most: number, requests: (() => Promise<void>)[]): Promise<Row> {
  const counts: number[] = []
  for (const request of requests) {
    // The first request of a process also fills what the process remembers, such as a shop's webhook secret.
    await request()
    let highest = 0
    for (let time = 0; time < times; time++) highest = Math.max(highest, await countStatements(request))
    counts.push(highest)
  }
  return {
    work,
    ours: counts.join(' | '),
    budget: `<= ${most}`,
    kept: counts.every((count) => count <= most),
  }
}

async function ask(url: string, init: RequestInit): Promise<void> {
  const answer = await fetch(url, { ...init, redirect: 'manual' })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${url} was answered ${answer.status}`)
}

async function fillTicket(db: Database, shopId: string, ticketId: string): Promise<void> {
  await db.pool.query(
    `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, state, created_at)
     select $1, $2, 'inbound', 'email', 'customer', 'Customer', 'Question ' || n, 'received', now()
     from generate_series(1, 999) n`,
    [shopId, ticketId],
  )
  await db.pool.query(
    `update ticket set last_message_id = (select max(id) from message where shop_id = $1 and ticket_id = $2)
     where shop_id = $1 and id = $2`,
    [shopId, ticketId],
  )
}
