import { createHash } from 'node:crypto'
import type { Database } from '../../src/db/database.ts'

/** What a row of the shop itself may learn from a stranger: that somebody knocked with a wrong signature. */
const openColumns = "'bad_signatures'"

/**
 * Everything that the database holds of a shop, table by table: all tables with a shop_id, the row of the shop, and the jobs
 * that name it. Equal dumps: nothing changed.
 */
export async function dumpShop(db: Database, shopId: bigint): Promise<Record<string, string>> {
  const dumps = await db.query<{ name: string; rows: string[] }>('dump-shop', await dumpSql(db), [
    shopId,
    String(shopId),
  ])
  return Object.fromEntries(
    dumps.map(({ name, rows }) => [name, `${rows.length} rows ${hash(rows.sort().join('\n'))}`]),
  )
}

const queries = new WeakMap<Database, string>()

async function dumpSql(db: Database): Promise<string> {
  const known = queries.get(db)
  if (known !== undefined) return known
  const tables = await db.query<{ name: string }>(
    'tables-of-merchants',
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'shop_id' and not a.attisdropped order by 1`,
    [],
  )
  const sql = [
    ...tables.map(
      ({ name }) =>
        `select '${name}' as name, array(select t::text from "${name}" t where t.shop_id = $1) as rows`,
    ),
    `select 'shop', array(select (to_jsonb(s) - ${openColumns})::text from shop s where s.id = $1)`,
    `select 'jobs', array(select j.id::text from graphile_worker._private_jobs j where j.payload ->> 'shopId' = $2)`,
  ].join('\nunion all\n')
  queries.set(db, sql)
  return sql
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}
