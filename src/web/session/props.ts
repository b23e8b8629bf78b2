import type { PageFrame } from '../props.ts'

/** The same shape that the server pushes over the WebSocket as JSON, with `type: 'state'`. */
export interface SessionState {
  state: 'open' | 'ended' | 'void'
  agentPresent: boolean
  customerPresent: boolean
  togetherSeconds: number
  billedSeconds: number
  /** Hundredths of a credit that are held for the session now. */
  heldUnits: number
  /** Until the held credits are used up; null while there is no need to warn. */
  remainingSeconds: number | null
  /** Hundredths that the bill took; known once it ended. */
  chargedUnits?: number
}

export interface SessionPageProps extends PageFrame {
  side: 'agent' | 'customer'
  shopName: string
  ticketNumber: number
  subject: string
  /** Who is awaited: the customer's name for the agent and the other way round. */
  otherName: string
  /** Absolute ws(s) address of this side's presence socket. */
  socketUrl: string
  /** Back to the ticket, or to the portal. */
  backHref: string
  /** Where the agent's End button posts. Customers leave by closing. */
  endAction?: string
  price: { units: bigint; stepMinutes: number; freeSeconds: number }
  session: SessionState
}
