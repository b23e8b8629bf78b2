/**
 * Why a use case did not do what it was asked: one closed union of codes. `http/errors.ts` is the only place that turns a
 * code into a status; the compiler finds a code that it forgot. The words for people stand in templates/locales (problems).
 */
export type Refusal =
  | {
      code: 'not_found'
      what:
        | 'shop'
        | 'ticket'
        | 'customer'
        | 'message'
        | 'attachment'
        | 'session'
        | 'delivery'
        | 'review'
        | 'agent'
        | 'offer'
        | 'contact'
        | 'package'
        | 'product'
        | 'import'
        | 'backfill'
        | 'saved_reply'
        | 'connection'
        | 'act'
        | 'api key'
        | 'login'
    }
  | { code: 'invalid'; fields: FieldProblem[] }
  | { code: 'insufficient_credits'; requiredUnits: bigint; availableUnits: bigint }
  | { code: 'channel_not_covered'; channel: string; availableUnits: bigint }
  | { code: 'channel_not_configured'; channel: string }
  | { code: 'contact_missing'; channel: string }
  | { code: 'stale_conversation'; lastMessageId: string }
  | { code: 'idempotency_conflict' }
  | { code: 'session_open'; sessionId: string }
  | { code: 'session_closed' }
  | { code: 'role_too_low'; role: string }
  | { code: 'above_limit'; limitUnits: bigint }
  | { code: 'adjustment_below_use'; lowestUnits: bigint }
  | { code: 'grant_over' }
  | { code: 'nothing_owed' }
  | { code: 'more_than_owed'; owedUnits: bigint }
  | { code: 'payer_short'; requiredUnits: bigint; availableUnits: bigint }
  | { code: 'account_frozen' }
  | { code: 'message_pending'; state: string }
  | { code: 'message_not_charged' }
  | { code: 'waive_not_allowed' }
  | { code: 'message_reversed' }
  | { code: 'review_resolved'; decision: string }
  | { code: 'message_not_unknown'; state: string }
  | { code: 'message_not_queued'; state: string }
  | { code: 'offer_not_agreed'; state: string }
  | { code: 'offer_not_open'; state: string }
  | { code: 'not_account_owner' }
  | { code: 'owner_stays' }
  | { code: 'invited_lately'; retryAfterSeconds: number }
  | { code: 'ambiguous_contact'; customerIds: string[] }
  | { code: 'package_exists'; packageId: string }
  | { code: 'same_customer' }
  | { code: 'customer_merged'; into: string }
  | { code: 'package_changed'; version: number }
  | { code: 'package_retired' }
  | { code: 'agent_exists' }
  | { code: 'login_link_spent' }
  | { code: 'last_owner' }
  | { code: 'sign_in_wrong' }
  /** A page of signing in that is too old: begin again. */
  | { code: 'sign_in_over' }
  | { code: 'code_wrong' }
  | { code: 'password_wrong' }
  | { code: 'weak_password'; why: 'short' | 'long' | 'common' | 'personal' }
  | { code: 'second_factor_on' }
  | { code: 'second_factor_missing' }
  | { code: 'too_many_tries'; retryAfterSeconds: number }
  | { code: 'shop_not_askable' }
  | { code: 'backfill_running' }

/** A field of the input, what is wrong with it and the mend, in English for the API and the CLI. */
export interface FieldProblem {
  field: string
  message: string
}

/** Thrown by use cases; carries a Refusal and nothing else. */
export class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(
      refusal.code === 'invalid'
        ? refusal.fields.map((f) => `${f.field}: ${f.message}`).join('; ')
        : refusal.code,
    )
    this.name = 'Refused'
    this.refusal = refusal
  }
}

export function refuse(refusal: Refusal): never {
  throw new Refused(refusal)
}

export function refuseField(field: string, message: string): never {
  throw new Refused({ code: 'invalid', fields: [{ field, message }] })
}
