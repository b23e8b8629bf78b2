import { Refused } from '../../domain/refusal.ts'
import type { ComposerError } from '../../web/desk/composer-props.ts'
import { toProblem } from '../errors.ts'

/** Why a send was refused, as the composer says it; undefined for what is no matter of the composer. */
export function composerError(
  error: unknown,
  body: string,
): { status: number; error: ComposerError } | undefined {
  if (!(error instanceof Refused)) return undefined
  const { refusal } = error
  const { status } = toProblem(refusal)
  switch (refusal.code) {
    case 'insufficient_credits':
      return {
        status,
        error: { code: refusal.code, required: refusal.requiredUnits, available: refusal.availableUnits },
      }
    case 'offer_not_agreed':
    case 'channel_not_covered':
    case 'channel_not_configured':
    case 'stale_conversation':
    case 'idempotency_conflict':
      return { status, error: { code: refusal.code } }
    case 'contact_missing':
      return { status, error: { code: 'no_contact' } }
    case 'role_too_low':
    case 'above_limit':
      return { status, error: { code: 'goodwill_not_allowed' } }
    case 'invalid':
      if (refusal.fields.some(({ field }) => field === 'files'))
        return { status, error: { code: 'files_too_large' } }
      if (refusal.fields.some(({ field }) => field === 'reason'))
        return { status, error: { code: 'goodwill_not_allowed' } }
      if (refusal.fields.some(({ field }) => field === 'attachments'))
        return { status, error: { code: 'no_files_here' } }
      if (refusal.fields.some(({ field }) => field === 'minutes'))
        return { status, error: { code: 'bad_minutes' } }
      return { status, error: { code: body.trim() === '' ? 'empty_body' : 'body_too_long' } }
    default:
      return undefined
  }
}
