import type { Deps } from '../deps.ts'
import { readShop } from '../shops/find-shop.ts'
import { type Origin, type OriginRow, originOf } from './origin.ts'

/** Units that customers hold. `total` is the sum of the three. */
export interface Outstanding {
  /** Can be spent now. */
  available: bigint
  /** Held for a running session. */
  held: bigint
  /** Of frozen grants: nobody can spend it until the dispute is over. */
  frozen: bigint
  total: bigint
}

export interface OutstandingRow extends Outstanding {
  /** Month of the shop's calendar in which validity ends, "2026-11"; null: it never ends. */
  expiryMonth: string | null
  origin: Origin
  grants: number
}

export interface OutstandingReport {
  at: Date
  timeZone: string
  shopLocale: string
  total: Outstanding
  /** By expiry month, the earliest first and "never" last; within it by package. */
  rows: OutstandingRow[]
}

interface Row extends OriginRow {
  month: string | null
  grants: number
  available: bigint
  held: bigint
  frozen: bigint
}

/**
 * What all customers together can still spend, by the month in which it ends and by package (README, "Outstanding"). The
 * total is the sum of the accounts' available and held credits and of what is frozen. Throws when there is no such shop.
 */
export async function readOutstanding(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId }: { shopId: bigint },
): Promise<OutstandingReport> {
  const at = deps.clock.now()
  const shop = await readShop(deps.db, shopId)
  const rows = await deps.db.query<Row>('outstanding', outstandingQuery, [shopId, at, shop.timezone])
  return {
    at,
    timeZone: shop.timezone,
    shopLocale: shop.locale,
    total: sum(rows),
    rows: rows.map((row) => ({
      expiryMonth: row.month,
      origin: originOf(row),
      grants: row.grants,
      ...sum([row]),
    })),
  }
}

function sum(rows: readonly Pick<Row, 'available' | 'held' | 'frozen'>[]): Outstanding {
  const add = (name: 'available' | 'held' | 'frozen') => rows.reduce((units, row) => units + row[name], 0n)
  const [available, held, frozen] = [add('available'), add('held'), add('frozen')]
  return { available, held, frozen, total: available + held + frozen }
}

/**
 * $1 shop, $2 now, $3 its time zone. A grant whose validity is over but whose `expire` entry is not written yet has nothing
 * left but what a running session holds of it.
 */
const outstandingQuery = `
with standing as (
  select id, expires_at, package_id, name, source, frozen, held,
    case when expires_at <= $2 then 0 else greatest(entitled - consumed - held - expired + overdraft, 0) end as remainder
  from credit_grant where shop_id = $1 and (live or held > 0)
)
select to_char(expires_at at time zone $3, 'YYYY-MM') as month, package_id, case when package_id is null then source end as source,
  (array_agg(name order by id desc))[1] as name, count(*)::int as grants,
  coalesce(sum(remainder) filter (where not frozen), 0)::bigint as available, sum(held)::bigint as held,
  coalesce(sum(remainder) filter (where frozen), 0)::bigint as frozen
from standing where remainder > 0 or held > 0
group by 1, 2, 3
order by 1 nulls last, package_id is null, 4, package_id, 3`
