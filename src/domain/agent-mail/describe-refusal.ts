import { toCredits } from '../credits/units.ts'
import type { Refusal } from '../refusal.ts'

/** Why something was not done, in a line that stands on the ticket and in the mail to the agent. */
export function describeRefusal(refusal: Refusal): string {
  switch (refusal.code) {
    case 'invalid':
      return refusal.fields
        .map(({ field, message }) => (field === 'assign' ? sentence(message) : `${field}: ${message}`))
        .join(' ')
    case 'insufficient_credits':
      return `The credits do not suffice: it costs ${toCredits(refusal.requiredUnits)}, and ${toCredits(refusal.availableUnits)} can be spent.`
    case 'channel_not_covered':
      return `No package of the customer covers ${refusal.channel}.`
    case 'waive_not_allowed':
      return 'No more answers at no charge are left for today.'
    case 'account_frozen':
      return 'The account is frozen.'
    default:
      return refusal.code.replaceAll('_', ' ')
  }
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`
}
