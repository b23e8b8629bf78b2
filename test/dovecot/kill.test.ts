import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Dovecot, startDovecot } from '../support/dovecot.ts'
import { type FakeSmtp, startFakeSmtp } from '../support/fakes/smtp.ts'
import { freePort, runCli, type Service, startService } from '../support/service.ts'

// The built service reads a real mailbox and is killed with SIGKILL again and again while a thousand mails lie in it.

const mails = 1_000
let dataDir: string
let dovecot: Dovecot
let smtp: FakeSmtp
let env: Record<string, string>
let service: Service | undefined
let apiKey: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-imap-kill-'))
  dovecot = await startDovecot()
  smtp = await startFakeSmtp()
  env = {
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    NODE_ENV: 'development',
    SMTP_URL: smtp.url,
    MAIL_FROM: 'support@shop.example',
    IMAP_URL: dovecot.urlOf('support'),
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
  await dovecot?.close()
  await smtp?.close()
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

test('of a thousand mails none is lost and none is there twice, however often the service dies', async () => {
  // Forty customers with a ticket each, so that the brake on loops, forty an hour, does not come in between.
  const customers = Array.from({ length: 40 }, (_, n) => `customer${n}@example.com`)
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
  const raws = Array.from({ length: mails }, (_, n) =>
    Buffer.from(
      [
        `From: <${customers[n % customers.length]}>`,
        'To: support@shop.example',
        `Message-ID: <mail${n}@example.com>`,
        `Subject: Mail ${n}`,
        'Content-Type: text/plain; charset=utf-8',
        '',
        `This is mail number ${n}.`,
        '',
      ].join('\r\n'),
    ),
  )
  await dovecot.append('support', raws.slice(0, 200))
  const rest = dovecot.append('support', raws.slice(200))
  for (let kills = 0; kills < 5; kills += 1) {
    await sleep(400 + 300 * kills)
    await service?.kill()
    service = await startService(env)
  }
  await rest
  const expected = raws.map((_, n) => `This is mail number ${n}.`).sort()
  let found: string[] = []
  for (let times = 0; times < 300 && found.length < mails; times += 1) {
    await sleep(250)
    found = await bodies(tickets)
  }
  // What would be there twice comes a moment later.
  await sleep(1_000)
  expect((await bodies(tickets)).sort()).toEqual(expected)
  expect(await dovecot.count('support')).toEqual({ seen: mails, unseen: 0 })
}, 180_000)

async function bodies(tickets: string[]): Promise<string[]> {
  const all: string[] = []
  for (const id of tickets) {
    const { messages } = await api<Ticket>(`tickets/${id}?limit=100`)
    all.push(...messages.map(({ body }) => body).filter((body) => body.startsWith('This is mail')))
  }
  return all
}
