import type { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import type { MailPort, OutgoingMail } from '../../src/ports/mail.ts'
import type { SendOutcome } from '../../src/ports/outcome.ts'
import { createAllowance } from './allowance.ts'
import { findFault, toMessage } from './message.ts'
import { isUnreachable, readSendFailure, readSlowDown } from './outcome.ts'
import { createPause, createPauses } from './pause.ts'

export interface EmailOptions {
  /** smtp://user:password@host:587 or smtps://…; nodemailer's options may follow as a query. */
  smtpUrl: string
  /** For connecting, TLS included, and for the greeting. Default 15,000. */
  connectTimeoutMs?: number
  /** For the server's silence within a mail. Default 60,000. */
  socketTimeoutMs?: number
  /** For one mail from the queue of connections to the server's reply. Default 120,000. */
  deadlineMs?: number
  /** Connections at a time. Default 5. */
  maxConnections?: number
  /** Mails that the server takes from this process in a minute; the rest is put off. Default no limit. */
  maxPerMinute?: number
  /** Signs each mail for this domain; without it the server may do so. `privateKey` as PEM. */
  dkim?: { domainName: string; keySelector: string; privateKey: string }
  /** Waits after failures to reach the server, one after another; the last goes on. Default 5 s to 5 min. */
  pausesMs?: number[]
  /** The same after a server asked to slow down, for all mail to it. Default 15 s to 10 min. */
  slowMs?: number[]
}

/** Mail over SMTP with kept connections. */
export function createEmail(options: EmailOptions): MailPort {
  const transport = createTransport({
    pool: true,
    maxConnections: options.maxConnections ?? 5,
    connectionTimeout: options.connectTimeoutMs ?? 15_000,
    greetingTimeout: options.connectTimeoutMs ?? 15_000,
    dnsTimeout: options.connectTimeoutMs ?? 15_000,
    socketTimeout: options.socketTimeoutMs ?? 60_000,
    // One more try on another connection, which nodemailer makes only when no byte of the mail was read. More would
    // hide a server that is down from the job that waits longer.
    maxRequeues: 1,
    ...(options.dkim && { dkim: options.dkim }),
    url: options.smtpUrl,
  })
  const pause = createPause(options.pausesMs ?? [5_000, 15_000, 60_000, 300_000])
  const slowMs = options.slowMs ?? [15_000, 60_000, 300_000, 600_000]
  const slow = createPause(slowMs)
  const slowDomains = createPauses(slowMs)
  const allowance = createAllowance(options.maxPerMinute)
  const deadlineMs = options.deadlineMs ?? 120_000
  const bodies = new WeakMap<AbortSignal, Readable>()
  const running = new Set<Promise<SendOutcome>>()

  // The server asks for the mail (354) and only then is its stream read. nodemailer's errors do not tell on which side
  // of that moment a connection was lost, and this is the difference between trying again and asking a person.
  transport.use('stream', (mail, done) => {
    const { signal } = mail.data
    const message = mail.message
    const createReadStream = message.createReadStream.bind(message)
    message.createReadStream = (streamOptions) => {
      const body = createReadStream(streamOptions)
      if (signal) bodies.set(signal, body)
      return body
    }
    done()
  })

  /** Why this mail is not even tried now. */
  function waitFor(domain: string): Extract<SendOutcome, { kind: 'temporary' }> | undefined {
    const put = (reason: string, waitMs: number) => ({ kind: 'temporary' as const, reason, waitMs })
    const away = pause.resting()
    if (away) return put(`The mail server could not be reached (${away.because}).`, away.waitMs)
    const busy = slow.resting()
    if (busy) return put(`The mail server asked to slow down (${busy.because}).`, busy.waitMs)
    const there = slowDomains.resting(domain)
    if (there) return put(`The mail server of ${domain} asked to slow down (${there.because}).`, there.waitMs)
    const waitMs = allowance.take()
    return waitMs === undefined ? undefined : put('The mails of this minute are used up.', waitMs)
  }

  async function deliver(mail: OutgoingMail): Promise<SendOutcome> {
    const fault = findFault(mail)
    if (fault !== undefined) return { kind: 'rejected', reason: fault }
    const domain = mail.to.address.slice(mail.to.address.lastIndexOf('@') + 1).toLowerCase()
    const notNow = waitFor(domain)
    if (notNow) return notNow
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), deadlineMs)
    try {
      await transport.sendMail({ ...toMessage(mail), signal: deadline.signal })
      pause.reached()
      slow.reached()
      slowDomains.reached(domain)
      return { kind: 'accepted', providerId: mail.messageId }
    } catch (error) {
      const outcome = readSendFailure(error, bodies.get(deadline.signal)?.readableDidRead ?? false)
      if (isUnreachable(error)) pause.missed(reasonOf(outcome))
      else pause.reached()
      const slower = readSlowDown(error)
      if (slower === 'server') slow.missed(reasonOf(outcome))
      if (slower === 'domain') slowDomains.missed(domain, reasonOf(outcome))
      return outcome
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    configured: true,
    sandbox: false,

    async send(mail) {
      const delivery = deliver(mail)
      running.add(delivery)
      try {
        return await delivery
      } finally {
        running.delete(delivery)
      }
    },

    /** Lets the mails that are on a connection finish; those that wait for one come back as temporary. */
    async close() {
      transport.close()
      await Promise.all(running)
    },
  }
}

function reasonOf(outcome: SendOutcome): string {
  return outcome.kind === 'accepted' ? '' : outcome.reason
}
