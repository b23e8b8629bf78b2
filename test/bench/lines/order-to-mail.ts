import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type MailSink, startMailSink } from '../mail-sink.ts'
import { makeOrders, type OrderDelivery } from '../orders.ts'
import { side, startServer } from '../processes.ts'
import { quantile } from '../statistics.ts'
import type { Row } from '../table.ts'
import type { Line } from './line.ts'

const ordersEachSecond = 50
const seconds = 10
const warmUp = 100
const patienceMs = 30_000
const lookMs = 50

/** From the order's webhook to the ticket that agents see and to the welcome mail that the mail server took. */
export const measureOrderToMail: Line = async (ground) => {
  const smtp = await startMailSink()
  const database = await ground.freshDatabase()
  const server = await startServer(
    side('serve-ours'),
    ['worker'],
    ground.environment(database, { SMTP_URL: smtp.url }),
    ground.logFile('order-to-mail'),
  )
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  const place = {
    ...{ smtp, client, secret: ground.shop.webhookSecret },
    url: `${server.address}/webhooks/woocommerce/${ground.shop.id}`,
  }
  // A service that sells has been running for a while.
  await sellAndWait(place, 1, warmUp)
  const waits = await sellAndWait(place, warmUp + 1, ordersEachSecond * seconds)
  await client.end()
  await server.stop()
  await smtp.close()
  await ground.drop(database)
  return [row('ticket visible', waits.ticket), row('welcome mail at the mail server', waits.mail)]
}

interface Place {
  smtp: MailSink
  client: pg.Client
  /** Of the shop's webhooks. */
  url: string
  secret: string
}

/** Milliseconds from each order's webhook to its ticket and its mail; all are there when it returns. */
async function sellAndWait(
  place: Place,
  first: number,
  count: number,
): Promise<{ ticket: number[]; mail: number[] }> {
  const { smtp, client } = place
  const orders = makeOrders(first, count, place.secret)
  const sentAt = new Map<string, number>()
  const mailed = watch(() => orders.every(({ email }) => smtp.takenAt.has(email)))
  const tickets = watchTickets(client, orders)
  await sendOrders(place.url, orders, sentAt)
  await mailed
  const openedAt = await tickets
  const since = (order: OrderDelivery, arrived: number | undefined) =>
    (arrived ?? Number.NaN) - (sentAt.get(order.externalId) ?? 0)
  return {
    ticket: orders.map((order) => since(order, openedAt.get(order.externalId))),
    mail: orders.map((order) => since(order, smtp.takenAt.get(order.email))),
  }
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

/** When each order's ticket could be read by another connection, by the shop's order id; to 50 ms. */
async function watchTickets(
  client: pg.Client,
  orders: readonly OrderDelivery[],
): Promise<Map<string, number>> {
  const found = new Map<string, number>()
  await watch(async () => {
    const missing = orders.map(({ externalId }) => externalId).filter((id) => !found.has(id))
    const { rows } = await client.query<{ external_id: string }>(
      'select o.external_id from shop_order o join ticket t on o.shop_id = t.shop_id and o.id = t.order_id where o.external_id = any ($1)',
      [missing],
    )
    const now = performance.now()
    for (const row of rows) found.set(row.external_id, now)
    return found.size === orders.length
  })
  return found
}

/** Looks again and again until `look` is content; seldom enough to leave the machine to what is measured. */
async function watch(look: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + seconds * 1000 + patienceMs
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error('not every order got its ticket and welcome mail')
    await sleep(lookMs)
  }
}
