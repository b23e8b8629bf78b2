import type { DeskFrame } from './props.ts'

export interface MergePerson {
  id: string
  name: string
  emails: string[]
  phones: string[]
}

/** Figures of one account, in units. */
interface AccountFigures {
  available: bigint
  deficit: bigint
  overdraft: bigint
}

export type MergeStep =
  /** Looking for the other customer. `found` is there once something was searched for. */
  | { kind: 'find'; who?: string; found?: MergePerson[] }
  /** What the merge would do, to be confirmed. */
  | {
      kind: 'compare'
      source: MergePerson
      before: { source: AccountFigures; target: AccountFigures }
      after: AccountFigures
      frozen: boolean
      grants: number
      tickets: number
      orders: number
      reasons: readonly string[]
      idempotencyKey: string
    }

export interface MergePageProps extends DeskFrame {
  target: MergePerson
  action: string
  backHref: string
  /** The ticket to go back to, carried through the steps. */
  ticket?: string
  step: MergeStep
  /** Why it was refused. */
  error?: string
}
