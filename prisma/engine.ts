import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  isDriverAdapterError,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'
import type { SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'

/** One file of Prisma's schema language: [path, text]. */
export type Datamodel = [path: string, text: string]

/** For work in which the schema plays no part: without any, the engine panics. */
const anyPostgres: Datamodel = ['schema.prisma', 'datasource db {\n  provider = "postgresql"\n}\n']

/** Prisma's migration engine on one database. */
export interface Engine {
  engine: SchemaEngine
  /** What PostgreSQL itself said when a script failed; the engine's own error leaves half of it out. */
  scriptFailure(): unknown
}

/**
 * Loads Prisma's migration engine (the WASM build: the native one would be downloaded) over connections of this pool.
 * With a pool of one connection that is inside a transaction, all that the engine does is part of that transaction.
 */
export async function openEngine(pool: pg.Pool, datamodels = [anyPostgres]): Promise<Engine> {
  const { SchemaEngine } = await load()
  let failure: unknown
  const adapters = engineAdapters(pool, (error) => {
    failure ??= error
  })
  const engine = await SchemaEngine.new(
    { datamodels },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapters),
  )
  return { engine, scriptFailure: () => failure }
}

/**
 * Prisma's adapter as the engine needs it. By itself it cuts a script at every semicolon, which tears functions and
 * triggers apart; PostgreSQL takes a script whole, and then also applies it whole or not at all. And it refuses the
 * type "char" of the system catalogue, so that the engine could not look at a database.
 */
function engineAdapters(
  pool: pg.Pool,
  onFailure: (error: unknown) => void,
): SqlMigrationAwareDriverAdapterFactory {
  // The engine connects once for each migration, and each time the adapter listens to the pool for its errors.
  pool.setMaxListeners(0)
  const factory = new PrismaPg(pool)
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => factory.connectToShadowDb(),
    connect: async () => {
      const adapter = await factory.connect()
      adapter.executeScript = async (script) => {
        try {
          await pool.query(script)
        } catch (error) {
          onFailure(error)
          throw error
        }
      }
      const queryRaw = adapter.queryRaw.bind(adapter)
      adapter.queryRaw = (query) =>
        queryRaw(query).catch(async (error) => {
          if (!isDriverAdapterError(error) || error.cause.kind !== 'UnsupportedNativeDataType') throw error
          return queryWithChar(pool, query, queryRaw)
        })
      return adapter
    },
  }
}

const charOid = 18

/** Runs a query whose columns of the type "char" are read as text, and hands them over as what they are. */
async function queryWithChar(
  pool: pg.Pool,
  query: SqlQuery,
  queryRaw: (query: SqlQuery) => Promise<SqlResultSet>,
): Promise<SqlResultSet> {
  const inner = query.sql.trim().replace(/;$/, '')
  const { fields } = await pool.query(`select * from (${inner}) q limit 0`, query.args)
  const isChar = fields.map((field) => field.dataTypeID === charOid)
  const columns = fields.map(({ name }, index) => {
    const column = pg.escapeIdentifier(name)
    return isChar[index] ? `${column}::text as ${column}` : column
  })
  const result = await queryRaw({ ...query, sql: `select ${columns.join(', ')} from (${inner}) q` })
  const columnTypes = result.columnTypes.map((type, index) =>
    isChar[index] ? ColumnTypeEnum.Character : type,
  )
  return { ...result, columnTypes }
}

/** The engine gives itself ten seconds for its lock, and its timer would keep a finished process waiting for them. */
function withoutWaiting(imports: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
  for (const [name, value] of Object.entries(imports)) {
    if (!name.startsWith('__wbg_setTimeout') || typeof value !== 'function') continue
    imports[name] = (...args: unknown[]) => {
      const timer: unknown = Reflect.apply(value, undefined, args)
      if (
        typeof timer === 'object' &&
        timer !== null &&
        'unref' in timer &&
        typeof timer.unref === 'function'
      )
        timer.unref()
      return timer
    }
  }
  return imports
}

let loading: Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> | undefined

function load(): Promise<typeof import('@prisma/schema-engine-wasm/schema_engine_bg')> {
  loading ??= (async () => {
    // The engine's panics name their reason here, and would otherwise fail on the missing registry instead.
    const registry = { set_message: (message: string) => console.error(message) }
    Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: registry })
    const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg')
    const folder = dirname(
      createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg'),
    )
    const module = await WebAssembly.compile(await readFile(join(folder, 'schema_engine_bg.wasm')))
    const instance = await WebAssembly.instantiate(module, {
      './schema_engine_bg.js': withoutWaiting({ ...glue }),
    })
    glue.__wbg_set_wasm(instance.exports)
    const start = instance.exports.__wbindgen_start
    if (typeof start === 'function') start()
    return glue
  })()
  return loading
}
