import type { Sql } from '../../db/database.ts'
import type { Channel } from '../credits/rate-card.ts'
import type { PackageMatch } from './match-package.ts'

/** A package with its newest terms. */
export interface Package extends PackageMatch {
  id: bigint
  version: number
  /** '' when the merchant gave none. */
  name: string
  unitsEach: bigint
  days: number | null
  channels: Channel[]
}

export async function loadPackages(sql: Sql, shopId: bigint): Promise<Package[]> {
  return await sql.query<Package>(
    'load-packages',
    `select p.id, p.match_kind as "matchKind", p.match_value as "matchValue",
       t.version, t.name, t.units as "unitsEach", t.days, t.channels
     from package p
     join lateral (select * from package_terms t where t.shop_id = p.shop_id and t.package_id = p.id
       order by version desc limit 1) t on true
     where p.shop_id = $1 order by p.id`,
    [shopId],
  )
}
