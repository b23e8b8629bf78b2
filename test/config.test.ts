import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { ConfigError, readConfig } from '../src/config.ts'
import { loadSecretKey } from '../src/secret-key.ts'
import { projectRoot } from '../src/words/root.ts'
import { makeCertificate } from './support/fakes/shop/certificate.ts'

const key = Buffer.alloc(32, 7)

function problemsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((problem) => problem.name)
    throw error
  }
  return []
}

describe('the environment', () => {
  it('may be empty', () => {
    const config = readConfig({})
    expect(config).toMatchObject({
      environment: 'development',
      production: false,
      host: '127.0.0.1',
      port: 3000,
      publicUrl: 'http://127.0.0.1:3000',
      databaseUrl: undefined,
      databasePool: 16,
      secretKey: undefined,
      oldSecretKeys: [],
      mail: { smtpUrl: undefined, from: { name: '', address: 'support@localhost' }, domain: 'localhost' },
      twilio: undefined,
      logLevel: 'info',
      allowPrivateShopUrls: false,
    })
    expect(isAbsolute(config.dataDir)).toBe(true)
    expect(config.dataDir.endsWith('data')).toBe(true)
  })

  it('counts an empty or blank variable as unset', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '  ', TWILIO_AUTH_TOKEN: '' })).toEqual(readConfig({}))
  })

  it('takes everything that is set', () => {
    const certificate = makeCertificate()
    const pem = certificate.key
    const folder = mkdtempSync(join(tmpdir(), 'creditdesk-config-'))
    const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    writeFileSync(certFile, certificate.cert)
    writeFileSync(keyFile, certificate.key)
    const config = readConfig({
      NODE_ENV: 'production',
      HOST: '::',
      PORT: '8080',
      PUBLIC_URL: 'https://help.example.com/',
      DATABASE_URL: 'postgres://a:b@db:5432/creditdesk',
      DATABASE_POOL: '4',
      DATA_DIR: '/var/lib/creditdesk',
      SECRET_KEY: key.toString('base64'),
      SECRET_KEY_OLD: `${Buffer.alloc(32, 8).toString('base64')}, ${Buffer.alloc(32, 9).toString('base64url')}`,
      SMTP_URL: 'smtps://u:p@mail.example.com:465',
      MAIL_FROM: 'Example Support <Help@Example.com>',
      SMTP_MAX_PER_MINUTE: '60',
      DKIM_DOMAIN: 'Example.com',
      DKIM_SELECTOR: 'desk',
      DKIM_KEY: Buffer.from(pem).toString('base64'),
      IMAP_URL: 'imaps://help:p%40ss@mail.example.com:993/INBOX',
      MAIL_TRUSTED_SERVER: 'mx.example.com',
      MAIL_RETENTION_DAYS: '90',
      SMTP_LISTEN_PORT: '2525',
      SMTP_LISTEN_HOST: '0.0.0.0',
      SMTP_LISTEN_CERT: certFile,
      SMTP_LISTEN_KEY: keyFile,
      SEND_ONLY_TO: 'Ana@example.com, @staging.example, +38640123456',
      TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef',
      TWILIO_AUTH_TOKEN: 'token',
      TWILIO_FROM: '+38640123456',
      TWILIO_API_BASE: 'http://127.0.0.1:4010',
      TRUSTED_PROXIES: 'loopback, 10.0.0.0/8',
      LOG_LEVEL: 'warn',
      ALLOW_PRIVATE_SHOP_URLS: 'true',
      WORKER_CONCURRENCY: '2',
    })
    expect(config).toEqual({
      environment: 'production',
      production: true,
      host: '::',
      port: 8080,
      publicUrl: 'https://help.example.com',
      databaseUrl: 'postgres://a:b@db:5432/creditdesk',
      databasePool: 4,
      dataDir: '/var/lib/creditdesk',
      secretKey: key,
      oldSecretKeys: [Buffer.alloc(32, 8), Buffer.alloc(32, 9)],
      mail: {
        smtpUrl: 'smtps://u:p@mail.example.com:465',
        from: { name: 'Example Support', address: 'help@example.com' },
        domain: 'example.com',
        maxPerMinute: 60,
        dkim: { domainName: 'example.com', keySelector: 'desk', privateKey: pem },
        imapUrl: 'imaps://help:p%40ss@mail.example.com:993/INBOX',
        trustedServer: 'mx.example.com',
        retentionDays: 90,
        listenPort: 2525,
        listenHost: '0.0.0.0',
        listenTls: { cert: certificate.cert, key: certificate.key },
      },
      sendOnlyTo: ['ana@example.com', '@staging.example', '+38640123456'],
      twilio: {
        accountSid: 'AC0123456789abcdef0123456789abcdef',
        authToken: 'token',
        from: '+38640123456',
        messagingServiceSid: undefined,
        apiBase: 'http://127.0.0.1:4010',
      },
      trustedProxies: ['loopback', '10.0.0.0/8'],
      logLevel: 'warn',
      allowPrivateShopUrls: true,
      workerConcurrency: 2,
    })
    rmSync(folder, { recursive: true })
  })

  it.each([
    ['0.0.0.0', 'http://localhost:3000'],
    ['::1', 'http://[::1]:3000'],
    ['desk.local', 'http://desk.local:3000'],
  ])('listening on %s makes the public address %s', (host, url) => {
    expect(readConfig({ HOST: host }).publicUrl).toBe(url)
  })

  it('lists every bad variable at once and echoes none of their values', () => {
    const env = {
      NODE_ENV: 'prod-bad',
      HOST: 'two words-bad',
      PORT: '12-bad',
      PUBLIC_URL: 'ftp://bad',
      DATABASE_URL: 'mysql://root:bad@db',
      DATABASE_POOL: '1',
      SECRET_KEY: 'bad',
      SECRET_KEY_OLD: `${key.toString('base64')},bad`,
      SMTP_URL: 'mail:bad',
      MAIL_FROM: 'bad',
      MAIL_DOMAIN: '@bad',
      SMTP_MAX_PER_MINUTE: '0',
      DKIM_DOMAIN: '@bad',
      DKIM_SELECTOR: 'bad selector',
      DKIM_KEY: '-----BEGIN bad',
      IMAP_URL: 'pop3://bad',
      MAIL_TRUSTED_SERVER: '@bad',
      MAIL_RETENTION_DAYS: '0',
      SMTP_LISTEN_PORT: 'bad',
      SMTP_LISTEN_HOST: 'two words-bad',
      SMTP_LISTEN_CERT: '/nowhere/bad.pem',
      SMTP_LISTEN_KEY: '/nowhere/bad.pem',
      SEND_ONLY_TO: 'ana@example.com,bad',
      TWILIO_ACCOUNT_SID: 'bad',
      TWILIO_AUTH_TOKEN: 'tokenbad',
      TWILIO_FROM: '040/bad',
      TWILIO_MESSAGING_SERVICE_SID: 'bad',
      TWILIO_API_BASE: 'bad',
      TRUSTED_PROXIES: 'one bad',
      LOG_LEVEL: 'bad',
      ALLOW_PRIVATE_SHOP_URLS: 'bad',
      WORKER_CONCURRENCY: '0',
    }
    expect(problemsOf(env).sort()).toEqual(
      Object.keys(env)
        .filter((name) => name !== 'TWILIO_AUTH_TOKEN')
        .sort(),
    )
    let message = ''
    try {
      readConfig(env)
    } catch (error) {
      message = String(error)
    }
    expect(message).toContain('31 settings of the environment are wrong')
    expect(message).toContain('PORT: is not a port. Set a whole number from 0 to 65535')
    expect(message).not.toMatch(/bad/)
  })

  it.each([
    [{ SMTP_URL: 'smtp://mail:25' }, ['MAIL_FROM']],
    [{ TWILIO_ACCOUNT_SID: 'AC1' }, ['TWILIO_AUTH_TOKEN', 'TWILIO_FROM']],
    [{ TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 't' }, ['TWILIO_FROM']],
    [{ TWILIO_AUTH_TOKEN: 't', TWILIO_FROM: '+38640123456' }, ['TWILIO_ACCOUNT_SID']],
    [{ NODE_ENV: 'production' }, ['SECRET_KEY']],
    [{ TWILIO_ACCOUNT_SID: 'AC1', TWILIO_AUTH_TOKEN: 't', TWILIO_MESSAGING_SERVICE_SID: 'MG1' }, []],
  ])('names what is missing beside %j', (env, missing) => {
    expect(problemsOf(env)).toEqual(missing)
  })

  it('is listed whole in .env.example', () => {
    const example = readFileSync(join(projectRoot, '.env.example'), 'utf8')
    const source = readFileSync(join(projectRoot, 'src', 'config.ts'), 'utf8')
    const listed = [...example.matchAll(/^([A-Z_]+)=$/gm)].map((match) => match[1])
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map((match) => match[1])
    expect(read.length).toBeGreaterThan(15)
    expect(listed.sort()).toEqual(read.sort())
  })
})

describe('the secret key', () => {
  const folders: string[] = []
  const dataDir = () => {
    const folder = mkdtempSync(join(tmpdir(), 'creditdesk-key-'))
    folders.push(folder)
    return join(folder, 'data with space')
  }
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
  })

  it('comes from the environment when it is set, and then no file is made', () => {
    const folder = dataDir()
    const config = readConfig({ SECRET_KEY: key.toString('base64'), DATA_DIR: folder })
    expect(loadSecretKey(config)).toEqual(key)
    expect(() => statSync(folder)).toThrow()
  })

  it('is made once, kept for the owner only, and found again', () => {
    const folder = dataDir()
    const config = readConfig({ DATA_DIR: folder })
    const made = loadSecretKey(config)
    expect(made).toHaveLength(32)
    expect(loadSecretKey(config)).toEqual(made)
    expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder)).toEqual(['secret.key'])
  })

  it('is never replaced when the file is broken', () => {
    const folder = dataDir()
    loadSecretKey(readConfig({ DATA_DIR: folder }))
    writeFileSync(join(folder, 'secret.key'), 'half')
    expect(() => loadSecretKey(readConfig({ DATA_DIR: folder }))).toThrow(ConfigError)
    expect(readFileSync(join(folder, 'secret.key'), 'utf8')).toBe('half')
  })

  it('says which folder cannot be written', () => {
    const folder = dataDir()
    writeFileSync(folder, 'a file where a folder should be')
    expect(() => loadSecretKey(readConfig({ DATA_DIR: folder }))).toThrow(/DATA_DIR: .*secret\.key/)
  })
})
