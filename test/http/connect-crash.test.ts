import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Database, Sql } from '../../src/db/database.ts'
import { askForKeys } from '../../src/domain/connect/ask-for-keys.ts'
import { connectShop } from '../../src/domain/connect/connect-shop.ts'
import type { HttpDeps } from '../../src/http/http-deps.ts'
import type { ShopApi } from '../../src/ports/shop.ts'
import { type ConnectDesk, openConnectDesk } from './connect-desk.ts'

let desk: ConnectDesk
beforeAll(async () => {
  desk = await openConnectDesk()
})
afterAll(() => desk.close())

class Killed extends Error {}

/** The same dependencies, of which the nth call to the shop or the database is the last: before it, or when it is done. */
function dyingAt(deps: HttpDeps, nth: number): { deps: HttpDeps; calls: () => number } {
  let calls = 0
  const step = () => {
    calls += 1
    if (calls >= nth) throw new Killed()
  }
  const around = async <T>(work: () => Promise<T>): Promise<T> => {
    step()
    const result = await work()
    step()
    return result
  }
  const watch = (sql: Sql): Sql => ({ query: (...args) => around(() => sql.query(...args)) })
  const db: Database = {
    ...deps.db,
    ...watch(deps.db),
    transaction: (work) => around(() => deps.db.transaction((sql) => work(watch(sql)))),
  }
  const woocommerce = deps.shops.woocommerce as NonNullable<HttpDeps['shops'][string]>
  const api = Object.fromEntries(
    Object.entries(woocommerce.api ?? {}).map(([name, call]) => [
      name,
      typeof call === 'function'
        ? (...args: unknown[]) =>
            around(() => Promise.resolve((call as (...all: unknown[]) => unknown)(...args)))
        : call,
    ]),
  ) as unknown as ShopApi
  return {
    deps: { ...deps, db, shops: { ...deps.shops, woocommerce: { ...woocommerce, api } } },
    calls: () => calls,
  }
}

it('a crash between any two calls doubles nothing and loses nothing', async () => {
  let reached = 0
  for (let nth = 1; nth < 500; nth += 1) {
    for (const { id } of desk.shop.webhooks.bodies()) desk.shop.webhooks.remove(id)
    const shopId = await desk.addShop()
    const { pageUrl } = await askForKeys(desk.deps, {
      shopId,
      url: desk.shop.url,
      days: 7,
      actor: 'agent:1',
    })
    await desk.shop.approve(pageUrl)
    const dying = dyingAt(desk.deps, nth)
    const died = await connectShop(dying.deps, { shopId }).then(
      () => false,
      (error: unknown) => {
        if (error instanceof Killed) return true
        throw error
      },
    )
    // The queue gives the job to another process.
    await desk.connect(shopId)
    const left = desk.webhooks().sort()
    expect([nth, left]).toEqual([
      nth,
      ['order.created', 'order.deleted', 'order.restored', 'order.updated', 'product.updated'].map(
        (topic) => `${topic} active`,
      ),
    ])
    const { prisma } = desk.deps.db
    const backfills = await prisma.backfill.count({ where: { shopId } })
    const told = await prisma.auditLog.count({ where: { shopId, action: 'shop_connect' } })
    const connection = await prisma.shopConnection.findUniqueOrThrow({ where: { shopId } })
    expect([nth, backfills, told, connection.state]).toEqual([nth, 1, 1, 'connected'])
    desk.shop.createOrder({})
    const { sent } = await desk.shop.deliver()
    expect([nth, sent.map(({ status }) => status)]).toEqual([nth, [200, 200]])
    if (!died) break
    reached = nth
  }
  // Of each webhook the call and what is noted of it, and all that one commit holds.
  expect(reached).toBeGreaterThan(60)
})
