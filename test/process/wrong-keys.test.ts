import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fakeShopKeys } from '../support/fakes/shop.ts'
import { onDatabase } from './kill/account-for.ts'
import { eventually } from './kill/desk.ts'
import { settle } from './shops/account-for.ts'
import {
  ask,
  closeShopsDesk,
  openShopsDesk,
  reconcile,
  type ShopsDesk,
  type Side,
  type Sync,
} from './shops/shops-desk.ts'

// A shop refuses our keys in each of its ways: what is said names the key and the mend, and all goes on when it is mended.

let desk: ShopsDesk
let bad: Side

beforeAll(async () => {
  desk = await openShopsDesk([{}])
  ;[bad] = desk.sides as [Side]
})
afterAll(() => closeShopsDesk(desk))

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

describe('keys that the shop refuses', () => {
  const { consumerKey } = fakeShopKeys
  const problem = async () => (await ask<Sync>(desk, bad, 'sync'))?.body.problems[0]?.message ?? ''

  it.each([
    {
      what: 'a key that the shop does not know',
      breaks: () => bad.shop.revokeKey(consumerKey),
      mends: () => bad.shop.addKey(fakeShopKeys),
      told: /does not know the consumer key.*Make a new key with Read\/Write permission in WooCommerce > Settings > Advanced > REST API/,
    },
    {
      what: 'a secret that belongs to another key',
      breaks: () => {
        bad.shop.revokeKey(consumerKey)
        bad.shop.addKey({ consumerKey })
      },
      mends: () => {
        bad.shop.revokeKey(consumerKey)
        bad.shop.addKey(fakeShopKeys)
      },
      told: /The consumer secret does not belong to the consumer key.*Make a new key/,
    },
    {
      what: 'a key that may only write',
      breaks: () => {
        bad.shop.revokeKey(consumerKey)
        bad.shop.addKey({ ...fakeShopKeys, permissions: 'write' })
      },
      mends: () => {
        bad.shop.revokeKey(consumerKey)
        bad.shop.addKey(fakeShopKeys)
      },
      told: /may only write. Give it Read\/Write permission/,
    },
  ])(
    'are named with the mend ($what), and are forgotten when they are mended',
    async ({ breaks, mends, told }) => {
      breaks()
      const [order = 0] = await sell(bad, 1)
      await ask(desk, bad, 'sync/reconciles', {})
      await eventually(async () => told.test(await problem()), 'the message')
      expect(await problem()).not.toMatch(/c[ks]_[0-9a-f]{8}/)
      const waiting = await ask<{ data: { state: string; reason: string }[] }>(
        desk,
        bad,
        'deliveries?state=pending',
      )
      expect(waiting?.body.data.length).toBeGreaterThan(0)

      mends()
      await reconcile(desk, bad)
      await haveTickets(bad, [order])
      expect(await problem()).toBe('')
    },
    120_000,
  )

  it('that may only read let orders in all the same, and say so until a note is taken', async () => {
    bad.shop.revokeKey(consumerKey)
    bad.shop.addKey({ ...fakeShopKeys, permissions: 'read' })
    const [order = 0] = await sell(bad, 1)
    await haveTickets(bad, [order])
    const writing = async () => (await ask<Sync>(desk, bad, 'sync'))?.body.writing?.message ?? ''
    await eventually(
      async () => /may only read. Give it Read\/Write permission/.test(await writing()),
      'the message',
    )
    await reconcile(desk, bad)
    expect(await problem()).toBe('')
    expect(await writing()).toMatch(/may only read/)

    bad.shop.revokeKey(consumerKey)
    bad.shop.addKey(fakeShopKeys)
    await onDatabase(desk, (db) => settle(db, 60_000))
    expect(bad.shop.notes.filter(({ orderId }) => orderId === String(order))).toHaveLength(1)
    expect(await writing()).toBe('')
  })
})
