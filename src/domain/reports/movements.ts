import type { Deps } from '../deps.ts'
import { readShop } from '../shops/find-shop.ts'
import { type MovementsRow, movementsQuery } from './movements-query.ts'
import { type AskedPeriod, type ReportMonth, type ReportPeriod, readReportPeriod } from './report-period.ts'

/** What adds to the balance, signed; in the order of rule 16. */
export const additions = ['granted', 'restored', 'reversed', 'adjusted', 'moved'] as const
/** What went away, so positive when it did. `spent`: answers, work and sessions. */
export const subtractions = ['spent', 'revoked', 'expired', 'settled'] as const

/** Units. opening + additions - subtractions = closing. `forgiven` stands beside it: written off of what was owed. */
export type Movements = Record<
  'opening' | (typeof additions)[number] | (typeof subtractions)[number] | 'closing' | 'forgiven',
  bigint
>

/** `sold`: grants of an order, or with a payment on them. `given`: goodwill, by the API, imported. `all`: both. */
export interface GroupedMovements {
  sold: Movements
  given: Movements
  all: Movements
}

export interface MovementsReport {
  period: ReportPeriod
  timeZone: string
  shopLocale: string
  months: (ReportMonth & GroupedMovements)[]
  /** Of the whole period. */
  total: GroupedMovements
}

/**
 * How the credits of the whole shop moved, month by month, sold and given ones apart (README, "Movements"). A month's closing
 * is the next one's opening, and the last is the sum of the closings of all customers' statements.
 * Throws Refused `invalid` naming `from` or `to`; throws when there is no such shop.
 */
export async function readMovements(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId, ...asked }: { shopId: bigint } & AskedPeriod,
): Promise<MovementsReport> {
  const now = deps.clock.now()
  const shop = await readShop(deps.db, shopId)
  const period = readReportPeriod(asked, now, shop.timezone)
  const rows = await deps.db.query<MovementsRow>('movements', movementsQuery, [shopId, period.bounds, now])
  const sold = monthsOf(rows, period, true)
  const given = monthsOf(rows, period, false)
  const months = period.months.map((month, at) => ({
    ...month,
    ...grouped(sold[at] ?? nothing, given[at] ?? nothing),
  }))
  return {
    period,
    timeZone: shop.timezone,
    shopLocale: shop.locale,
    months,
    total: grouped(totalOf(sold), totalOf(given)),
  }
}

const nothing: Movements = {
  opening: 0n,
  granted: 0n,
  restored: 0n,
  reversed: 0n,
  adjusted: 0n,
  moved: 0n,
  spent: 0n,
  revoked: 0n,
  expired: 0n,
  settled: 0n,
  closing: 0n,
  forgiven: 0n,
}

function monthsOf(rows: readonly MovementsRow[], period: ReportPeriod, sold: boolean): Movements[] {
  const group = rows.filter((row) => row.sold === sold)
  let opening = group[0]?.opening ?? 0n
  return period.months.map((_month, at) => {
    // Buckets count from 1.
    const row = group.find(({ bucket }) => bucket === at + 1)
    const month = closed({ ...nothing, ...(row && figuresOf(row)), opening })
    opening = month.closing
    return month
  })
}

function figuresOf({ sold: _sold, bucket: _bucket, ...figures }: MovementsRow): Omit<Movements, 'closing'> {
  return figures
}

function closed(month: Movements): Movements {
  const added = additions.reduce((units, name) => units + month[name], month.opening)
  return { ...month, closing: subtractions.reduce((units, name) => units - month[name], added) }
}

function totalOf(months: readonly Movements[]): Movements {
  const total = months.reduce(add, nothing)
  return { ...total, opening: months[0]?.opening ?? 0n, closing: months.at(-1)?.closing ?? 0n }
}

function grouped(sold: Movements, given: Movements): GroupedMovements {
  return { sold, given, all: add(sold, given) }
}

function add(one: Movements, other: Movements): Movements {
  const sum = { ...one }
  for (const name of Object.keys(sum) as (keyof Movements)[]) sum[name] += other[name]
  return sum
}
