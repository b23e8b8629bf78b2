import type { PageFrame } from '../props.ts'

/** In the order of the rail. */
export const views = [
  'unanswered',
  'due',
  'mine',
  'unassigned',
  'low',
  'snoozed',
  'waiting',
  'closed',
  'spam',
  'all',
] as const
export type View = (typeof views)[number]

/** The rail at the left of every desk page. */
export interface DeskFrame extends PageFrame {
  shopName: string
  agentName: string
  /** Units; whoever has fewer left has a low balance. */
  lowBalance: bigint
  /** Missing counts are not shown. `concern`: unanswered ones that concern the reader; in the browser's tab. */
  counts: Partial<Record<View | 'concern', number>>
  /** Counting ends here: so many, or more. */
  mostCounted: number
  /** Problems that the last check of the ledger found; owners are told of them on every page. */
  ledgerProblems?: number
  /** What keeps orders from being fetched from the shop; owners are told of it on every page. */
  shopProblem?: {
    kind: 'keys' | 'unreachable' | 'orders_gone' | 'webhooks' | 'silence'
    message: string
    since: Date
  }
  /** Supervisors and owners; nobody else finds the way to them. */
  seesReports?: boolean
  /** Owners set the shop up, so their rail leads there. */
  setsUp?: boolean
}
