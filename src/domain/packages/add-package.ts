import type { Sql } from '../../db/database.ts'
import { channels as allChannels, type Channel, isChannel } from '../credits/rate-card.ts'
import { toUnits } from '../credits/units.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { refuse, refuseField } from '../refusal.ts'
import { requireShop } from '../shops/require-shop.ts'
import { readMatch } from './read-match.ts'

export interface NewPackage {
  shopId: bigint
  /** "variation:13", "product:11", "sku:SUPPORT-10" or "sku:SUPPORT-*". */
  match: string
  /** For each piece sold; more than 0, at most two decimals. */
  credits: number
  /** Validity, counted from the day of payment; without it the credits never end. */
  days?: number
  /** All channels when left out; email includes portal. */
  channels?: readonly string[]
  /** What the customer reads; the line's own name when left out. */
  name?: string
}

/**
 * Makes a product of the shop carry credits. Orders that came before it are looked at again by a job.
 * Throws Refused: `invalid` naming the field, `package_exists` for an equal match, `not_found` for the shop.
 */
export async function addPackage(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: NewPackage,
): Promise<{ id: string }> {
  const match = readMatch(input.match)
  const units = readUnits(input.credits)
  const days = readDays(input.days)
  const channels = readChannels(input.channels)
  const at = deps.clock.now()
  const id = await deps.db.transaction(async (sql) => {
    await requireShop(sql, input.shopId)
    const packageId = await insertPackage(sql, input.shopId, match, at)
    await sql.query(
      'add-package-terms',
      `insert into package_terms (shop_id, package_id, version, name, units, days, channels, created_at)
       values ($1, $2, 1, $3, $4, $5, $6, $7)`,
      [input.shopId, packageId, input.name?.trim() ?? '', units, days ?? null, channels, at],
    )
    await enqueueJob(
      sql,
      'rematch_orders',
      { shopId: String(input.shopId) },
      { key: `rematch:${input.shopId}` },
    )
    return packageId
  })
  deps.wakeWorkers()
  return { id: String(id) }
}

async function insertPackage(
  sql: Sql,
  shopId: bigint,
  match: { kind: string; value: string },
  at: Date,
): Promise<bigint> {
  const [made] = await sql.query<{ id: bigint }>(
    'add-package',
    `insert into package (shop_id, match_kind, match_value, created_at) values ($1, $2, $3, $4)
     on conflict (shop_id, match_kind, match_value) do nothing returning id`,
    [shopId, match.kind, match.value, at],
  )
  if (made) return made.id
  const [known] = await sql.query<{ id: bigint }>(
    'find-package-by-match',
    'select id from package where shop_id = $1 and match_kind = $2 and match_value = $3',
    [shopId, match.kind, match.value],
  )
  return refuse({ code: 'package_exists', packageId: String(known?.id ?? '') })
}

function readUnits(credits: number): bigint {
  if (!(credits > 0) || credits > 1_000_000)
    return refuseField('credits', 'give a number above 0, such as 10')
  try {
    return toUnits(credits)
  } catch {
    return refuseField('credits', 'credits have at most two decimals')
  }
}

function readDays(days: number | undefined): number | undefined {
  if (days === undefined || (Number.isInteger(days) && days > 0 && days <= 36_500)) return days
  return refuseField('days', 'give whole days from 1 to 36500, such as 365')
}

function readChannels(names: readonly string[] | undefined): Channel[] {
  if (names === undefined) return [...allChannels]
  const unknown = names.filter((name) => !isChannel(name))
  if (unknown.length > 0 || names.length === 0) {
    return refuseField('channels', `${unknown.join(', ') || 'none'}: choose from ${allChannels.join(', ')}`)
  }
  return [...new Set(names.filter(isChannel))]
}
