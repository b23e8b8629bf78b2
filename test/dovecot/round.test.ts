import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Dovecot, startDovecot } from '../support/dovecot.ts'
import { type CapturedMail, type FakeSmtp, startFakeSmtp } from '../support/fakes/smtp.ts'
import { type Service, startService } from '../support/service.ts'
import { layGround, loginLink, seedShop } from '../support/service-data.ts'

// The built service with a real mailbox and a real mail server: a customer and an agent who only ever use their mail programs.

let remove: () => Promise<void>
let dovecot: Dovecot
let smtp: FakeSmtp
let service: Service
let shopId: string
let key: string

beforeAll(async () => {
  dovecot = await startDovecot()
  smtp = await startFakeSmtp()
  const ground = await layGround({
    SMTP_URL: smtp.url,
    MAIL_FROM: 'support@shop.example',
    IMAP_URL: dovecot.urlOf('support'),
    MAIL_TRUSTED_SERVER: 'mx.shop.example',
  })
  const { env } = ground
  remove = ground.remove
  service = await startService(env)
  const seeded = await seedShop(env, { name: 'Tiskarna', webhookSecret: 'secret' })
  shopId = String(seeded.shopId)
  key = seeded.apiKey
  const maja = { email: 'maja@shop.example', name: 'Maja', role: 'agent' }
  await loginLink(env, { shopId: seeded.shopId, ...maja })
})

afterAll(async () => {
  await service?.stop()
  await dovecot?.close()
  await smtp?.close()
  await remove?.()
})

async function api<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(`${service.address}/api/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as T
}

/** The next mail to somebody that fits; each is given once. */
const read = new Set<CapturedMail>()
async function mailTo(address: string, fits: (text: string) => boolean = () => true): Promise<CapturedMail> {
  for (let times = 0; times < 600; times += 1) {
    const mail = smtp.mails.find(
      (one) => !read.has(one) && one.envelopeTo.includes(address) && fits(one.parsed.text ?? ''),
    )
    if (mail) {
      read.add(mail)
      return mail
    }
    await sleep(50)
  }
  throw new Error(`no such mail came to ${address}`)
}

/** Answers as a mail program does, through the server of the writer's own domain, which says who wrote it. */
async function answer(mail: CapturedMail, from: string, text: string, proven = 'pass'): Promise<void> {
  const { parsed } = mail
  const quoted = (parsed.text ?? '').split('\n').map((line) => `> ${line}`)
  const raw = [
    `Authentication-Results: mx.shop.example; dmarc=${proven} header.from=${from.split('@')[1]}`,
    `From: <${from}>`,
    `To: <${parsed.replyTo?.[0]?.address ?? parsed.from?.address}>`,
    `Subject: Re: ${parsed.subject}`,
    `Message-ID: <${Math.random().toString(36).slice(2)}@${from.split('@')[1]}>`,
    `In-Reply-To: ${parsed.messageId}`,
    `References: ${parsed.references ?? ''} ${parsed.messageId}`,
    'Content-Type: text/plain; charset=utf-8',
    '',
    text,
    '',
    'On Wed, 25 Nov 2026 at 10:00, Tiskarna wrote:',
    ...quoted,
    '',
  ].join('\r\n')
  await dovecot.append('support', [Buffer.from(raw)])
}

const headerOf = (mail: CapturedMail, name: string) =>
  mail.parsed.headers.find(({ key }) => key === name)?.value

interface Ticket {
  id: string
  balance: { available: number }
  messages: { direction: string; body: string; template: string | null }[]
}

test('customer, ticket, agent’s mailbox, agent’s answer, customer: credits and threads are right', async () => {
  const ticket = await api<Ticket & { customer: { id: string } }>('tickets', {
    customer: { email: 'ana@example.com', name: 'Ana' },
    subject: 'Printer',
    body: 'It is offline.',
    channel: 'email',
  })
  await api(`customers/${ticket.customer.id}/grants`, {
    credits: 10,
    reason: 'Bought by phone',
    idempotencyKey: 'grant',
  })
  const asked = await mailTo('maja@shop.example')
  expect(asked.parsed.text).toContain('It is offline.')

  // The customer hears from the desk once, and from then on only mail programs are used.
  await api(`tickets/${ticket.id}/replies`, {
    channel: 'email',
    body: 'Is the cable in?',
    idempotencyKey: 'first',
  })
  const first = await mailTo('ana@example.com')
  await answer(first, 'ana@example.com', 'Yes, it is.')

  const news = await mailTo('maja@shop.example', (text) => text.includes('Yes, it is.'))
  expect(news.parsed.text).toContain('costs 1 credit and leaves 8 credits')
  // All that an agent hears of a ticket is one conversation in their program too, and no program answers to it by itself.
  expect(news.parsed.inReplyTo).toBe(`<agent-ticket-${shopId}-${ticket.id}@shop.example>`)
  expect(news.parsed.replyTo?.[0]?.address).toMatch(/^agent\+[a-z0-9]+@shop\.example$/)
  expect(headerOf(news, 'auto-submitted')).toBe('auto-generated')
  await answer(news, 'maja@shop.example', 'Then restart it.')

  const second = await mailTo('ana@example.com', (text) => text.includes('Then restart it.'))
  expect(second.parsed.from?.name).toBe('Tiskarna')
  expect(second.parsed.text).not.toContain('maja@shop.example')
  expect(second.parsed.text).toContain('8 credits left')
  // In the customer's program it stands below what they wrote, in the conversation of the first mail.
  const theirs = second.parsed.inReplyTo
  expect(theirs).toMatch(/@example\.com>$/)
  expect(second.parsed.references).toContain(first.parsed.references?.split(' ')[0])
  expect(second.parsed.references).toContain(theirs)

  expect(second.parsed.replyTo?.[0]?.address).toMatch(/^reply\+[a-z0-9]+@shop\.example$/)
  expect(second.envelopeFrom).toMatch(/^bounce\+[a-z0-9]+@shop\.example$/)
  expect(second.parsed.messageId).not.toBe(first.parsed.messageId)
  // A person wrote it: programs may answer to it.
  expect(headerOf(second, 'auto-submitted')).toBeUndefined()

  const receipt = await mailTo('maja@shop.example', (text) => text.includes('8 credits left'))
  expect(receipt.parsed.subject).toContain('Your answer was sent')

  const now = await api<Ticket>(`tickets/${ticket.id}`)
  expect(now.balance.available).toBe(8)
  expect(
    now.messages.filter(({ template }) => template === null).map(({ direction, body }) => [direction, body]),
  ).toEqual([
    ['inbound', 'It is offline.'],
    ['outbound', 'Is the cable in?'],
    ['inbound', 'Yes, it is.'],
    ['outbound', 'Then restart it.'],
  ])

  // Somebody who got hold of the agent's mail, and writes from elsewhere in the agent's name.
  await answer(news, 'maja@shop.example', 'Free credits for all!', 'fail')
  const warning = await mailTo('maja@shop.example', (text) => text.includes('could not be proven'))
  expect(warning.parsed.subject).toContain('Your e-mail waits')
  expect((await api<Ticket>(`tickets/${ticket.id}`)).balance.available).toBe(8)
})
