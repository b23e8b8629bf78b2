import { startFakeSmtp } from '../../support/fakes/smtp.ts'
import { type LoadRequest, sendAll } from '../load.ts'
import { makeOrders } from '../orders.ts'
import { side, startServer } from '../processes.ts'
import type { SeededShop } from '../seed.ts'
import type { Line } from './line.ts'

const portions = 10
const mostBytes = 250 * 1024 ** 2
/** Growth from the second tenth of the requests to the last that still counts as flat. */
const flatGrowth = 1.15

/** Resident memory of one process, web and worker together, under a mix of everything that agents and shops ask. */
export const measureMemory: Line = async (ground, { full }) => {
  const requests = full ? 100_000 : 20_000
  const smtp = await startFakeSmtp()
  const database = await ground.freshDatabase()
  const server = await startServer(
    side('serve-ours'),
    ['worker'],
    ground.environment(database, { SMTP_URL: smtp.url }),
    ground.logFile('memory'),
  )
  const sizes: number[] = []
  for (let portion = 0; portion < portions; portion++) {
    await sendAll(server.address, mixedRequests(ground.shop, portion, requests / portions))
    smtp.mails.splice(0)
    sizes.push(await server.memory())
  }
  await server.stop()
  await smtp.close()
  await ground.drop(database)
  const [, early = 0] = sizes
  const last = sizes.at(-1) ?? 0
  const highest = Math.max(...sizes)
  const mib = (bytes: number) => (bytes / 1024 ** 2).toFixed(0)
  return [
    {
      work: `resident memory over ${requests} requests: early | late | highest`,
      ours: `${mib(early)} | ${mib(last)} | ${mib(highest)} MiB`,
      ratio: `${(last / early).toFixed(2)} x`,
      budget: 'flat, < 250 MiB',
      kept: highest < mostBytes && last / early < flatGrowth,
    },
  ]
}

/** Of ten requests: three list pages, three ticket pages, two API tickets, a reply and a new order. */
function mixedRequests(shop: SeededShop, portion: number, count: number): LoadRequest[] {
  const orders = makeOrders(1 + portion * count, Math.ceil(count / 10), shop.webhookSecret)
  const cookie = { cookie: shop.cookie }
  const key = { authorization: `Bearer ${shop.apiKey}` }
  return Array.from({ length: count }, (_, n): LoadRequest => {
    const ticket = shop.tickets[(portion * count + n) % shop.tickets.length]
    const kind = n % 10
    if (kind < 3) return { method: 'GET', path: '/desk', headers: cookie }
    if (kind < 6) return { method: 'GET', path: `/desk/tickets/${ticket}`, headers: cookie }
    if (kind < 8) return { method: 'GET', path: `/api/v1/tickets/${ticket}`, headers: key }
    if (kind === 8) {
      return {
        method: 'POST',
        path: `/api/v1/tickets/${ticket}/replies`,
        headers: key,
        body: JSON.stringify({
          channel: 'email',
          body: 'Please try again.',
          idempotencyKey: `memory-${portion}-${n}`,
          agent: shop.agentId,
        }),
      }
    }
    const order = orders[Math.floor(n / 10)]
    return {
      method: 'POST',
      path: `/webhooks/woocommerce/${shop.id}`,
      headers: order?.headers ?? {},
      ...(order && { body: order.body }),
    }
  })
}
