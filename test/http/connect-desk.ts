import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createWooCommerceShop } from '../../connectors/woocommerce/woocommerce.ts'
import { connectShop } from '../../src/domain/connect/connect-shop.ts'
import { checkShop } from '../../src/domain/health/check-shop.ts'
import { readHealth } from '../../src/domain/health/read-health.ts'
import { addShop } from '../../src/domain/shops/add-shop.ts'
import { type FakeShop, type FakeShopOptions, startFakeShop } from '../support/fakes/shop.ts'
import { openTestApp, publicUrl, type TestApp } from './open-app.ts'

/** The whole app, listening where the fake shop believes our public address to be, and the vendor's client over http or https. */
export interface ConnectDesk extends TestApp {
  shop: FakeShop
  /** Moves our clock and the shop's. */
  pass(seconds: number): void
  /** A shop of ours that is not connected. */
  addShop(url?: string): Promise<bigint>
  /** What the workers would do next. */
  connect(shopId: bigint): Promise<void>
  check(shopId: bigint, resume?: boolean): Promise<void>
  health(shopId: bigint): ReturnType<typeof readHealth>
  /** Topic and state of each webhook that the shop has. */
  webhooks(): string[]
}

export async function openConnectDesk(options: FakeShopOptions = {}): Promise<ConnectDesk> {
  const test = await openTestApp()
  let now = Date.parse('2026-11-22T10:00:00Z')
  const shop = await startFakeShop({ now: () => new Date(now), ...options })
  const { deps } = test
  deps.clock.now = () => new Date(now)
  deps.shops.woocommerce = createWooCommerceShop({
    allowPrivateAddresses: true,
    retryDelaysMs: [],
    timeoutMs: 30_000,
    ...(shop.certificate && { trustedCertificates: [shop.certificate] }),
  })
  const server = await new Promise<Server>((resolve) => {
    const listening = test.app.listen(0, '127.0.0.1', () => resolve(listening))
  })
  shop.reach(publicUrl, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return {
    ...test,
    shop,
    pass(seconds) {
      now += seconds * 1_000
    },
    addShop: async (url = shop.url) => BigInt((await addShop(deps, { name: 'Lipa', url })).id),
    connect: (shopId) => connectShop(deps, { shopId }),
    check: (shopId, resume = false) => checkShop(deps, { shopId, resume }),
    health: (shopId) => readHealth(deps, { shopId }),
    webhooks: () => shop.webhooks.bodies().map(({ topic, status }) => `${topic} ${status}`),
    async close() {
      await shop.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await test.close()
    },
  }
}
