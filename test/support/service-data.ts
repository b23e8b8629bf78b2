import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGenericShop } from '../../connectors/generic/generic.ts'
import { createWooCommerceShop } from '../../connectors/woocommerce/woocommerce.ts'
import { openDatabase } from '../../src/db/database.ts'
import { freePort } from '../../src/db/embedded/ports.ts'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { addApiKey } from '../../src/domain/agents/add-api-key.ts'
import type { Deps } from '../../src/domain/deps.ts'
import { addPackage } from '../../src/domain/packages/add-package.ts'
import { makeKeyring } from '../../src/domain/secrets/keyring.ts'
import { addShop } from '../../src/domain/shops/add-shop.ts'
import { loadSecretKey } from '../../src/secret-key.ts'
import { createTestDatabase } from './database.ts'

/** Settings of a service that a test starts: DATA_DIR, PORT, and DATABASE_URL unless it has an embedded database. */
export type ServiceEnv = Record<string, string>

/** Settings for a service on a migrated database of the test's own, which is ready sooner than an embedded one. */
export async function layGround(
  more: ServiceEnv = {},
): Promise<{ env: ServiceEnv; remove(): Promise<void> }> {
  const dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-service-'))
  const { connectionString, drop } = await createTestDatabase()
  const own = { DATA_DIR: dataDir, DATABASE_URL: connectionString, PORT: String(await freePort()) }
  return {
    env: { ...own, NODE_ENV: 'development', ...more },
    async remove() {
      await drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Where the data of a service lies; it must have been started for an embedded one. */
export async function databaseUrlOf(env: ServiceEnv): Promise<string> {
  if (env.DATABASE_URL) return env.DATABASE_URL
  const { port, password } = JSON.parse(await readFile(join(env.DATA_DIR ?? '', 'postgres.json'), 'utf8'))
  return `postgresql://creditdesk:${password}@127.0.0.1:${port}/creditdesk`
}

type DataDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'publicUrl' | 'shops' | 'wakeWorkers'>

/** Calls use cases on the data of a running service, as its CLI does, without the seconds that a process of its own takes to start. */
export async function onData<T>(env: ServiceEnv, work: (deps: DataDeps) => Promise<T>): Promise<T> {
  const db = openDatabase({ connectionString: await databaseUrlOf(env), poolSize: 2 })
  try {
    return await work({
      db,
      clock: { now: () => new Date() },
      keyring: makeKeyring(loadSecretKey({ secretKey: undefined, dataDir: env.DATA_DIR ?? '' })),
      publicUrl: env.PUBLIC_URL ?? `http://127.0.0.1:${env.PORT}`,
      shops: { woocommerce: createWooCommerceShop(), generic: createGenericShop() },
      wakeWorkers: () => undefined,
    })
  } finally {
    await db.close()
  }
}

interface SeedOptions {
  name?: string
  url?: string
  kind?: string
  webhookSecret: string
  /** Of the shop's own API. */
  key?: string
  secret?: string
  /** How long bought credits are good for; absent: for ever. */
  days?: number
}

export interface SeededShop {
  shopId: bigint
  webhookUrl: string
  apiKey: string
}

/** A shop with an API key and a package of ten credits (SUPPORT-10). */
export function seedShop(env: ServiceEnv, { days, ...shop }: SeedOptions): Promise<SeededShop> {
  return onData(env, async (deps) => {
    const { id, webhookUrl } = await addShop(deps, { name: 'Shop', url: 'https://shop.example', ...shop })
    const shopId = BigInt(id)
    await addPackage(deps, {
      shopId,
      actor: 'test',
      match: 'sku:SUPPORT-10',
      credits: 10,
      ...(days && { days }),
    })
    const { key: apiKey } = await addApiKey(deps, { shopId, scopes: ['read', 'write', 'supervise'] })
    return { shopId, webhookUrl, apiKey }
  })
}

/** A link by which somebody signs in once; the first one adds the person. */
export function loginLink(
  env: ServiceEnv,
  person: { shopId: bigint; email: string; name: string; role: string },
): Promise<string> {
  return onData(env, async (deps) => (await addAgent(deps, person)).loginUrl)
}
