import type { Sql } from '../../db/database.ts'
import { times } from './sync-times.ts'

export type FoundBy = 'reconcile' | 'look'

/** A state of an order that no delivery had brought when we asked. */
export interface Finding {
  /** The shop's order id. */
  externalId: string
  /** What the merchant sees; '' of an order that was never known. */
  number: string
  kind: 'new' | 'changed' | 'gone'
  foundBy: FoundBy
  /** The shop's time of the change; undefined of what is gone. */
  modifiedAt: Date | undefined
}

/** Notes a finding in the transaction that takes the state in. Whether it counts is decided after the grace. */
export async function recordFinding(
  sql: Sql,
  finding: Finding & { shopId: bigint; at: Date },
): Promise<void> {
  await sql.query(
    'record-finding',
    `insert into sync_finding (shop_id, external_id, number, kind, found_by, modified_at, found_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      finding.shopId,
      finding.externalId,
      finding.number,
      finding.kind,
      finding.foundBy,
      finding.modifiedAt ?? null,
      finding.at,
    ],
  )
}

/**
 * Decides on the findings whose grace is over: one whose order a delivery told of too is forgotten, the others count as drift.
 * A delivery tells of it when it came until the end of the grace and was not worked off before the finding.
 */
export async function settleFindings(sql: Sql, at: Date): Promise<void> {
  await sql.query(
    'settle-findings',
    `with due as (
       select f.shop_id, f.id, exists (
         select from delivery d where d.shop_id = f.shop_id and d.resource_id = f.external_id and d.topic like 'order.%'
           and d.received_at <= f.found_at + $2 * interval '1 millisecond'
           and (d.processed_at is null or d.processed_at >= f.found_at)) as brought
       from sync_finding f where not f.settled and f.found_at <= $1::timestamptz - $2 * interval '1 millisecond'
     ), forgotten as (
       delete from sync_finding f using due where f.shop_id = due.shop_id and f.id = due.id and due.brought
     ) update sync_finding f set settled = true from due where f.shop_id = due.shop_id and f.id = due.id and not due.brought`,
    [at, times.grace],
  )
}

/** Findings of long ago are of no use to anybody. */
export async function forgetFindings(sql: Sql, at: Date): Promise<void> {
  await sql.query('forget-findings', 'delete from sync_finding where settled and found_at < $1', [
    new Date(at.getTime() - times.keepFindings),
  ])
}
