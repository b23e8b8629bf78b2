import type { DeskFrame } from '../desk/props.ts'
import type { PageFrame } from '../props.ts'

/** The terms of rule 16 between opening and closing, in its order; `minus`: those that went away. */
export const movements = {
  plus: ['granted', 'restored', 'reversed', 'adjusted', 'moved'],
  minus: ['spent', 'posted', 'revoked', 'expired', 'settled'],
} as const

export type Movement = (typeof movements)['plus' | 'minus'][number]

/** One movement; `units` is signed, `balance` stands after it. */
export interface StatementLineProps {
  at: Date
  kind:
    | 'grant'
    | 'restore'
    | 'reverse'
    | 'adjust'
    | 'move_in'
    | 'move_out'
    | 'spend'
    | 'post'
    | 'revoke'
    | 'expire'
    | 'settle'
    | 'forgive'
  units: bigint
  /** Added to what the customer owes, or cleared of it. */
  owedUnits: bigint
  balance: bigint
  packageName: string
  source: string
  order?: { number: string }
  ticket?: { number: number; subject: string }
  message?: { channel: string }
  session?: { actualSeconds: number; billedSeconds: number }
  agent?: string
  /** For agents only: why a supervisor or a provider did it. */
  reason?: string
}

export interface StatementProps {
  shopName: string
  customerName: string
  company: string
  /** First and last day, as moments of them and as "2026-03-01". */
  start: Date
  end: Date
  from: string
  to: string
  totals: Record<Movement | 'opening' | 'closing', bigint>
  /** What stands beside the balance at the end. */
  held: bigint
  deficit: bigint
  overdraft: bigint
  lines: (StatementLineProps & { href?: string })[]
  backHref: string
  previousHref: string
  /** Absent when the next month has not begun. */
  nextHref?: string
  csvHref: string
  /** The rest of a long period. */
  moreHref?: string
  /** Where the form with the two days goes, and what it carries along. */
  action: string
  carried: Record<string, string>
  /** True when the asked period could not be shown. */
  badPeriod: boolean
}

export interface PortalStatementProps extends PageFrame {
  statement: StatementProps
}

export interface DeskStatementProps extends DeskFrame {
  statement: StatementProps
}
