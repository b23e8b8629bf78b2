import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { startFakeSmtp } from '../../support/fakes/smtp.ts'
import { makeOrders, type OrderDelivery } from '../orders.ts'
import { side, startServer } from '../processes.ts'
import { quantile } from '../statistics.ts'
import type { Row } from '../table.ts'
import type { Line } from './line.ts'

const ordersEachSecond = 50
const seconds = 10
const patienceMs = 30_000

/** From the order's webhook to the ticket that agents see and to the welcome mail that the mail server took. */
export const measureOrderToMail: Line = async (ground) => {
  const smtp = await startFakeSmtp()
  const database = await ground.freshDatabase()
  const server = await startServer(
    side('serve-ours'),
    ['worker'],
    ground.environment(database, { SMTP_URL: smtp.url }),
    ground.logFile('order-to-mail'),
  )
  const orders = makeOrders(1, ordersEachSecond * seconds, ground.shop.webhookSecret)
  const sentAt = new Map<string, number>()
  const mailedAt = new Map<string, number>()
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  const seen = watch(5, () => {
    for (const mail of smtp.mails.splice(0)) mailedAt.set(mail.envelopeTo[0] ?? '', performance.now())
    return mailedAt.size === orders.length
  })
  const tickets = watchTickets(client, orders.length)
  await sendOrders(`${server.address}/webhooks/woocommerce/${ground.shop.id}`, orders, sentAt)
  await seen
  const openedAt = await tickets
  await client.end()
  await server.stop()
  await smtp.close()
  await ground.drop(database)
  const waits = (arrived: Map<string, number>, name: (order: OrderDelivery) => string) =>
    orders.map((order) => (arrived.get(name(order)) ?? Number.NaN) - (sentAt.get(order.externalId) ?? 0))
  return [
    row(
      'ticket visible',
      waits(openedAt, (order) => order.externalId),
    ),
    row(
      'welcome mail at the mail server',
      waits(mailedAt, (order) => order.email),
    ),
  ]
}

function row(what: string, waits: number[]): Row {
  const ms = (share: number) => Math.round(quantile(waits, share))
  return {
    work: `order to ${what}, ${ordersEachSecond} orders/s: p50 | p95`,
    ours: `${ms(0.5)} | ${ms(0.95)} ms`,
    budget: '< 1000 ms',
    kept: ms(0.95) < 1000,
  }
}

/** Sends at a fixed pace, whatever the answers take. */
async function sendOrders(url: string, orders: OrderDelivery[], sentAt: Map<string, number>): Promise<void> {
  const started = performance.now()
  const answers = orders.map(async (order, index) => {
    await sleep(Math.max(0, started + (index * 1000) / ordersEachSecond - performance.now()))
    sentAt.set(order.externalId, performance.now())
    const answer = await fetch(url, { method: 'POST', headers: order.headers, body: order.body })
    await answer.arrayBuffer()
    if (answer.status !== 200) throw new Error(`a webhook was answered ${answer.status}`)
  })
  await Promise.all(answers)
}

/** When each order's ticket could be read by another connection, by the shop's order id; to 20 ms. */
async function watchTickets(client: pg.Client, count: number): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  await watch(20, async () => {
    const { rows } = await client.query<{ external_id: string }>(
      'select o.external_id from ticket t join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id',
    )
    const now = performance.now()
    for (const row of rows) if (!found.has(row.external_id)) found.set(row.external_id, now)
    return found.size === count
  })
  return found
}

/** Looks every `everyMs` until `look` is content. */
async function watch(everyMs: number, look: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + seconds * 1000 + patienceMs
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error('not every order got its ticket and welcome mail')
    await sleep(everyMs)
  }
}
