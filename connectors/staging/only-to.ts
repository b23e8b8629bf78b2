import type { MailPort } from '../../src/ports/mail.ts'
import type { SendOutcome } from '../../src/ports/outcome.ts'
import type { TextingPort } from '../../src/ports/texting.ts'

/**
 * For a copy of the shop that people try things on: mail and texts go to these addresses and numbers only, so that no real
 * customer gets them. An entry is an address, a whole domain ("@example.com") or a number ("+38640123456"), in lower case.
 */
export function mailOnlyTo(mail: MailPort, allowed: readonly string[]): MailPort {
  return {
    ...mail,
    async send(outgoing) {
      const address = outgoing.to.address.toLowerCase()
      return isAllowed(allowed, address) ? mail.send(outgoing) : refused
    },
  }
}

export function textsOnlyTo(texting: TextingPort, allowed: readonly string[]): TextingPort {
  return {
    ...texting,
    async send(outgoing) {
      return isAllowed(allowed, outgoing.to) ? texting.send(outgoing) : refused
    },
  }
}

/** Rejected, so that what was charged for it comes back. */
const refused: SendOutcome = {
  kind: 'rejected',
  reason: 'Not sent: SEND_ONLY_TO lets mail and texts go to other recipients only.',
  code: 'not_allowed',
}

function isAllowed(allowed: readonly string[], to: string): boolean {
  return allowed.includes(to) || allowed.includes(to.slice(to.lastIndexOf('@')))
}
