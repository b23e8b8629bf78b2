import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { ShopTrouble } from '../support/fakes/shop.ts'
import { isLong } from '../support/runs.ts'
import { eventually } from './kill/desk.ts'
import {
  ask,
  closeShopsDesk,
  openShopsDesk,
  reconcile,
  type ShopsDesk,
  type Side,
  type Sync,
} from './shops/shops-desk.ts'

// Two shops of one service. One of them hangs, drips, lies about the length of its answers or sends them without end; nobody waits
// for it. One that hangs is waited for as long as any, so each takes a minute.

const troubles: ShopTrouble[] = isLong
  ? ['hang', 'drip', 'stuck', 'flood', 'short', 'excess', 'bomb']
  : ['stuck', 'excess']

let desk: ShopsDesk
let good: Side
let bad: Side

beforeAll(async () => {
  desk = await openShopsDesk([{}, {}])
  ;[good, bad] = desk.sides as [Side, Side]
})
afterAll(() => closeShopsDesk(desk))

/** So many at once would keep every worker for minutes, if they could. */
const ofBadShop = 40
const ofGoodShop = 10

let buyers = 0

/** Every buyer has an address of his own in all shops, because they count their orders from the same number. */
async function sell({ shop }: Side, count: number): Promise<number[]> {
  const orders = Array.from({ length: count }, () => {
    buyers += 1
    return shop.createOrder({ email: `buyer-${buyers}@example.test` })
  })
  await shop.deliver({ atOnce: 4 })
  return orders
}

async function ticketOf(side: Side, order: number): Promise<string | undefined> {
  return (await ask<{ data: { id: string }[] }>(desk, side, `tickets?order=${order}`))?.body.data[0]?.id
}

async function haveTickets(side: Side, orders: readonly number[]): Promise<void> {
  for (const order of orders) {
    await eventually(async () => (await ticketOf(side, order)) !== undefined, `the ticket of order ${order}`)
  }
}

const mailsOf = (order: number) =>
  desk.smtp.mails.filter(({ envelopeTo }) => envelopeTo.includes(good.shop.order(order).billing.email ?? ''))

describe('a shop in trouble', () => {
  it.each(troubles)(
    'holds up no other shop when its answers are like "%s", and its own orders come when it is well',
    async (trouble) => {
      bad.shop.misbehave(trouble)
      const late = await sell(bad, ofBadShop)
      await ask(desk, bad, 'sync/reconciles', {})
      const orders = await sell(good, ofGoodShop)
      await haveTickets(good, orders)
      const mailed = async () => orders.every((order) => mailsOf(order).length === 1)
      await eventually(mailed, 'the welcome mails')
      const [order = 0] = orders
      const path = `tickets/${await ticketOf(good, order)}/replies`
      const reply = { channel: 'email', body: 'Try water.', idempotencyKey: `reply-${trouble}` }
      expect((await ask(desk, good, path, reply))?.status).toBe(201)
      await eventually(async () => mailsOf(order).length === 2, 'the answer')
      await reconcile(desk, good)
      // All of that while the other shop had said nothing that could be understood.
      for (const one of late) expect(await ticketOf(bad, one)).toBeUndefined()

      bad.shop.behave()
      await reconcile(desk, bad, 180_000)
      await haveTickets(bad, late)
      const sync = (await ask<Sync>(desk, bad, 'sync'))?.body
      expect(sync).toMatchObject({ problems: [], unreadable: [] })
    },
    400_000,
  )
})
