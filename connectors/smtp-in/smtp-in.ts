import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerSession } from 'smtp-server'
import type { Log } from '../../src/ports/log.ts'
import type { MailDoor, MailDoorEvents } from '../../src/ports/mail-door.ts'

export interface SmtpInOptions extends MailDoorEvents {
  port: number
  host: string
  /** Whether mail to this address (lower case) is for us; anything else is refused while the sender still listens. */
  accepts(address: string): Promise<boolean>
  log: Log
  /** In bytes. Default 35 MB: what attachments of 25 MB become on the way. */
  longestMail?: number
  /** Connections at a time. Default 100. */
  maxClients?: number
  /** Certificate and key in PEM for STARTTLS; without them senders write in the clear. */
  tls?: { cert: string; key: string }
}

export interface SmtpIn extends MailDoor {
  port: number
}

/** Recipients of one mail; more is no letter to a help desk. */
const mostRecipients = 50

/**
 * Takes mail in as a mail server. 250 is said only when the mail is kept, so the sender's own queue is what survives our death;
 * a mail whose 250 got lost comes again and has the same key.
 */
export async function openSmtpIn(options: SmtpInOptions): Promise<SmtpIn> {
  const longest = options.longestMail ?? 35_000_000
  const server = new SMTPServer({
    banner: 'CreditDesk',
    disabledCommands: options.tls ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    authOptional: true,
    disableReverseLookup: true,
    size: longest,
    maxClients: options.maxClients ?? 100,
    socketTimeout: 60_000,
    closeTimeout: 5_000,
    ...options.tls,

    onMailFrom(_address, session, done) {
      const declared = 'args' in _address && typeof _address.args === 'object' ? _address.args : undefined
      const size = Number(declared && 'SIZE' in declared ? declared.SIZE : 0)
      if (size > longest) return done(reply(552, 'The mail is larger than this server takes.'))
      session.envelope.rcptTo = []
      done()
    },

    onRcptTo({ address }, session, done) {
      if (session.envelope.rcptTo.length >= mostRecipients)
        return done(reply(452, 'Too many recipients in one mail.'))
      options.accepts(address.toLowerCase()).then(
        (ours) => done(ours ? null : reply(550, 'There is no such mailbox here.')),
        (error: unknown) => {
          options.log.warn({ error: String(error) }, 'a recipient could not be looked up')
          done(reply(451, 'Try again later.'))
        },
      )
    },

    onData(stream, session, done) {
      const chunks: Buffer[] = []
      let length = 0
      stream.on('data', (chunk: Buffer) => {
        length += chunk.length
        // What is too long is read to its end and dropped: a sender whose connection breaks would try again for days.
        if (length <= longest) chunks.push(chunk)
        else chunks.length = 0
      })
      stream.on('error', (error) => done(error))
      stream.on('end', () => {
        if (length > longest) return done(reply(552, 'The mail is larger than this server takes.'))
        options.take(toMail(Buffer.concat(chunks), session)).then(
          () => done(),
          (error: unknown) => {
            options.log.error({ error: String(error) }, 'a mail could not be kept; its sender will try again')
            done(reply(451, 'The mail could not be kept. Try again later.'))
          },
        )
      })
    },
  })
  // Strangers break connections in every way; without a listener one of them would end the process.
  server.on('error', (error) =>
    options.log.debug({ error: error.message }, 'a connection to the mail door failed'),
  )
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject)
    server.listen(options.port, options.host, () => {
      server.server.off('error', reject)
      resolve()
    })
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

function toMail(raw: Buffer, session: SMTPServerSession) {
  const envelopeFrom = session.envelope.mailFrom ? session.envelope.mailFrom.address : ''
  const envelopeTo = session.envelope.rcptTo.map(({ address }) => address)
  const hash = createHash('sha256').update(raw)
  for (const address of [envelopeFrom, ...envelopeTo]) hash.update(`\n${address}`)
  return {
    key: hash.digest('hex'),
    raw,
    envelopeFrom,
    envelopeTo,
    peer: { ip: session.remoteAddress, helo: session.hostNameAppearsAs || '' },
  }
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode })
}
