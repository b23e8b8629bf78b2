import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTransport } from 'nodemailer'
import { isLong, patienceMs } from '../support/runs.ts'
import { freePort, runCli, type Service, startService } from '../support/service.ts'

// The built service takes mail in as a mail server and is killed with SIGKILL while it does. Senders do what mail servers do: what
// was not answered with 250 is sent again, so a mail whose 250 got lost comes twice.

const mails = isLong ? 1_000 : 300
const kills = isLong ? 10 : 4
const connections = 6
/** Ten restarts take minutes on a busy machine. */
const patience = isLong ? patienceMs : 300_000
let dataDir: string
let env: Record<string, string>
let smtpPort: number
let service: Service | undefined
let apiKey: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-smtp-kill-'))
  smtpPort = await freePort()
  env = {
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    NODE_ENV: 'development',
    MAIL_FROM: 'support@shop.example',
    SMTP_LISTEN_PORT: String(smtpPort),
    SMTP_LISTEN_HOST: '127.0.0.1',
  }
  service = await startService(env)
  const shop = await runCli<{ id: string }>(env, [
    ...['shop:add', '--name', 'Shop', '--url', 'https://shop.example', '--webhook-secret', 'secret'],
  ])
  const scopes = ['--scopes', 'read,write']
  apiKey = (await runCli<{ key: string }>(env, ['apikey:add', '--shop', shop.json.id, ...scopes])).json.key
}, 90_000)

afterAll(async () => {
  await service?.stop()
  await rm(dataDir, { recursive: true, force: true })
}, 30_000)

async function api<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${service?.address}/api/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

interface Ticket {
  id: string
  messages: { body: string }[]
}

// No sender writes more than forty, so that the brake on loops does not come in between.
const customers = Array.from({ length: 40 }, (_, n) => `customer${n}@example.com`)

/** Sends one mail until a server says that it took it. */
async function insist(n: number): Promise<void> {
  const from = customers[n % customers.length] ?? ''
  const raw = [
    `From: <${from}>`,
    'To: support@shop.example',
    `Message-ID: <mail${n}@example.com>`,
    `Subject: Mail ${n}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    `This is mail number ${n}.`,
    '',
  ].join('\r\n')
  for (;;) {
    const transport = createTransport({ host: '127.0.0.1', port: smtpPort, ignoreTLS: true })
    try {
      await transport.sendMail({ envelope: { from, to: ['support@shop.example'] }, raw })
      return
    } catch {
      await sleep(50)
    } finally {
      transport.close()
    }
  }
}

test(
  'of the mails that it took none is lost and none is there twice, however often it dies',
  async () => {
    const tickets: string[] = []
    for (const email of customers) {
      const made = await api<Ticket>('tickets', {
        customer: { email },
        subject: 'A question',
        body: 'Hello',
        channel: 'email',
      })
      tickets.push(made.id)
    }
    let next = 0
    let taken = 0
    const senders = Array.from({ length: connections }, async () => {
      while (next < mails) {
        await insist(next++)
        taken += 1
      }
    })
    for (let kill = 1; kill <= kills; kill += 1) {
      // By what arrived and not by the clock, so that each kill meets mails under way on a slow machine too.
      while (taken < (kill * mails) / (kills + 1)) await sleep(5)
      await service?.kill()
      service = await startService(env)
    }
    await Promise.all(senders)
    const expected = Array.from({ length: mails }, (_, n) => `This is mail number ${n}.`).sort()
    let found: string[] = []
    for (let times = 0; times < 400 && found.length < mails; times += 1) {
      await sleep(250)
      found = await bodies(tickets)
    }
    // What would be there twice comes a moment later.
    await sleep(1_000)
    expect((await bodies(tickets)).sort()).toEqual(expected)
  },
  patience,
)

async function bodies(tickets: string[]): Promise<string[]> {
  const all: string[] = []
  for (const id of tickets) {
    const { messages } = await api<Ticket>(`tickets/${id}?limit=100`)
    all.push(...messages.map(({ body }) => body).filter((body) => body.startsWith('This is mail')))
  }
  return all
}
