import { z } from 'zod'
import type { SendOutcome } from '../../src/ports/outcome.ts'

/** What nodemailer's errors tell: its own code, the server's reply, and the command that was answered. */
const smtpError = z.object({
  message: z.string().catch(''),
  code: z.string().optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
  response: z.string().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
})

/** Codes of a mail that could not be built or addressed: no server would take it. */
const badMail = /^(EENVELOPE|EMESSAGE|EMAXRECIPIENTS|EFILEACCESS|EURLACCESS)$/

/** Commands whose refusal is about this mail. A refused greeting, TLS or login is about us and may pass. */
const aboutTheMail = /^(MAIL FROM|RCPT TO|DATA)/

/**
 * What a failed send means for the mail. `bodyStarted`: the server had asked for the mail and at least a part of it
 * was written, so without its reply nobody knows whether it took the mail.
 */
export function readSendFailure(
  thrown: unknown,
  bodyStarted: boolean,
): Exclude<SendOutcome, { kind: 'accepted' }> {
  const parsed = smtpError.safeParse(thrown)
  const error: z.infer<typeof smtpError> = parsed.success ? parsed.data : { message: '' }
  const reply = error.responseCode ?? 0
  const reason = (error.response ?? error.message).slice(0, 300) || 'The mail server gave no reason.'
  const code = error.responseCode === undefined ? error.code : String(error.responseCode)
  const failure = { reason, ...(code !== undefined && { code }) }

  if (reply >= 400 && reply < 600) {
    // 503 says that the connection lost its order, not that the mail is bad.
    const permanent = reply >= 500 && reply !== 503 && aboutTheMail.test(error.command ?? '')
    return { kind: permanent ? 'rejected' : 'temporary', ...failure }
  }
  if (bodyStarted) {
    return { kind: 'unknown', reason: `The mail server took the mail but gave no answer: ${reason}` }
  }
  if (badMail.test(error.code ?? '') && error.responseCode === undefined)
    return { kind: 'rejected', ...failure }
  return { kind: 'temporary', ...failure }
}

/**
 * Whom a temporary refusal tells to slow down: all mail to our server, or all to the domain of this recipient, whose server ours
 * speaks for. A refusal that is about one mailbox (4.1, 4.2: full, busy, moved) slows down nobody else.
 */
export function readSlowDown(thrown: unknown): 'slow' | 'domain' | undefined {
  const parsed = smtpError.safeParse(thrown)
  if (!parsed.success) return undefined
  const { responseCode = 0, response = '', command = '' } = parsed.data
  if (responseCode < 400 || responseCode >= 500) return undefined
  const [, subject] = /^\d{3}[ -]4\.(\d)\.\d/.exec(response) ?? []
  if (subject === '1' || subject === '2') return undefined
  const slow =
    /too (many|fast|much)|rate|throttl|limit|slow down|grey ?list|gray ?list|try again|try later|busy/i.test(
      response,
    )
  if (responseCode !== 451 && subject === undefined && !slow) return undefined
  return /^MAIL FROM/.test(command) ? 'slow' : 'domain'
}

/**
 * True when the server could not be talked to at all, so that the next mail would fare no better: no connection, no greeting, a
 * refused login, or 421, with which a server says that it is closing.
 */
export function isUnreachable(thrown: unknown): boolean {
  const parsed = smtpError.safeParse(thrown)
  if (!parsed.success) return false
  const { code = '', command = '', responseCode } = parsed.data
  if (responseCode === 421) return true
  if (/^(ECONNECTION|EDNS|ETLS|EAUTH|ECONNREFUSED|ENOTFOUND)$/.test(code)) return true
  return /^(ETIMEDOUT|ESOCKET)$/.test(code) && (command === '' || command === 'CONN')
}
