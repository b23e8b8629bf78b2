import { describe, expect, it } from '@jest/globals'
import type { Refusal } from '../../src/domain/refusal.ts'
import { toProblem } from '../../src/http/errors.ts'
import type { HttpRefusal } from '../../src/http/http-refusal.ts'

/* One of each code; the types find a missing or an unknown one. */
const examples: {
  [Code in (Refusal | HttpRefusal)['code']]: [Extract<Refusal | HttpRefusal, { code: Code }>, number]
} = {
  not_found: [{ code: 'not_found', what: 'ticket' }, 404],
  invalid: [{ code: 'invalid', fields: [{ field: 'name', message: 'give a name' }] }, 422],
  insufficient_credits: [{ code: 'insufficient_credits', requiredUnits: 150n, availableUnits: 25n }, 402],
  channel_not_covered: [{ code: 'channel_not_covered', channel: 'sms', availableUnits: 700n }, 402],
  channel_not_configured: [{ code: 'channel_not_configured', channel: 'sms' }, 422],
  contact_missing: [{ code: 'contact_missing', channel: 'sms' }, 422],
  stale_conversation: [{ code: 'stale_conversation', lastMessageId: '9' }, 409],
  idempotency_conflict: [{ code: 'idempotency_conflict' }, 409],
  session_open: [{ code: 'session_open', sessionId: '3' }, 409],
  session_closed: [{ code: 'session_closed' }, 409],
  message_not_unknown: [{ code: 'message_not_unknown', state: 'sent' }, 409],
  message_not_queued: [{ code: 'message_not_queued', state: 'sent' }, 409],
  offer_not_agreed: [{ code: 'offer_not_agreed', state: 'declined' }, 409],
  offer_not_open: [{ code: 'offer_not_open', state: 'agreed' }, 409],
  not_account_owner: [{ code: 'not_account_owner' }, 403],
  invited_lately: [{ code: 'invited_lately', retryAfterSeconds: 540 }, 429],
  owner_stays: [{ code: 'owner_stays' }, 409],
  ambiguous_contact: [{ code: 'ambiguous_contact', customerIds: ['1', '2'] }, 409],
  role_too_low: [{ code: 'role_too_low', role: 'supervisor' }, 403],
  above_limit: [{ code: 'above_limit', limitUnits: 5000n }, 403],
  adjustment_below_use: [{ code: 'adjustment_below_use', lowestUnits: -250n }, 409],
  grant_over: [{ code: 'grant_over' }, 409],
  nothing_owed: [{ code: 'nothing_owed' }, 409],
  more_than_owed: [{ code: 'more_than_owed', owedUnits: 200n }, 409],
  payer_short: [{ code: 'payer_short', requiredUnits: 200n, availableUnits: 50n }, 402],
  account_frozen: [{ code: 'account_frozen' }, 409],
  message_pending: [{ code: 'message_pending', state: 'queued' }, 409],
  message_not_charged: [{ code: 'message_not_charged' }, 409],
  waive_not_allowed: [{ code: 'waive_not_allowed' }, 403],
  message_reversed: [{ code: 'message_reversed' }, 409],
  review_resolved: [{ code: 'review_resolved', decision: 'dismiss' }, 409],
  package_changed: [{ code: 'package_changed', version: 3 }, 409],
  package_retired: [{ code: 'package_retired' }, 409],
  package_exists: [{ code: 'package_exists', packageId: '4' }, 409],
  same_customer: [{ code: 'same_customer' }, 409],
  customer_merged: [{ code: 'customer_merged', into: '7' }, 409],
  agent_exists: [{ code: 'agent_exists' }, 409],
  login_link_spent: [{ code: 'login_link_spent' }, 410],
  last_owner: [{ code: 'last_owner' }, 409],
  sign_in_wrong: [{ code: 'sign_in_wrong' }, 422],
  sign_in_over: [{ code: 'sign_in_over' }, 410],
  code_wrong: [{ code: 'code_wrong' }, 422],
  password_wrong: [{ code: 'password_wrong' }, 422],
  weak_password: [{ code: 'weak_password', why: 'short' }, 422],
  second_factor_missing: [{ code: 'second_factor_missing' }, 403],
  second_factor_on: [{ code: 'second_factor_on' }, 409],
  too_many_tries: [{ code: 'too_many_tries', retryAfterSeconds: 60 }, 429],
  shop_not_askable: [{ code: 'shop_not_askable' }, 409],
  backfill_running: [{ code: 'backfill_running' }, 409],
  bad_request: [{ code: 'bad_request' }, 400],
  unauthorized: [{ code: 'unauthorized' }, 401],
  forbidden: [{ code: 'forbidden', scope: 'supervise' }, 403],
  form_expired: [{ code: 'form_expired' }, 403],
  bad_signature: [{ code: 'bad_signature', status: 401 }, 401],
  no_such_address: [{ code: 'no_such_address' }, 404],
  method_not_allowed: [{ code: 'method_not_allowed', allow: 'POST' }, 405],
  payload_too_large: [{ code: 'payload_too_large' }, 413],
  unsupported_media_type: [{ code: 'unsupported_media_type' }, 415],
  too_many_requests: [{ code: 'too_many_requests', retryAfterSeconds: 60 }, 429],
  unavailable: [{ code: 'unavailable' }, 503],
  rows_wrong: [
    { code: 'rows_wrong', errors: [{ line: 3, column: 'email', message: 'it is empty' }], count: 1 },
    422,
  ],
  internal: [{ code: 'internal' }, 500],
}

describe('toProblem', () => {
  it.each(Object.values(examples).map(([refusal, status]) => [refusal.code, status, refusal] as const))(
    'answers %s with %i and words for people',
    (code, status, refusal) => {
      const problem = toProblem(refusal)
      expect(problem).toMatchObject({ code, status })
      expect(problem.title).toMatch(/^[A-Z].+\.$/)
      expect(problem.detail).not.toMatch(/[{}]|undefined/)
      expect(problem.detail.length).toBeGreaterThan(9)
    },
  )

  it('says credits as numbers and in words', () => {
    const problem = toProblem({ code: 'insufficient_credits', requiredUnits: 150n, availableUnits: 25n })
    expect(problem.extension).toEqual({ required: 1.5, available: 0.25 })
    expect(problem.detail).toContain('This costs 1.5, and 0.25 can be spent')
  })
})
