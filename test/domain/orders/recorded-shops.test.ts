import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { processDelivery } from '../../../src/domain/orders/process-delivery.ts'
import { type Capture, loadCaptures } from '../../support/fakes/captures.ts'
import { finalShopStates } from '../../support/fakes/final-states.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'
import { accountsOf, addRecordedShop, deliver, type OrderDesk, openOrderDesk } from './order-desk.ts'

// What two real shops sent, replayed in any order: the accounts must not notice.

let desk: OrderDesk
const fakes: Partial<Record<Capture['shop'], FakeShop>> = {}
const captures = loadCaptures().filter((capture) => capture.topic !== null)
const randomOrders = 50
// Printed with a failure; put it here to see the same orders again.
const seed = Date.now() % 1_000_000

beforeAll(async () => {
  desk = await openOrderDesk()
  const states = finalShopStates()
  fakes.main = await startFakeShop({ state: states.main })
  fakes.second = await startFakeShop({ state: states.second })
})
afterAll(async () => {
  await desk.close()
  await fakes.main?.close()
  await fakes.second?.close()
})

describe('every recorded delivery, with the keys of both shops', () => {
  it('gives the right accounts in the order of the recording', async () => {
    const result = await replay(captures, 'keys')
    expect(result.main).toEqual([
      person('ana@example.test', 1000, ['Support pack 10 1000/0'], ['18']),
      person('ben@example.test', 3000, ['Support pack 10 3000/0'], ['19']),
      expect.objectContaining({ who: 'burst@example.test', available: 8000, tickets: ['38', '39', '42'] }),
      expect.objectContaining({ who: 'cene@example.test', available: 3000, deficit: 0, tickets: ['20'] }),
      expect.objectContaining({ who: 'dora@example.test', available: 2000, tickets: ['23'] }),
      expect.objectContaining({
        who: 'eva@example.test',
        available: 1000,
        contacts: ['email:eva@example.test', 'phone:+38631555777'],
      }),
      expect.objectContaining({ who: 'irma@example.test', available: 1000, tickets: ['32'] }),
    ])
    // The order of the second shop went to the trash.
    expect(result.second).toEqual([])
  })

  it(`gives the same accounts in ${randomOrders} random orders, doubled, and with eight workers (seed ${seed})`, async () => {
    const wanted = await replay(captures, 'keys')
    expect(await replay(doubled(captures), 'keys')).toEqual(wanted)
    expect(await replay(doubled(shuffled(captures, seed)), 'keys', 8)).toEqual(wanted)
    for (let run = 0; run < randomOrders; run += 1) {
      expect({ run, ...(await replay(shuffled(captures, seed + run), 'keys')) }).toEqual({ run, ...wanted })
    }
  })
})

describe('without keys, orders that were neither deleted nor refunded in part', () => {
  const plain = captures.filter((capture) => {
    const id = (capture.body as { id?: number }).id
    return capture.shop === 'main' && ![20, 30, 43].includes(Number(id))
  })

  it(`gives the same accounts in order, doubled, with eight workers and in ${randomOrders} random orders (seed ${seed})`, async () => {
    const wanted = await replay(plain, 'none')
    expect(wanted.main.map((account) => [account.who, account.available])).toEqual([
      ['ana@example.test', 1000],
      ['ben@example.test', 3000],
      ['burst@example.test', 8000],
      ['dora@example.test', 2000],
      ['eva@example.test', 1000],
      ['irma@example.test', 1000],
    ])
    expect(await replay(doubled(plain), 'none')).toEqual(wanted)
    expect(await replay(doubled(shuffled(plain, seed)), 'none', 8)).toEqual(wanted)
    for (let run = 0; run < randomOrders; run += 1) {
      expect({ run, ...(await replay(shuffled(plain, seed + run), 'none')) }).toEqual({ run, ...wanted })
    }
  })
})

interface Accounts {
  main: { who: string; available: number }[]
  second: object[]
}

async function replay(deliveries: readonly Capture[], keys: 'keys' | 'none', workers = 1): Promise<Accounts> {
  const shopIds = {
    main: await addRecordedShop(desk.deps, keys === 'keys' ? keysOf('main') : {}),
    second: await addRecordedShop(desk.deps, keys === 'keys' ? keysOf('second') : {}),
  }
  const waiting = [...deliveries]
  const work = async () => {
    for (let capture = waiting.shift(); capture; capture = waiting.shift()) {
      const shopId = shopIds[capture.shop]
      const deliveryId = await deliver(desk.deps, shopId, capture.topic ?? '', capture.rawBody)
      // A job may run again although it was done.
      if (deliveryId !== undefined) await processDelivery(desk.deps, { shopId, deliveryId })
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  const pending = await desk.db.query(
    'test-pending',
    `select id from delivery where shop_id in ($1, $2) and state = 'pending'`,
    [shopIds.main, shopIds.second],
  )
  expect(pending).toEqual([])
  return {
    main: (await accountsOf(desk.db, shopIds.main)) as Accounts['main'],
    second: await accountsOf(desk.db, shopIds.second),
  }
}

function keysOf(shop: Capture['shop']): { url: string; key: string; secret: string } {
  return {
    url: fakes[shop]?.url ?? '',
    key: fakeShopKeys.consumerKey,
    secret: fakeShopKeys.consumerSecret,
  }
}

function person(email: string, available: number, grants: string[], tickets: string[]): object {
  return {
    who: email,
    available,
    held: 0,
    deficit: 0,
    grants,
    tickets,
    contacts: [`email:${email}`, 'phone:+38640123456'],
  }
}

function doubled(list: readonly Capture[]): Capture[] {
  return list.flatMap((capture) => [capture, capture])
}

/** Fisher-Yates with mulberry32, so that a seed gives the same order on every machine. */
function shuffled(list: readonly Capture[], from: number): Capture[] {
  const result = [...list]
  let state = from
  for (let i = result.length - 1; i > 0; i -= 1) {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    const pick = ((mixed ^ (mixed >>> 14)) >>> 0) % (i + 1)
    const [a, b] = [result[i], result[pick]]
    if (a && b) [result[i], result[pick]] = [b, a]
  }
  return result
}
