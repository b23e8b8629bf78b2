import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { enqueueWriting, markDue } from './mark-due.ts'
import { type Moved, noteRunOuts } from './note-run-outs.ts'

const minute = 60_000
/** Entries are dated before they are committed, and by the clocks of several machines. */
const overlapMs = 10 * minute
/** Read at once; after a standstill there are several such. */
const stretchMs = 60 * minute

/**
 * Finds the accounts on which something moved since the last time, by the entries of the ledger: nothing that moves credits has
 * to know of shops. What follows from it is marked and enqueued in the same transaction. Any number of processes may call it.
 */
export async function findBalanceChanges(deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>): Promise<void> {
  const at = deps.clock.now()
  let more = true
  while (more) more = await deps.db.transaction((sql) => findStretch(sql, at))
  deps.wakeWorkers()
}

/** False when all is read, or another process is at it. */
async function findStretch(sql: Sql, at: Date): Promise<boolean> {
  await sql.query(
    'make-balance-mark',
    `insert into sweep_mark (name, seen_to) values ('balances', $1) on conflict (name) do nothing`,
    [at],
  )
  const [mark] = await sql.query<{ seenTo: Date }>(
    'lock-balance-mark',
    `select seen_to as "seenTo" from sweep_mark where name = 'balances' for update skip locked`,
    [],
  )
  if (!mark) return false
  const seenTo = new Date(Math.min(at.getTime(), mark.seenTo.getTime() + stretchMs))
  const moved = await findMoved(sql, new Date(mark.seenTo.getTime() - overlapMs), seenTo)
  await noteRunOuts(sql, moved)
  await markDue(sql, moved, at)
  await enqueueWriting(sql, at)
  await sql.query('move-balance-mark', `update sweep_mark set seen_to = $1 where name = 'balances'`, [seenTo])
  return seenTo < at
}

/** Only of shops that can be written to. */
async function findMoved(sql: Sql, after: Date, to: Date): Promise<Moved[]> {
  return await sql.query<Moved>(
    'moved-accounts',
    `select e.shop_id as "shopId", e.customer_id as "customerId", max(e.at) as at,
       sum(e.entitled - e.consumed - e.held - e.expired + e.overdraft)::bigint as change,
       bool_or(e.entitled - e.consumed - e.held - e.expired + e.overdraft > 0) as rose
     from ledger_entry e join shop s on s.id = e.shop_id and s.consumer_key is not null and (s.order_notes or s.order_meta)
     where e.at > $1 and e.at <= $2 group by e.shop_id, e.customer_id`,
    [after, to],
  )
}
