import type { Sql } from '../../db/database.ts'
import {
  type Balance,
  type BalanceJson,
  type Charge,
  type ChargeJson,
  readBalance,
  readCharge,
} from '../credits/balance.ts'
import type { Deps } from '../deps.ts'
import { freshMilliseconds, type OpenStays, secondsTogether } from './presence.ts'
import { queueSessionMessage } from './queue-session-message.ts'
import { loadSession } from './session-record.ts'

export type EndReason = 'ended' | 'out_of_credits' | 'timed_out'

/** A closed session. `billedSeconds` is what was paid for: whole steps, or 0. */
export interface ClosedSession {
  sessionId: string
  state: 'ended' | 'void'
  actualSeconds: number
  billedSeconds: number
  charge: Charge
  balance: Balance
}

export interface Settlement {
  shopId: bigint
  sessionId: bigint
  reason: EndReason
  actor: string
  open: OpenStays
  /** Asked for under the lock, of a session that is open: whether it may be closed after all. */
  mayClose?: (deadlineAt: Date, now: Date) => boolean
}

/**
 * Counts the seconds together, bills them and queues the bill's mail, in one transaction. A session that is over gives its
 * first result again. 'not_found' when there is none, 'not_now' when `mayClose` says no.
 */
export async function settleSession(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: Settlement,
): Promise<ClosedSession | 'not_found' | 'not_now'> {
  const outcome = await deps.db.transaction((sql) => settle(sql, input, deps.clock.now()))
  if (typeof outcome === 'string') return outcome
  if (outcome.queued) deps.wakeWorkers()
  return outcome.closed
}

async function settle(sql: Sql, input: Settlement, at: Date) {
  const ids = [input.shopId, input.sessionId]
  // The account first and the session after it (README of credits, "Lock order"): from here on no heartbeat and no second
  // end can come between counting the seconds and billing them.
  const [owner] = await sql.query<{ state: string }>(
    'lock-session-account',
    `select (lock_account(s.shop_id, s.customer_id, $3)).customer_id from session s where s.shop_id = $1 and s.id = $2`,
    [...ids, at],
  )
  if (!owner) return 'not_found'
  await sql.query('lock-session', 'select from session where shop_id = $1 and id = $2 for update', ids)
  const record = await loadSession(sql, input.shopId, input.sessionId)
  if (!record) return 'not_found'
  const isOpen = record.state === 'open'
  if (isOpen && input.mayClose && !input.mayClose(record.deadline_at, at)) return 'not_now'
  const actual = isOpen ? secondsTogether(record.stays, at.getTime(), input.open) : 0
  if (isOpen) await closeStays(sql, input, at)
  const closed = await closeSession(sql, input, actual, at)
  const queued =
    isOpen &&
    closed.actualSeconds > 0 &&
    (await queueSessionMessage(sql, {
      shopId: input.shopId,
      sessionId: input.sessionId,
      ticketId: record.ticket_id,
      template: 'session-bill',
      at,
    }))
  return { closed, queued }
}

/** Writes down where each open stay was counted to, so that the bill can be computed again from the rows. */
async function closeStays(sql: Sql, input: Settlement, at: Date): Promise<void> {
  const freshSince = new Date(at.getTime() - freshMilliseconds)
  await sql.query(
    'close-session-stays',
    `update session_presence set left_at = case when $4 and seen_at >= $5 then $3::timestamptz else least(seen_at, $3) end
     where shop_id = $1 and session_id = $2 and left_at is null`,
    [input.shopId, input.sessionId, at, input.open === 'until_now_if_fresh', freshSince],
  )
}

async function closeSession(sql: Sql, input: Settlement, actual: number, at: Date): Promise<ClosedSession> {
  const [row] = await sql.query<{
    result: Omit<ClosedSession, 'charge' | 'balance'> & { charge: ChargeJson; balance: BalanceJson }
  }>('close-session', 'select close_session($1, $2, $3, $4, $5, $6) as result', [
    input.shopId,
    input.sessionId,
    actual,
    input.reason,
    input.actor,
    at,
  ])
  if (!row) throw new Error('close_session gave no result')
  const { sessionId, state, actualSeconds, billedSeconds, charge, balance } = row.result
  return {
    sessionId,
    state,
    actualSeconds,
    billedSeconds,
    charge: readCharge(charge),
    balance: readBalance(balance),
  }
}
