import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { requireShop } from '../shops/require-shop.ts'
import { findWritingTrouble, type WritingTrouble } from '../write-back/refusal.ts'
import { type Backfill, findBackfill } from './backfills.ts'
import type { Finding } from './findings.ts'
import { listProblems, type ShopProblem } from './shop-problems.ts'

/** How we stand with a shop's orders, for people who want to know whether all is well. */
export interface SyncView {
  /** False for a shop without keys, or of a kind that cannot be asked: then only its deliveries tell of orders. */
  isAskable: boolean
  /** The shop's own time up to which every change is taken in; undefined before the first order. */
  watermark: Date | undefined
  reconcile: {
    startedAt: Date | undefined
    /** When one last came to its end. */
    finishedAt: Date | undefined
    /** Orders that the last one met, and how many of them were news. */
    seen: number
    taken: number
    /** The shop is left alone until then, because the last ones failed. */
    notBefore: Date | undefined
  }
  /** The daily look at orders with credits. */
  look: {
    startedAt: Date | undefined
    finishedAt: Date | undefined
    seen: number
    gone: number
  }
  /** The open ones, the oldest first. */
  problems: ShopProblem[]
  /** Notes and balances are not taken by the shop; undefined while they are. */
  writing: WritingTrouble | undefined
  /** Orders that no delivery had told of, by day of the shop, the newest first; days without are left out. 30 days. */
  drift: { day: string; orders: number }[]
  /** The newest findings that count, with those of orders that were deleted for good. */
  findings: (Finding & { foundAt: Date })[]
  /** Orders that cannot be understood, those met last first. At most 100. */
  unreadable: { externalId: string; reason: string; since: Date; lastAt: Date }[]
  /** The last one. */
  backfill: Backfill | undefined
}

const driftDays = 30
const shownFindings = 50
const shownUnreadable = 100

/** Refuses: not_found (shop). */
export async function readSync(
  deps: Pick<Deps, 'db' | 'clock' | 'shops'>,
  input: { shopId: bigint },
): Promise<SyncView> {
  const { shopId } = input
  await requireShop(deps.db, shopId)
  const [state, problems, writing, drift, findings, unreadable, backfill] = await Promise.all([
    readState(deps, shopId),
    listProblems(deps.db, shopId),
    findWritingTrouble(deps.db, shopId),
    countDrift(deps.db, { shopId, since: new Date(deps.clock.now().getTime() - driftDays * 86_400_000) }),
    listFindings(deps.db, shopId),
    listUnreadable(deps.db, shopId),
    findBackfill(deps.db, { shopId }),
  ])
  return { ...state, problems, writing, drift, findings, unreadable, backfill }
}

interface StateRow {
  kind: string
  hasKeys: boolean
  watermark: Date | null
  startedAt: Date | null
  finishedAt: Date | null
  seen: number | null
  taken: number | null
  notBefore: Date | null
  lookStartedAt: Date | null
  lookFinishedAt: Date | null
  lookSeen: number | null
  lookGone: number | null
}

async function readState(
  deps: Pick<Deps, 'db' | 'shops'>,
  shopId: bigint,
): Promise<Pick<SyncView, 'isAskable' | 'watermark' | 'reconcile' | 'look'>> {
  const [row] = await deps.db.query<StateRow & { [column: string]: unknown }>(
    'read-sync',
    `select s.kind, s.consumer_key is not null as "hasKeys", y.watermark, y.started_at as "startedAt",
       y.finished_at as "finishedAt", y.seen, y.taken, y.not_before as "notBefore", y.look_started_at as "lookStartedAt",
       y.look_finished_at as "lookFinishedAt", y.look_seen as "lookSeen", y.look_gone as "lookGone"
     from shop s left join shop_sync y on y.shop_id = s.id where s.id = $1`,
    [shopId],
  )
  return {
    isAskable: row?.hasKeys === true && deps.shops[row.kind]?.api !== undefined,
    watermark: row?.watermark ?? undefined,
    reconcile: {
      startedAt: row?.startedAt ?? undefined,
      finishedAt: row?.finishedAt ?? undefined,
      seen: row?.seen ?? 0,
      taken: row?.taken ?? 0,
      notBefore: row?.notBefore ?? undefined,
    },
    look: {
      startedAt: row?.lookStartedAt ?? undefined,
      finishedAt: row?.lookFinishedAt ?? undefined,
      seen: row?.lookSeen ?? 0,
      gone: row?.lookGone ?? 0,
    },
  }
}

/** What was deleted for good is no drift: no shop sends a delivery for it. */
async function countDrift(sql: Sql, input: { shopId: bigint; since: Date }): Promise<SyncView['drift']> {
  return await sql.query<{ day: string; orders: number }>(
    'count-drift',
    `select to_char(f.found_at at time zone s.timezone, 'YYYY-MM-DD') as day, count(distinct f.external_id)::int as orders
     from sync_finding f join shop s on s.id = f.shop_id
     where f.shop_id = $1 and f.found_at >= $2 and f.settled and f.kind <> 'gone' group by 1 order by 1 desc`,
    [input.shopId, input.since],
  )
}

async function listFindings(sql: Sql, shopId: bigint): Promise<SyncView['findings']> {
  const rows = await sql.query<Omit<Finding, 'modifiedAt'> & { modifiedAt: Date | null; foundAt: Date }>(
    'list-findings',
    `select external_id as "externalId", number, kind, found_by as "foundBy", modified_at as "modifiedAt", found_at as "foundAt"
     from sync_finding where shop_id = $1 and settled order by found_at desc, id desc limit $2`,
    [shopId, shownFindings],
  )
  return rows.map((row) => ({ ...row, modifiedAt: row.modifiedAt ?? undefined }))
}

async function listUnreadable(sql: Sql, shopId: bigint): Promise<SyncView['unreadable']> {
  return await sql.query(
    'list-unreadable',
    `select external_id as "externalId", reason, since, last_at as "lastAt" from unreadable_order
     where shop_id = $1 order by last_at desc, external_id limit $2`,
    [shopId, shownUnreadable],
  )
}
