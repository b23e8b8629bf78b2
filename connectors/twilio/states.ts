import type { TextState } from '../../src/ports/texting.ts'

/**
 * Twilio's message states in ours. Nothing has left Twilio while it is `sending`; `read` is WhatsApp's. A state that
 * we do not know becomes the weakest one, so that it never hides a later report.
 */
const states: Record<string, TextState> = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  partially_delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
}

export function readTextState(status: string): TextState {
  return states[status.toLowerCase()] ?? 'queued'
}
