import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

export interface CapturedMail {
  envelopeFrom: string
  envelopeTo: string[]
  raw: Buffer
  parsed: Email
}

/** A mail server on 127.0.0.1 that keeps what it takes. */
export interface FakeSmtp {
  /** smtp://127.0.0.1:PORT */
  url: string
  mails: CapturedMail[]
  /** Mails whose whole body arrived, whatever was answered. */
  bodiesSeen: number
  connections: number
  /** The next `times` mails are answered with this reply at this command, or the connection is dropped there. */
  misbehave(trouble: SmtpTrouble, times?: number): void
  behave(): void
  /** Resolves with the mail once `count` were taken; rejects after `withinMs`. */
  waitFor(count: number, withinMs?: number): Promise<CapturedMail[]>
  close(): Promise<void>
}

export type SmtpTrouble =
  | { at: 'connect' | 'from' | 'to' | 'data'; reply: number; text?: string }
  | { at: 'from' | 'to' | 'body'; drop: true }
  | { at: 'body'; hang: true }

export interface FakeSmtpOptions {
  port?: number
  /** Asks for this login; none when not given. */
  login?: { user: string; password: string }
}

export async function startFakeSmtp(options: FakeSmtpOptions = {}): Promise<FakeSmtp> {
  let trouble: { kind: SmtpTrouble; left: number } | undefined
  const sockets = new Set<Socket>()

  /** The trouble that waits at this command; it counts as played. */
  function take(at: SmtpTrouble['at']): SmtpTrouble | undefined {
    if (!trouble || trouble.left <= 0 || trouble.kind.at !== at) return undefined
    trouble.left -= 1
    return trouble.kind
  }

  function dropAll(): void {
    for (const socket of sockets) socket.destroy()
  }

  function answer(found: SmtpTrouble | undefined, next: (error?: Error | null) => void): void {
    if (!found) next()
    else if ('reply' in found) next(smtpReply(found.reply, found.text))
    else if ('drop' in found) dropAll()
  }

  const { login } = options
  const server = new SMTPServer({
    disabledCommands: login ? ['STARTTLS'] : ['STARTTLS', 'AUTH'],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 200,
    onAuth(auth, _session, done) {
      const right = auth.username === login?.user && auth.password === login?.password
      if (right) done(null, { user: auth.username })
      else done(smtpReply(535, 'Authentication credentials invalid'))
    },
    onConnect(_session, done) {
      fake.connections += 1
      answer(take('connect'), done)
    },
    onMailFrom(_address, _session, done) {
      answer(take('from'), done)
    },
    onRcptTo(_address, _session, done) {
      answer(take('to'), done)
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        fake.bodiesSeen += 1
        const found = take('data') ?? take('body')
        if (found) {
          answer(found, done)
          return
        }
        const raw = Buffer.concat(chunks)
        const from = session.envelope.mailFrom
        const envelopeFrom = from ? from.address : ''
        const envelopeTo = session.envelope.rcptTo.map((recipient) => recipient.address)
        PostalMime.parse(raw).then((parsed) => {
          fake.mails.push({ envelopeFrom, envelopeTo, raw, parsed })
          done()
        }, done)
      })
    },
  })
  // Connection resets are what a test asks for here.
  server.on('error', () => undefined)

  const fake: Omit<FakeSmtp, 'url' | 'close'> = {
    mails: [],
    bodiesSeen: 0,
    connections: 0,
    misbehave(kind, times = Number.POSITIVE_INFINITY) {
      trouble = { kind, left: times }
    },
    behave() {
      trouble = undefined
    },
    async waitFor(count, withinMs = 5_000) {
      const deadline = Date.now() + withinMs
      while (fake.mails.length < count) {
        if (Date.now() > deadline) throw new Error(`only ${fake.mails.length} of ${count} mails came`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      return fake.mails
    },
  }

  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  return Object.assign(fake, {
    url: urlOf(server.server, login),
    close: () =>
      new Promise<void>((resolve) => {
        dropAll()
        server.close(() => resolve())
      }),
  })
}

/** A server that accepts connections and never says a word. */
export async function startSilentServer(): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: urlOf(server),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy()
        server.close(() => resolve())
      }),
  }
}

function urlOf(server: Server, login?: { user: string; password: string }): string {
  const { port } = server.address() as AddressInfo
  const userinfo = login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : ''
  return `smtp://${userinfo}127.0.0.1:${port}`
}

function smtpReply(code: number, text = code >= 500 ? 'No such mailbox' : 'Try again later'): Error {
  return Object.assign(new Error(text), { responseCode: code })
}
