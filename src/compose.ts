import { join } from 'node:path'
import type { Logger } from 'pino'
import { createEmail } from '../connectors/email/email.ts'
import { createFileBlobs } from '../connectors/files/blobs.ts'
import { createGenericShop } from '../connectors/generic/generic.ts'
import { openImap, readImapUrl } from '../connectors/imap/imap.ts'
import { createMailProof } from '../connectors/mailauth/mailauth.ts'
import { mailOff, textingOff } from '../connectors/off/off.ts'
import { createSandboxMail } from '../connectors/sandbox/mail.ts'
import { createSandboxTexting } from '../connectors/sandbox/texting.ts'
import { openSmtpIn } from '../connectors/smtp-in/smtp-in.ts'
import { mailOnlyTo, textsOnlyTo } from '../connectors/staging/only-to.ts'
import { createTwilioTexting } from '../connectors/twilio/twilio.ts'
import { createWooCommerceShop } from '../connectors/woocommerce/woocommerce.ts'
import { migrateDatabase } from '../prisma/migrate.ts'
import type { Config } from './config.ts'
import { type Database, openDatabase } from './db/database.ts'
import { openEmbedded } from './db/embedded/server.ts'
import { runAsLeader } from './db/leader.ts'
import { createSandboxStore } from './db/sandbox-store.ts'
import { createSendingPace } from './db/sending-pace.ts'
import { readLastChecks } from './domain/credits/find-ledger-check.ts'
import type { Deps } from './domain/deps.ts'
import { createLiveHub } from './domain/live/hub.ts'
import { createDeskTeller } from './domain/live/tell-desk.ts'
import { acceptRecipient } from './domain/mail/accept-recipient.ts'
import { readMailboxPosition, saveMailboxPosition } from './domain/mail/mailbox-position.ts'
import { noteMailbox } from './domain/mail/mailbox-state.ts'
import { markOwnMail } from './domain/mail/mark-own-mail.ts'
import { receiveMail } from './domain/mail/receive-mail.ts'
import { makeKeyring } from './domain/secrets/keyring.ts'
import type { HttpDeps } from './http/http-deps.ts'
import { readJobBacklog } from './http/metrics/job-backlog.ts'
import { createMetrics } from './http/metrics/metrics.ts'
import { createWaker } from './jobs/wake.ts'
import { type Clock, systemClock } from './ports/clock.ts'
import type { MailPort } from './ports/mail.ts'
import type { DeliveredMail } from './ports/mail-door.ts'
import type { SandboxStore } from './ports/sandbox.ts'
import type { TextingPort } from './ports/texting.ts'
import { loadSecretKey } from './secret-key.ts'
import { loadAssets } from './web/assets.ts'
import { onMissingWord } from './words/locales.ts'

/** The number that the sandbox's texts come from: one that is reserved for fiction. */
const sandboxNumber = '+15005550006'

export interface Engine {
  connectionString: string
  /** Names of the migrations that this start applied. */
  migrated: string[]
  db: Database
  close(): Promise<void>
}

/** The database, started when it is ours and brought up to date. */
export async function openEngine(config: Config, log: Logger): Promise<Engine> {
  const embedded =
    config.databaseUrl === undefined ? await openEmbedded({ dataDir: config.dataDir, log }) : undefined
  const connectionString = config.databaseUrl ?? embedded?.connectionString ?? ''
  const migration = await migrateDatabase({ connectionString, log }).catch(async (error: unknown) => {
    await embedded?.stop()
    throw error
  })
  const db = openDatabase({ connectionString, poolSize: config.databasePool })
  return {
    connectionString,
    migrated: migration.applied,
    db,
    async close() {
      await db.close()
      await embedded?.stop()
    },
  }
}

export interface Composed {
  deps: Deps
  /** Undefined in production: nothing stands in for a provider there. */
  sandbox: SandboxStore | undefined
  engine: Engine
  close(): Promise<void>
}

/** Every side of the house together: plain constructors, the only place that sees all of them. */
export async function compose(config: Config, log: Logger, clock: Clock = systemClock): Promise<Composed> {
  if (config.production) onMissingWord((missing) => log.error(missing, 'words are missing'))
  const keyring = makeKeyring(loadSecretKey(config), config.oldSecretKeys)
  const engine = await openEngine(config, log)
  const sandbox = config.production ? undefined : createSandboxStore(engine.db)
  const waker = createWaker(engine.db, log)
  const teller = createDeskTeller(engine.db, log)
  const mail = markOwnMail(chooseMail(config, { db: engine.db, log }, sandbox, clock), keyring)
  const texting = chooseTexting(config, sandbox, clock)
  const onlyTo = config.sendOnlyTo
  const deps: Deps = {
    db: engine.db,
    clock,
    log,
    keyring,
    blobs: createFileBlobs(join(config.dataDir, 'blobs')),
    mail: onlyTo ? mailOnlyTo(mail, onlyTo) : mail,
    mailRetentionDays: config.mail.retentionDays,
    mailProof: createMailProof(
      config.mail.trustedServer === undefined ? {} : { trustedServer: config.mail.trustedServer },
    ),
    takesMail: mail.sandbox || config.mail.imapUrl !== undefined || config.mail.listenPort !== undefined,
    ...(config.mail.imapUrl !== undefined && { mailbox: readImapUrl(config.mail.imapUrl).name }),
    texting: onlyTo ? textsOnlyTo(texting, onlyTo) : texting,
    shops: {
      woocommerce: createWooCommerceShop({ allowPrivateAddresses: config.allowPrivateShopUrls }),
      generic: createGenericShop(),
    },
    publicUrl: config.publicUrl,
    mailFrom: config.mail.from,
    mailDomain: config.mail.domain,
    wakeWorkers: waker.wake,
    tellDesk: teller.tell,
  }
  return {
    deps,
    sandbox,
    engine,
    async close() {
      await mail.close()
      await waker.flush()
      await teller.flush()
      await engine.close()
    },
  }
}

/** What the HTTP side needs beside the use cases. */
export function composeHttp(
  composed: Composed,
  log: Logger,
  config: Pick<Config, 'trustedProxies'>,
): HttpDeps {
  const { deps, sandbox } = composed
  return {
    ...deps,
    requestLog: log,
    live: createLiveHub(deps),
    metrics: createMetrics(
      () => readJobBacklog(deps),
      () => readLastChecks(deps.db),
    ),
    assets: loadAssets(),
    ...(config.trustedProxies && { trustedProxies: config.trustedProxies }),
    readiness: () => readiness(deps.db),
    ...(sandbox ? { sandbox } : {}),
  }
}

async function readiness(db: Database): Promise<string | undefined> {
  try {
    await db.query('ready', 'select 1 from shop limit 1', [])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function chooseMail(
  config: Config,
  deps: { db: Database; log: Logger },
  sandbox: SandboxStore | undefined,
  clock: Clock,
): MailPort {
  const { smtpUrl, maxPerMinute, dkim } = config.mail
  if (smtpUrl !== undefined) {
    const { username, host } = new URL(smtpUrl)
    const pace = createSendingPace(deps, {
      server: `${username}@${host}`,
      ...(maxPerMinute !== undefined && { perMinute: maxPerMinute }),
    })
    return createEmail({ smtpUrl, pace, ...(dkim && { dkim }) })
  }
  return sandbox ? createSandboxMail(sandbox, clock) : mailOff
}

function chooseTexting(config: Config, sandbox: SandboxStore | undefined, clock: Clock): TextingPort {
  const { twilio } = config
  if (!twilio) return sandbox ? createSandboxTexting(sandbox, clock, sandboxNumber) : textingOff
  return createTwilioTexting({
    accountSid: twilio.accountSid,
    authToken: twilio.authToken,
    sender:
      twilio.messagingServiceSid === undefined
        ? { from: twilio.from ?? '' }
        : { messagingServiceSid: twilio.messagingServiceSid },
    statusCallback: (shopId, messageId) => statusAddress(config.publicUrl, shopId, messageId),
    ...(twilio.apiBase === undefined ? {} : { apiBase: twilio.apiBase }),
  })
}

/** `messageId` is "ticket-message", as sendMessage writes it. Twilio refuses an address on this computer, so there is none then. */
function statusAddress(publicUrl: string, shopId: string, messageId: string): string | undefined {
  if (/^https?:\/\/(localhost|127\.|\[::1\])/.test(publicUrl)) return undefined
  const [ticket, message] = messageId.split('-')
  return `${publicUrl}/webhooks/twilio/${shopId}/status?ticket=${ticket}&message=${message}`
}

/** The ways by which mail comes in, opened; nothing when none is configured. */
export async function openMailDoors(
  config: Config,
  { deps }: Pick<Composed, 'deps'>,
): Promise<{ stop(): Promise<void> }> {
  const opened: { stop(): Promise<void> }[] = []
  const { imapUrl, listenPort, listenHost, listenTls } = config.mail
  const take = (door: 'imap' | 'smtp') => async (mail: DeliveredMail) => {
    await receiveMail(deps, { ...mail, door })
  }
  if (listenPort !== undefined) {
    opened.push(
      await openSmtpIn({
        port: listenPort,
        host: listenHost,
        ...(listenTls && { tls: listenTls }),
        accepts: (address) => acceptRecipient(deps, address),
        take: take('smtp'),
        log: deps.log,
      }),
    )
  }
  if (imapUrl !== undefined) {
    opened.push(
      runAsLeader(deps, {
        name: 'imap',
        start: async () =>
          openImap({
            url: imapUrl,
            readPosition: (mailbox) => readMailboxPosition(deps, mailbox),
            savePosition: (mailbox, position) => saveMailboxPosition(deps, mailbox, position),
            note: (mailbox, problem) => noteMailbox(deps, mailbox, problem),
            take: take('imap'),
            log: deps.log,
          }),
      }),
    )
  }
  return {
    async stop() {
      await Promise.all(opened.map((door) => door.stop()))
    },
  }
}
