import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import { wordsFor } from './words/words.ts'

export interface Config {
  environment: 'production' | 'development' | 'test'
  /** True when NODE_ENV is "production": no sandbox, and the key must come from outside. */
  production: boolean
  host: string
  port: number
  /** Address by which customers and providers reach us, without a slash at its end. */
  publicUrl: string
  /** Undefined: the embedded PostgreSQL under `dataDir`. */
  databaseUrl: string | undefined
  /** Connections of one process. */
  databasePool: number
  /** Absolute. */
  dataDir: string
  /** 32 bytes; undefined outside production when the key is kept in `dataDir` (secret-key.ts). */
  secretKey: Buffer | undefined
  /** Former keys, newest first: they still open and verify, and seal nothing. */
  oldSecretKeys: Buffer[]
  mail: {
    /** Undefined: e-mail is not configured. */
    smtpUrl: string | undefined
    from: { name: string; address: string }
    /** Domain of Message-IDs and of reply addresses. */
    domain: string
    /** Undefined: the server sets no limit that we know of. */
    maxPerMinute: number | undefined
    /** Undefined: mails leave without a signature of ours. */
    dkim: { domainName: string; keySelector: string; privateKey: string } | undefined
    /** Undefined: no mailbox is read. */
    imapUrl: string | undefined
    /** How long raw mails are kept, in days. */
    retentionDays: number
    /** Name under which our own mail server says who sent a mail (Authentication-Results); undefined: nobody is believed. */
    trustedServer: string | undefined
    /** Undefined: no mail is taken in directly. */
    listenPort: number | undefined
    listenHost: string
    /** Undefined: senders write to our port in the clear. */
    listenTls: { cert: string; key: string } | undefined
  }
  /** Undefined: mail and texts go to everybody. */
  sendOnlyTo: string[] | undefined
  /** Undefined: texting is not configured. `from`, `messagingServiceSid` or both are set. */
  twilio:
    | {
        accountSid: string
        authToken: string
        from: string | undefined
        messagingServiceSid: string | undefined
        apiBase: string | undefined
      }
    | undefined
  /** Proxies whose X-Forwarded-For is believed, as Express takes them; undefined: nobody's. */
  trustedProxies: string[] | undefined
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  allowPrivateShopUrls: boolean
  /** Jobs that one process works on at once. */
  workerConcurrency: number
}

export interface ConfigProblem {
  name: string
  /** What is wrong. Never holds the value: it may be a secret. */
  problem: string
  /** What to do about it. */
  mend: string
}

/** Lists every bad variable at once, so that an operator mends them in one go. */
export class ConfigError extends Error {
  readonly problems: ConfigProblem[]

  constructor(problems: ConfigProblem[]) {
    const { t } = wordsFor('en')
    const lines = problems.map((one) => `  ${t('cli:config.line', { ...one })}`)
    super([t('cli:config.heading', { count: problems.length }), ...lines].join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
  }
}

const keyBytes = 32

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .refine((value) => value >= least && value <= most)

const address = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol))

const webAddress = address('http:', 'https:')
  .refine((value) => URL.canParse(value) && !new URL(value).search && !new URL(value).hash)
  .transform((value) => value.replace(/\/+$/, ''))

const secretKey = z
  .string()
  .regex(/^[A-Za-z0-9+/_-]+={0,2}$/)
  .transform((value) => Buffer.from(value, 'base64'))
  .refine((key) => key.length === keyBytes)

const mailbox = z.string().transform((value, context) => {
  const [, name = '', address = ''] = /^(?:"?([^"<>]*?)"?\s*<([^<>]+)>)$/.exec(value) ?? [
    undefined,
    '',
    value,
  ]
  if (/^[^\s@<>"]+@[^\s@<>"]+$/.test(address)) return { name, address: address.toLowerCase() }
  context.addIssue({ code: 'custom' })
  return z.NEVER
})

/** A file in PEM, read once. */
const pemFile = z.string().transform((path, context) => {
  try {
    const pem = readFileSync(path, 'utf8')
    if (pem.includes('-----BEGIN ')) return pem
  } catch {
    // Told below, with the name of the variable.
  }
  context.addIssue({ code: 'custom' })
  return z.NEVER
})

/** A private key in PEM, or the same in base64 on one line, which is easier to keep in an environment. */
const pemKey = z
  .string()
  .transform((value) =>
    value.startsWith('-----') ? value.replaceAll('\\n', '\n') : Buffer.from(value, 'base64').toString('utf8'),
  )
  .refine((value) => {
    try {
      createPrivateKey(value)
      return true
    } catch {
      return false
    }
  })

const domainName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)

const variables = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  HOST: z.string().regex(/^\S+$/).default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3000),
  PUBLIC_URL: webAddress.optional(),
  DATABASE_URL: address('postgres:', 'postgresql:').optional(),
  DATABASE_POOL: wholeNumber(2, 1000).default(16),
  DATA_DIR: z.string().default('./data'),
  SECRET_KEY: secretKey.optional(),
  SECRET_KEY_OLD: z
    .string()
    .transform((list) => list.split(',').map((key) => key.trim()))
    .pipe(z.array(secretKey))
    .default([]),
  SMTP_URL: address('smtp:', 'smtps:').optional(),
  MAIL_FROM: mailbox.optional(),
  MAIL_DOMAIN: domainName.optional(),
  SMTP_MAX_PER_MINUTE: wholeNumber(1, 100_000).optional(),
  DKIM_DOMAIN: domainName.optional(),
  DKIM_SELECTOR: z
    .string()
    .regex(/^[A-Za-z0-9._-]+$/)
    .optional(),
  DKIM_KEY: pemKey.optional(),
  IMAP_URL: address('imap:', 'imaps:').optional(),
  MAIL_RETENTION_DAYS: wholeNumber(1, 36_500).default(365),
  MAIL_TRUSTED_SERVER: domainName.optional(),
  SMTP_LISTEN_PORT: wholeNumber(0, 65_535).optional(),
  SMTP_LISTEN_HOST: z.string().regex(/^\S+$/).optional(),
  SMTP_LISTEN_CERT: pemFile.optional(),
  SMTP_LISTEN_KEY: pemFile.optional(),
  SEND_ONLY_TO: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim().toLowerCase()))
    .pipe(z.array(z.string().regex(/^([^\s@]*@[^\s@]+|\+[1-9]\d{6,14})$/)))
    .optional(),
  TWILIO_ACCOUNT_SID: z
    .string()
    .regex(/^AC\w+$/)
    .optional(),
  TWILIO_AUTH_TOKEN: z.string().optional(),
  TWILIO_FROM: z
    .string()
    .regex(/^(\+[1-9]\d{6,14}|[A-Za-z0-9 ]{1,11})$/)
    .optional(),
  TWILIO_MESSAGING_SERVICE_SID: z
    .string()
    .regex(/^MG\w+$/)
    .optional(),
  TWILIO_API_BASE: webAddress.optional(),
  TRUSTED_PROXIES: z
    .string()
    .transform((list) => list.split(',').map((entry) => entry.trim()))
    .pipe(z.array(z.string().regex(/^(loopback|linklocal|uniquelocal|[0-9a-fA-F.:]+(\/\d{1,3})?)$/)))
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  ALLOW_PRIVATE_SHOP_URLS: z.stringbool().default(false),
  WORKER_CONCURRENCY: wholeNumber(1, 200).default(8),
})

type Given = Partial<Record<keyof typeof variables.shape, string>>

/** Variables that only make sense together; each missing one is named, or an operator mends them one start at a time. */
function missingPartners(given: Given): ConfigProblem[] {
  const { t } = wordsFor('en')
  const missing = (name: string, partner: string): ConfigProblem => ({
    name,
    problem: t('cli:config.partner.problem', { partner }),
    mend: t('cli:config.partner.mend', { name, partner }),
  })
  const found: ConfigProblem[] = []
  if (given.SMTP_URL && !given.MAIL_FROM) found.push(missing('MAIL_FROM', 'SMTP_URL'))
  const texting = (
    ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM', 'TWILIO_MESSAGING_SERVICE_SID'] as const
  ).find((name) => given[name])
  if (texting) {
    if (!given.TWILIO_ACCOUNT_SID) found.push(missing('TWILIO_ACCOUNT_SID', texting))
    if (!given.TWILIO_AUTH_TOKEN) found.push(missing('TWILIO_AUTH_TOKEN', texting))
    if (!given.TWILIO_FROM && !given.TWILIO_MESSAGING_SERVICE_SID) found.push(missing('TWILIO_FROM', texting))
  }
  const signing = ['DKIM_DOMAIN', 'DKIM_SELECTOR', 'DKIM_KEY'] as const
  const signs = signing.find((name) => given[name])
  if (signs) {
    for (const name of signing) if (!given[name]) found.push(missing(name, signs))
  }
  if (given.SMTP_LISTEN_CERT && !given.SMTP_LISTEN_KEY) {
    found.push(missing('SMTP_LISTEN_KEY', 'SMTP_LISTEN_CERT'))
  }
  if (given.SMTP_LISTEN_KEY && !given.SMTP_LISTEN_CERT) {
    found.push(missing('SMTP_LISTEN_CERT', 'SMTP_LISTEN_KEY'))
  }
  for (const door of ['IMAP_URL', 'SMTP_LISTEN_PORT'] as const) {
    if (given[door] && !given.MAIL_FROM) found.push(missing('MAIL_FROM', door))
  }
  if (given.NODE_ENV === 'production' && !given.SECRET_KEY) {
    found.push({
      name: 'SECRET_KEY',
      problem: t('cli:config.noKey'),
      mend: t('cli:config.SECRET_KEY.mend'),
    })
  }
  return found
}

/** Reads the environment; an empty variable counts as unset. Throws ConfigError with all that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given: Given = {}
  for (const name of Object.keys(variables.shape) as (keyof Given)[]) {
    const value = env[name]?.trim()
    if (value) given[name] = value
  }
  const parsed = variables.safeParse(given)
  const wrong = new Set(parsed.error?.issues.map((issue) => String(issue.path[0])))
  const { t } = wordsFor('en')
  const problems = [...wrong].map((name) => ({
    name,
    problem: t(`cli:config.${name}.problem`),
    mend: t(`cli:config.${name}.mend`),
  }))
  problems.push(...missingPartners(given))
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems)
  return toConfig(parsed.data)
}

function toConfig(data: z.output<typeof variables>): Config {
  const publicUrl = data.PUBLIC_URL ?? `http://${reachableHost(data.HOST)}:${data.PORT}`
  const domain = data.MAIL_DOMAIN ?? data.MAIL_FROM?.address.split('@')[1] ?? mailDomainOf(publicUrl)
  return {
    environment: data.NODE_ENV,
    production: data.NODE_ENV === 'production',
    host: data.HOST,
    port: data.PORT,
    publicUrl,
    databaseUrl: data.DATABASE_URL,
    databasePool: data.DATABASE_POOL,
    dataDir: resolve(data.DATA_DIR),
    secretKey: data.SECRET_KEY,
    oldSecretKeys: data.SECRET_KEY_OLD,
    mail: {
      smtpUrl: data.SMTP_URL,
      from: data.MAIL_FROM ?? { name: '', address: `support@${domain}` },
      domain,
      maxPerMinute: data.SMTP_MAX_PER_MINUTE,
      dkim:
        data.DKIM_DOMAIN && data.DKIM_SELECTOR && data.DKIM_KEY
          ? { domainName: data.DKIM_DOMAIN, keySelector: data.DKIM_SELECTOR, privateKey: data.DKIM_KEY }
          : undefined,
      retentionDays: data.MAIL_RETENTION_DAYS,
      imapUrl: data.IMAP_URL,
      trustedServer: data.MAIL_TRUSTED_SERVER,
      listenPort: data.SMTP_LISTEN_PORT,
      listenHost: data.SMTP_LISTEN_HOST ?? data.HOST,
      listenTls:
        data.SMTP_LISTEN_CERT && data.SMTP_LISTEN_KEY
          ? { cert: data.SMTP_LISTEN_CERT, key: data.SMTP_LISTEN_KEY }
          : undefined,
    },
    sendOnlyTo: data.SEND_ONLY_TO,
    twilio:
      data.TWILIO_ACCOUNT_SID && data.TWILIO_AUTH_TOKEN
        ? {
            accountSid: data.TWILIO_ACCOUNT_SID,
            authToken: data.TWILIO_AUTH_TOKEN,
            from: data.TWILIO_FROM,
            messagingServiceSid: data.TWILIO_MESSAGING_SERVICE_SID,
            apiBase: data.TWILIO_API_BASE,
          }
        : undefined,
    trustedProxies: data.TRUSTED_PROXIES,
    logLevel: data.LOG_LEVEL,
    allowPrivateShopUrls: data.ALLOW_PRIVATE_SHOP_URLS,
    workerConcurrency: data.WORKER_CONCURRENCY,
  }
}

/** "0.0.0.0" is where we listen, not an address that a browser can open. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}

/** A bare IP address is no domain of a mailbox; mail without MAIL_FROM only ever goes to the sandbox. */
function mailDomainOf(publicUrl: string): string {
  const { hostname } = new URL(publicUrl)
  return /^[\d.]+$|^\[/.test(hostname) ? 'localhost' : hostname
}
