import { type Charge, readCharge } from '../credits/balance.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { isPresent, secondsTogether } from './presence.ts'
import { loadSession, type SessionRecord } from './session-record.ts'

/** Both sides see a countdown when the held credits end this soon and no further ones could be held. */
export const warnSeconds = 30

/** What the sockets push and the pages show; plain JSON. Units are hundredths of a credit. */
export interface SessionState {
  id: string
  state: 'open' | 'ended' | 'void'
  agentPresent: boolean
  customerPresent: boolean
  /** Whole seconds together: so far, or as they were billed. */
  togetherSeconds: number
  /** What those seconds cost in time: so far, or finally. */
  billedSeconds: number
  /** Held for the session now. */
  heldUnits: number
  /** Until the held credits are used up; null while there is no need to warn. 0 during the unbilled grace. */
  remainingSeconds: number | null
  /** What the bill took; only once it is over. */
  chargedUnits?: number
}

/** A session for its pages and the API. Times are absolute; `charge` is there once the session is over. */
export interface SessionView extends SessionState {
  ticketId: string
  customerId: string
  kind: string
  agentName: string
  price: { units: bigint; stepSeconds: number; freeSeconds: number }
  openedAt: Date
  endedAt: Date | null
  endReason: string | null
  actualSeconds: number | null
  charge: Charge | null
}

/** The session as it stands at the clock's now. Refuses not_found. */
export async function readSession(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; sessionId: bigint },
): Promise<SessionView> {
  const record = await loadSession(deps.db, input.shopId, input.sessionId)
  if (!record) refuse({ code: 'not_found', what: 'session' })
  return {
    ...stateOf(record, deps.clock.now()),
    ticketId: String(record.ticket_id),
    customerId: String(record.customer_id),
    kind: record.kind,
    agentName: record.agent_name,
    price: {
      units: record.step_units,
      stepSeconds: record.step_seconds,
      freeSeconds: record.free_seconds,
    },
    openedAt: record.opened_at,
    endedAt: record.ended_at,
    endReason: record.end_reason,
    actualSeconds: record.actual_seconds,
    charge: record.charge && readCharge(record.charge),
  }
}

/** Pure, so that a process may push a state each second without asking the database each second. */
export function stateOf(record: SessionRecord, now: Date): SessionState {
  const at = now.getTime()
  if (record.state !== 'open') {
    return {
      id: String(record.id),
      state: record.state,
      agentPresent: false,
      customerPresent: false,
      togetherSeconds: record.actual_seconds ?? 0,
      billedSeconds: record.billed_seconds ?? 0,
      heldUnits: 0,
      remainingSeconds: null,
      chargedUnits: Number(record.units),
    }
  }
  const together = secondsTogether(record.stays, at, 'until_now_if_fresh')
  const left = record.covered_seconds - together
  return {
    id: String(record.id),
    state: 'open',
    agentPresent: isPresent(record.stays, 'agent', at),
    customerPresent: isPresent(record.stays, 'customer', at),
    togetherSeconds: together,
    billedSeconds: billedSoFar(record, together),
    heldUnits: Number(record.held_units),
    remainingSeconds: left <= warnSeconds ? Math.max(0, left) : null,
  }
}

/** The rounding of close_session, for display: steps begun after the free time, as far as units are held for them. */
function billedSoFar(record: SessionRecord, together: number): number {
  const begun = Math.ceil(Math.max(0, together - record.free_seconds) / record.step_seconds)
  return Math.min(begun * record.step_seconds, record.covered_seconds - record.free_seconds)
}
