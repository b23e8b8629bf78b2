import type { Sql } from '../../db/database.ts'
import type { ChargeJson } from '../credits/balance.ts'
import type { Stay } from './presence.ts'

/** A session as stored, with the units it holds and the stays of both sides. */
export interface SessionRecord {
  id: bigint
  ticket_id: bigint
  customer_id: bigint
  kind: string
  state: 'open' | 'ended' | 'void'
  agent_name: string
  step_units: bigint
  step_seconds: number
  free_seconds: number
  covered_seconds: number
  actual_seconds: number | null
  billed_seconds: number | null
  units: bigint
  charge: ChargeJson | null
  opened_at: Date
  deadline_at: Date
  ended_at: Date | null
  end_reason: string | null
  held_units: bigint
  stays: Stay[]
}

/** One statement, because every process with a socket of the session asks it again every two seconds. */
export async function loadSession(
  sql: Sql,
  shopId: bigint,
  sessionId: bigint,
): Promise<SessionRecord | undefined> {
  const [record] = await sql.query<SessionRecord>(
    'load-session',
    `select s.id, s.ticket_id, s.customer_id, s.kind, s.state, s.agent_name, s.step_units, s.step_seconds, s.free_seconds,
       s.covered_seconds, s.actual_seconds, s.billed_seconds, s.units, s.charge, s.opened_at, s.deadline_at, s.ended_at, s.end_reason,
       (select coalesce(sum(h.units), 0)::bigint from session_hold h where h.shop_id = s.shop_id and h.session_id = s.id) as held_units,
       (select coalesce(json_agg(json_build_object('side', p.side,
           'connectedAt', (extract(epoch from p.connected_at) * 1000)::float8,
           'seenAt', (extract(epoch from p.seen_at) * 1000)::float8,
           'leftAt', (extract(epoch from p.left_at) * 1000)::float8)), '[]')
         from session_presence p where p.shop_id = s.shop_id and p.session_id = s.id) as stays
     from session s where s.shop_id = $1 and s.id = $2`,
    [shopId, sessionId],
  )
  return record
}
