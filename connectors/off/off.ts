import type { MailPort } from '../../src/ports/mail.ts'
import type { SendOutcome } from '../../src/ports/outcome.ts'
import type { TextingPort } from '../../src/ports/texting.ts'

/**
 * Channels without configuration in production. The desk asks `configured` first and answers
 * channel_not_configured; a message that was queued before the configuration went away is rejected, so that its
 * credits come back.
 */
const rejected: SendOutcome = {
  kind: 'rejected',
  reason: 'This channel has no configuration.',
  code: 'channel_not_configured',
}

export const mailOff: MailPort = {
  configured: false,
  sandbox: false,
  send: async () => rejected,
  close: async () => {},
}

export const textingOff: TextingPort = {
  configured: false,
  sandbox: false,
  send: async () => rejected,
  find: async () => undefined,
  readStatus: () => undefined,
  readIncoming: () => undefined,
}
