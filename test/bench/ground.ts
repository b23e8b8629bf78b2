import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { openEmbedded } from '../../src/db/embedded/server.ts'
import { createDatabase, dropDatabase } from '../support/databases.ts'
import { quietLog } from '../support/quiet-log.ts'
import type { Environment } from './processes.ts'
import { type SeededShop, seedShop } from './seed.ts'

export const poolSize = 16
export const silentLog = pino({ level: 'silent' })

/** One PostgreSQL for both sides; the baselines have a database of their own on it. */
export interface Ground {
  shop: SeededShop
  /** The environment of a baseline's program. */
  baselineEnvironment: Environment
  /** A copy of the seeded database: each run begins with the same rows. */
  freshDatabase(): Promise<string>
  drop(connectionString: string): Promise<void>
  /** The environment of our programs: as in production, with a mail server. */
  environment(connectionString: string, more?: Environment): Environment
  logFile(name: string): string
  close(): Promise<void>
}

/** `accounts`: how many customers with credits and a ticket each. */
export async function openGround(accounts: number): Promise<Ground> {
  const folder = await mkdtemp(join(tmpdir(), 'creditdesk-bench-'))
  const server = await openEmbedded({ dataDir: folder, log: quietLog })
  const close = async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const secretKey = randomBytes(32).toString('base64')
    const environment = (connectionString: string, more: Environment = {}): Environment => ({
      NODE_ENV: 'production',
      DATABASE_URL: connectionString,
      DATABASE_POOL: String(poolSize),
      DATA_DIR: folder,
      SECRET_KEY: secretKey,
      PORT: '0',
      PUBLIC_URL: 'http://127.0.0.1:3000',
      // Nobody answers there: without a worker nothing is sent.
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'Support <support@bench.example>',
      ...more,
    })
    const baselineUrl = await createDatabase(server.connectionString, 'bench_baseline')
    const seeded = 'bench_seeded'
    const shop = await seedShop(
      environment(await createDatabase(server.connectionString, seeded)),
      accounts,
      silentLog,
    )
    let copies = 0
    return {
      shop,
      baselineEnvironment: { NODE_ENV: 'production', DATABASE_URL: baselineUrl },
      freshDatabase: () => createDatabase(server.connectionString, `bench_${++copies}`, seeded),
      drop: (connectionString) =>
        dropDatabase(server.connectionString, new URL(connectionString).pathname.slice(1)),
      environment,
      logFile: (name) => join(folder, `${name}.log`),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
