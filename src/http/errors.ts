import { toCredits } from '../domain/credits/units.ts'
import type { Refusal } from '../domain/refusal.ts'
import { wordsFor } from '../words/words.ts'
import type { HttpRefusal } from './http-refusal.ts'

/** An answer to a request that was refused: RFC 9457's fields, what the code adds to them, and headers that go with it. */
export interface Problem {
  status: number
  code: (Refusal | HttpRefusal)['code']
  title: string
  detail: string
  extension: Record<string, unknown>
  headers: Record<string, string>
}

interface Verdict {
  status: number
  /** Values of the sentence in templates/locales (problems). */
  values?: Record<string, string>
  extension?: Record<string, unknown>
  headers?: Record<string, string>
}

/** Seconds after which a caller may try again when the database is away. */
const retryAfterSeconds = '5'

/** The only translation of a refusal to a status. */
export function toProblem(refusal: Refusal | HttpRefusal): Problem {
  const verdict = verdictOf(refusal)
  const { t } = wordsFor('en')
  return {
    status: verdict.status,
    code: refusal.code,
    title: t(`problems:${refusal.code}.title`),
    detail: t(`problems:${refusal.code}.detail`, verdict.values),
    extension: verdict.extension ?? {},
    headers: verdict.headers ?? {},
  }
}

function verdictOf(refusal: Refusal | HttpRefusal): Verdict {
  const { credits } = wordsFor('en')
  switch (refusal.code) {
    case 'not_found':
      return { status: 404, values: { what: refusal.what } }
    case 'invalid':
      return {
        status: 422,
        values: { fields: refusal.fields.map((one) => `${one.field}: ${one.message}`).join('; ') },
        extension: { errors: refusal.fields },
      }
    case 'insufficient_credits':
    case 'payer_short':
      return {
        status: 402,
        values: { required: credits(refusal.requiredUnits), available: credits(refusal.availableUnits) },
        extension: {
          required: toCredits(refusal.requiredUnits),
          available: toCredits(refusal.availableUnits),
        },
      }
    case 'channel_not_covered':
      return {
        status: 402,
        values: { channel: refusal.channel },
        extension: { channel: refusal.channel, available: toCredits(refusal.availableUnits) },
      }
    case 'channel_not_configured':
    case 'contact_missing':
      return {
        status: 422,
        values: { channel: refusal.channel },
        extension: { channel: refusal.channel },
      }
    case 'stale_conversation':
      return { status: 409, extension: { lastMessageId: refusal.lastMessageId } }
    case 'session_open':
      return { status: 409, extension: { sessionId: refusal.sessionId } }
    case 'message_not_unknown':
    case 'message_not_queued':
    case 'message_pending':
    case 'offer_not_agreed':
    case 'offer_not_open':
      return { status: 409, values: { state: refusal.state }, extension: { state: refusal.state } }
    case 'waive_not_allowed':
      return { status: 403 }
    case 'role_too_low':
      return { status: 403, values: { role: refusal.role }, extension: { role: refusal.role } }
    case 'above_limit':
      return {
        status: 403,
        values: { limit: credits(refusal.limitUnits) },
        extension: { limit: toCredits(refusal.limitUnits) },
      }
    case 'adjustment_below_use':
      return {
        status: 409,
        values: { lowest: credits(refusal.lowestUnits) },
        extension: { lowest: toCredits(refusal.lowestUnits) },
      }
    case 'more_than_owed':
      return {
        status: 409,
        values: { owed: credits(refusal.owedUnits) },
        extension: { owed: toCredits(refusal.owedUnits) },
      }
    case 'review_resolved':
      return {
        status: 409,
        values: { decision: refusal.decision },
        extension: { decision: refusal.decision },
      }
    case 'customer_merged':
      return { status: 409, values: { into: refusal.into }, extension: { into: refusal.into } }
    case 'not_account_owner':
      return { status: 403 }
    case 'ambiguous_contact':
      return {
        status: 409,
        values: { customers: refusal.customerIds.join(', ') },
        extension: { customers: refusal.customerIds },
      }
    case 'package_exists':
      return { status: 409, extension: { packageId: refusal.packageId } }
    case 'package_changed':
      return {
        status: 409,
        values: { version: String(refusal.version) },
        extension: { version: refusal.version },
      }
    case 'package_retired':
    case 'idempotency_conflict':
    case 'session_closed':
    case 'grant_over':
    case 'nothing_owed':
    case 'owner_stays':
    case 'account_frozen':
    case 'message_not_charged':
    case 'message_reversed':
    case 'agent_exists':
    case 'last_owner':
    case 'second_factor_on':
    case 'same_customer':
    case 'shop_not_askable':
    case 'backfill_running':
      return { status: 409 }
    case 'login_link_spent':
    case 'sign_in_over':
      return { status: 410 }
    case 'second_factor_missing':
      return { status: 403 }
    case 'sign_in_wrong':
    case 'code_wrong':
    case 'password_wrong':
      return { status: 422 }
    case 'weak_password':
      return { status: 422, values: { why: refusal.why }, extension: { why: refusal.why } }
    case 'bad_request':
      return { status: 400 }
    case 'unauthorized':
      return { status: 401, headers: { 'WWW-Authenticate': 'Bearer' } }
    case 'forbidden':
      return { status: 403, values: { scope: refusal.scope }, extension: { missing: refusal.scope } }
    case 'form_expired':
      return { status: 403 }
    case 'bad_signature':
      return { status: refusal.status }
    case 'no_such_address':
      return { status: 404 }
    case 'method_not_allowed':
      return { status: 405, values: { allow: refusal.allow }, headers: { Allow: refusal.allow } }
    case 'payload_too_large':
      return { status: 413 }
    case 'unsupported_media_type':
      return { status: 415 }
    case 'too_many_requests':
    case 'too_many_tries':
    case 'invited_lately':
      return { status: 429, headers: { 'Retry-After': String(refusal.retryAfterSeconds) } }
    case 'unavailable':
      return { status: 503, headers: { 'Retry-After': retryAfterSeconds } }
    case 'rows_wrong':
      return {
        status: 422,
        values: { count: String(refusal.count) },
        extension: { errors: refusal.errors.map((one) => ({ field: 'csv', ...one })), count: refusal.count },
      }
    case 'internal':
      return { status: 500 }
    default:
      return unknownCode(refusal)
  }
}

/** A code without a status does not compile. */
function unknownCode(refusal: never): never {
  throw new Error(`a refusal without a status: ${JSON.stringify(refusal)}`)
}
