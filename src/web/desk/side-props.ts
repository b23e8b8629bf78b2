/** The customer's orders in the shop. */
export interface CustomerContextProps {
  state: /** The shop cannot be asked: what came to us. */
    | { kind: 'unasked' }
    /** It did not answer yet: what came to us. */
    | { kind: 'asking' }
    | { kind: 'asOf'; asOf: Date; asking: boolean }
    | { kind: 'failed'; reason: string; asOf?: Date }
  orders: number
  /** False: there are more than were counted. */
  complete: boolean
  /** By currency, decimal strings. */
  spent: { currency: string; amount: string }[]
  firstOrderAt?: Date
  lastOrderAt?: Date
  /** ISO 3166 two letters; '' when unknown. */
  country: string
  /** Named by the shop, and not those under which the customer is served. */
  otherEmails: string[]
  latest: { number: string; at: Date; total: string; currency: string; status: string; href?: string }[]
}

/** `id`: of the question that a supervisor can answer. */
export type ReviewFlag = { id?: string } & FlagKind

type FlagKind =
  | { kind: 'amount_refund'; order: string; amount: string; currency: string; proposal?: bigint }
  | { kind: 'equal_dates' | 'custom_status' | 'deleted_product' | 'order_vanished'; order: string }
  | { kind: 'contact_changed'; order: string; to: string }
  | { kind: 'subscription_change'; order: string; proposal: bigint }
  | { kind: 'deficit'; units: bigint }
  | { kind: 'other'; text: string }

export interface SupervisedGrant {
  id: string
  name: string
  remainder: bigint
  /** Deficit and overdraft together. */
  owed: bigint
  frozen: boolean
}

/** Acts by hand that the page can name; others are left out. */
export const auditActions = [
  'adjust',
  'grant',
  'settle',
  'forgive',
  'freeze',
  'unfreeze',
  'merge',
  'merged_away',
  'reverse_message',
  'waive_work',
  'review_accept',
  'review_dismiss',
] as const

/** The panel of acts by hand, for supervisors and owners. */
export interface SupervisionProps {
  action: string
  mergeHref: string
  /** Fresh for each page; with the act's name it is the form's idempotency key. */
  key: string
  reasons: Record<
    'adjust' | 'goodwill' | 'settle' | 'forgive' | 'freeze' | 'unfreeze' | 'reverse',
    readonly string[]
  >
  grants: SupervisedGrant[]
  /** Messages whose charge can be given back, the newest first. */
  charged: { id: string; units: bigint; preview: string }[]
  accountFrozen: boolean
  audit: {
    action: (typeof auditActions)[number]
    who: string
    units: bigint
    note?: string
    /** Whose account it was, of somebody who was merged into this customer. */
    former?: string
    at: Date
  }[]
  /** Why the last act was refused. */
  error?: string
}
