import type { Readable } from 'node:stream'
import { createTransport } from 'nodemailer'
import type { MailPort, OutgoingMail } from '../../src/ports/mail.ts'
import type { SendOutcome } from '../../src/ports/outcome.ts'
import type { Asked, SendingPace } from '../../src/ports/pace.ts'
import { findFault, toMessage } from './message.ts'
import { isUnreachable, readSendFailure, readSlowDown } from './outcome.ts'

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
  /** Says when a mail has to wait. Default never. */
  pace?: SendingPace
  /** Signs each mail for this domain; without it the server may do so. `privateKey` as PEM. */
  dkim?: { domainName: string; keySelector: string; privateKey: string }
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
  const { pace } = options
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

  async function deliver(mail: OutgoingMail): Promise<SendOutcome> {
    const fault = findFault(mail)
    if (fault !== undefined) return { kind: 'rejected', reason: fault }
    const domain = mail.to.address.slice(mail.to.address.lastIndexOf('@') + 1).toLowerCase()
    let troubled = false
    try {
      const asked = await pace?.ask(domain)
      if (asked?.kind === 'wait') {
        return { kind: 'temporary', reason: reasonToWait(asked, domain), waitMs: asked.waitMs }
      }
      troubled = asked?.troubled ?? false
    } catch (error) {
      return { kind: 'temporary', reason: `The pace of the mail server could not be read: ${String(error)}` }
    }
    return attempt(mail, domain, troubled)
  }

  async function attempt(mail: OutgoingMail, domain: string, troubled: boolean): Promise<SendOutcome> {
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), deadlineMs)
    try {
      await transport.sendMail({ ...toMessage(mail), signal: deadline.signal })
      if (troubled) await pace?.reached(['away', 'slow', 'domain'], domain)
      return { kind: 'accepted', providerId: mail.messageId }
    } catch (error) {
      const outcome = readSendFailure(error, bodies.get(deadline.signal)?.readableDidRead ?? false)
      if (isUnreachable(error)) await pace?.missed('away', domain, outcome.reason)
      else if (troubled) await pace?.reached(['away'], domain)
      const slower = readSlowDown(error)
      if (slower) await pace?.missed(slower, domain, outcome.reason)
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

function reasonToWait(asked: Extract<Asked, { kind: 'wait' }>, domain: string): string {
  switch (asked.for) {
    case 'away':
      return `The mail server could not be reached (${asked.because}).`
    case 'slow':
      return `The mail server asked to slow down (${asked.because}).`
    case 'domain':
      return `The mail server of ${domain} asked to slow down (${asked.because}).`
    case 'minute':
      return 'The mails of this minute are used up.'
  }
}
