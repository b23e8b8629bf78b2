import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { capturedSecret } from '../../test/support/fakes/captures.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../test/support/fakes/shop.ts'
import { readConfig } from '../config.ts'
import { freePort, isFree } from '../db/embedded/ports.ts'
import { addAgent } from '../domain/agents/add-agent.ts'
import { addApiKey } from '../domain/agents/add-api-key.ts'
import { addPackage } from '../domain/packages/add-package.ts'
import { setRate } from '../domain/packages/set-rate.ts'
import { addShop } from '../domain/shops/add-shop.ts'
import { type Running, serve } from '../serve.ts'

/** A whole CreditDesk in a folder of its own, with a shop that speaks WooCommerce's wire format. */
export interface Stage {
  running: Running
  shop: FakeShop
  address: string
  webhookUrl: string
  apiKey: string
  loginUrl: string
  close(): Promise<void>
}

const wantedPort = 3000

export async function setStage(log: Logger): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-demo-'))
  const port = (await isFree(wantedPort)) ? wantedPort : await freePort()
  // The demo must not write to anybody's mailbox or database, so it takes nothing from the environment.
  const config = readConfig({
    NODE_ENV: 'development',
    DATA_DIR: dataDir,
    PORT: String(port),
    ALLOW_PRIVATE_SHOP_URLS: 'true',
    LOG_LEVEL: 'silent',
  })
  const shop = await startFakeShop()
  const running = await serve(config, log, { worker: true }).catch(async (error: unknown) => {
    await shop.close()
    await rm(dataDir, { recursive: true, force: true })
    throw error
  })
  const { deps } = running.composed
  const added = await addShop(deps, {
    name: 'Trgovina Primer',
    url: shop.url,
    key: fakeShopKeys.consumerKey,
    secret: fakeShopKeys.consumerSecret,
    webhookSecret: capturedSecret,
  })
  const shopId = BigInt(added.id)
  for (const credits of [5, 10, 20]) {
    await addPackage(deps, { actor: 'demo', shopId, match: `sku:SUPPORT-${credits}`, credits, days: 365 })
  }
  await setRate(deps, { actor: 'demo', shopId, channel: 'sms', price: 0.5 })
  const agent = await addAgent(deps, {
    shopId,
    email: 'maja@example.test',
    name: 'Maja Kos',
    role: 'supervisor',
  })
  const { key } = await addApiKey(deps, { shopId, scopes: ['read', 'write', 'supervise'] })
  return {
    running,
    shop,
    address: running.address,
    webhookUrl: added.webhookUrl,
    apiKey: key,
    loginUrl: agent.loginUrl,
    async close() {
      await running.stop()
      await shop.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
