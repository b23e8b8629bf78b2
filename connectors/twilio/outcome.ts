import { z } from 'zod'
import type { SendOutcome } from '../../src/ports/outcome.ts'

/** The parts of the SDK's errors that are read; the rest holds the request with the account's token. */
const sdkError = z.object({
  message: z.string().catch(''),
  status: z.number().optional().catch(undefined),
  code: z.union([z.number(), z.string()]).optional().catch(undefined),
  syscall: z.string().optional().catch(undefined),
  cause: z.object({ syscall: z.string().optional() }).optional().catch(undefined),
})
type SdkError = z.infer<typeof sdkError>

/** Failures before the first byte of the request could leave us. */
const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/
const badCertificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/

/** What a failed request to create a message means for that message. */
export function readSendFailure(thrown: unknown): SendOutcome {
  const parsed = sdkError.safeParse(thrown)
  if (!parsed.success) return { kind: 'unknown', reason: 'Twilio gave no answer that could be read.' }
  return parsed.data.status === undefined
    ? readBrokenConnection(parsed.data)
    : readRefusal(parsed.data, parsed.data.status)
}

function readRefusal(error: SdkError, status: number): SendOutcome {
  const said = error.message.slice(0, 300) || `HTTP ${status}`
  const code = error.code === undefined ? {} : { code: String(error.code) }
  if (status === 429) return { kind: 'temporary', reason: `Twilio asks to slow down: ${said}`, ...code }
  // 408 and 425 come from something between us and Twilio that did not see the whole exchange.
  if (status >= 500 || status === 408 || status === 425) {
    return { kind: 'unknown', reason: `Twilio failed with ${status} and may have taken the text: ${said}` }
  }
  return { kind: 'rejected', reason: said, ...code }
}

function readBrokenConnection(error: SdkError): SendOutcome {
  const code = typeof error.code === 'string' ? error.code : ''
  const syscall = error.syscall ?? error.cause?.syscall
  if (
    neverSent.test(code) ||
    badCertificate.test(code) ||
    syscall === 'connect' ||
    syscall === 'getaddrinfo'
  ) {
    return { kind: 'temporary', reason: `Twilio could not be reached (${code || syscall}).`, code }
  }
  return {
    kind: 'unknown',
    reason: `The connection to Twilio broke${code ? ` (${code})` : ''}; it may have taken the text.`,
  }
}
