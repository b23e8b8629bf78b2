import { ImapFlow, type MailboxObject } from 'imapflow'
import type { Log } from '../../src/ports/log.ts'
import type { MailboxPosition, MailDoor, MailDoorEvents } from '../../src/ports/mail-door.ts'
import { createWaiting } from './waiting.ts'

export interface ImapOptions extends MailDoorEvents {
  /** imaps://user:password@host:993/INBOX; what is special in user and password is percent-encoded. */
  url: string
  readPosition(mailbox: string): Promise<MailboxPosition | undefined>
  savePosition(mailbox: string, position: MailboxPosition): Promise<void>
  /** Told each time the mailbox was read to its end, or with why it could not be read. */
  note(mailbox: string, problem: string | null): Promise<void>
  log: Log
  /** Looks for new mail after so long even when the server says nothing. Default five minutes. */
  pollMs?: number
  /** Waits before connecting again; the last goes on. Default 1 s to 1 min. */
  reconnectMs?: number[]
  /** More of a mail is cut off. Default 50 MB. */
  longestMail?: number
}

/** Mails that are fetched at once; their sources lie in memory meanwhile. */
const batch = 20

/**
 * Reads a mailbox and goes on listening (IDLE). Each mail is kept before it is marked as read, and marked before the position
 * moves past it, so that a crash at any moment loses none and leaves none unmarked; what is told twice has the same key. On the first sight of a mailbox only its
 * unread mail is taken, since years of old mail are no questions.
 */
export function openImap(options: ImapOptions): MailDoor {
  const reconnectMs = options.reconnectMs ?? [1_000, 5_000, 15_000, 60_000]
  const waiting = createWaiting()
  const { folder, name, connection } = readImapUrl(options.url)
  let stopping = false
  let client: ImapFlow | undefined

  async function run(): Promise<void> {
    let failures = 0
    while (!stopping) {
      try {
        await watch(() => {
          failures = 0
        })
      } catch (error) {
        const problem = describe(error)
        options.log.warn({ error: problem }, 'the mailbox cannot be read; trying again')
        await note(problem)
      }
      if (stopping) return
      await waiting.pause(reconnectMs[Math.min(failures, reconnectMs.length - 1)] ?? 0)
      failures += 1
    }
  }

  /** What the page says about the mailbox is less than its mails: a note that cannot be taken holds nothing up. */
  async function note(problem: string | null): Promise<void> {
    await options
      .note(name, problem)
      .catch((error: unknown) => options.log.warn({ error: describe(error) }, 'mailbox state not noted'))
  }

  /** Reads until the connection ends. */
  async function watch(onConnected: () => void): Promise<void> {
    const imap = new ImapFlow({
      ...connection,
      logger: false,
      emitLogs: false,
      missingIdleCommand: 'NOOP',
      autoIdleDelay: 100,
    })
    client = imap
    const ended = new Promise<void>((resolve) => imap.once('close', resolve))
    let failure: unknown
    imap.on('error', (error) => {
      failure = error
    })
    try {
      await imap.connect()
      imap.on('exists', () => waiting.wake())
      const mailbox = await imap.mailboxOpen(folder)
      onConnected()
      for (;;) {
        await readNew(imap, mailbox)
        if (stopping || !imap.usable) break
        await note(null)
        await Promise.race([waiting.pause(options.pollMs ?? 300_000), ended])
        if (stopping || !imap.usable) break
      }
    } finally {
      imap.close()
    }
    if (failure !== undefined && !stopping) throw failure
  }

  async function readNew(imap: ImapFlow, mailbox: MailboxObject): Promise<void> {
    const position = await positionOf(imap, mailbox)
    for (;;) {
      const found = await imap.search({ uid: `${position.lastUid + 1n}:*` }, { uid: true })
      // The range n:* always finds the last mail, also when its number is lower than n.
      const uids = (found || []).filter((uid) => BigInt(uid) > position.lastUid).sort((a, b) => a - b)
      if (uids.length === 0) return
      for (let at = 0; at < uids.length; at += batch) {
        const few = uids.slice(at, at + batch)
        await keep(imap, mailbox.uidValidity, few)
        await imap.messageFlagsAdd(few.join(','), ['\\Seen'], { uid: true })
        position.lastUid = BigInt(few.at(-1) ?? 0)
        await options.savePosition(name, position)
        if (stopping) return
      }
    }
  }

  async function positionOf(imap: ImapFlow, mailbox: MailboxObject): Promise<MailboxPosition> {
    const known = await options.readPosition(name)
    if (known?.uidValidity === mailbox.uidValidity) return known
    const position = { uidValidity: mailbox.uidValidity, lastUid: BigInt(mailbox.uidNext) - 1n }
    const unread = (await imap.search({ seen: false }, { uid: true })) || []
    const old = unread.filter((uid) => BigInt(uid) <= position.lastUid)
    for (let at = 0; at < old.length; at += batch) {
      await keep(imap, mailbox.uidValidity, old.slice(at, at + batch))
    }
    if (old.length > 0) await imap.messageFlagsAdd(old.join(','), ['\\Seen'], { uid: true })
    await options.savePosition(name, position)
    return position
  }

  async function keep(imap: ImapFlow, uidValidity: bigint, uids: number[]): Promise<void> {
    const maxLength = options.longestMail ?? 50_000_000
    const mails = await imap.fetchAll(uids.join(','), { uid: true, source: { maxLength } }, { uid: true })
    await Promise.all(
      mails.map(async ({ uid, source }) => {
        // A mail that somebody deleted meanwhile has none.
        if (!source) return
        await options.take({ key: `${name}/${uidValidity}/${uid}`, raw: Buffer.from(source), envelopeTo: [] })
      }),
    )
  }

  const running = run()
  return {
    async stop() {
      stopping = true
      waiting.wake()
      client?.close()
      await running
    },
  }
}

/** Reads the address of a mailbox. `name` tells it apart from others and holds no password. */
export function readImapUrl(text: string) {
  const url = new URL(text)
  const secure = url.protocol === 'imaps:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const port = Number(url.port) || (secure ? 993 : 143)
  const user = decodeURIComponent(url.username)
  const folder = decodeURIComponent(url.pathname.slice(1)) || 'INBOX'
  return {
    folder,
    name: `${user}@${host}:${port}/${folder}`,
    connection: { host, port, secure, auth: { user, pass: decodeURIComponent(url.password) } },
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const told = 'responseText' in error && typeof error.responseText === 'string' ? error.responseText : ''
  return told === '' ? error.message : `${error.message}: ${told}`
}
