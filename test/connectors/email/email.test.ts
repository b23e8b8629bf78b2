import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createEmail, type EmailOptions } from '../../../connectors/email/email.ts'
import { freePort } from '../../../src/db/embedded/ports.ts'
import type { MailPort, OutgoingMail } from '../../../src/ports/mail.ts'
import {
  type FakeSmtp,
  type SmtpTrouble,
  startFakeSmtp,
  startSilentServer,
} from '../../support/fakes/smtp.ts'

const mail: OutgoingMail = {
  messageId: 'm1.abc@desk.example',
  from: { name: 'Podpora, d.o.o.', address: 'help@desk.example' },
  to: { name: 'Ana Žagar', address: 'ana@example.test' },
  replyTo: 'reply+token@desk.example',
  envelopeFrom: 'bounce+token@desk.example',
  subject: 'Odgovor – čšž 😀',
  text: 'Pozdravljeni\n.\nHvala',
  html: '<p>Pozdravljeni</p>',
  inReplyTo: '<question@mail.example>',
  references: ['<first@mail.example>', '<question@mail.example>'],
  headers: { 'Auto-Submitted': 'auto-generated', 'X-Ticket': '1042' },
}

let smtp: FakeSmtp
const opened: MailPort[] = []

function email(change: Partial<EmailOptions> = {}): MailPort {
  const port = createEmail({
    smtpUrl: smtp.url,
    connectTimeoutMs: 10_000,
    socketTimeoutMs: 10_000,
    deadlineMs: 20_000,
    ...change,
  })
  opened.push(port)
  return port
}

beforeAll(async () => {
  smtp = await startFakeSmtp()
})
beforeEach(() => {
  smtp.behave()
  smtp.mails.length = 0
  smtp.bodiesSeen = 0
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((port) => port.close()))
})
afterAll(() => smtp.close())

describe('a mail that is accepted', () => {
  it('arrives with its headers, both bodies and its envelope', async () => {
    expect(await email().send(mail)).toEqual({ kind: 'accepted', providerId: mail.messageId })
    const [taken] = smtp.mails
    expect(taken).toMatchObject({
      envelopeFrom: 'bounce+token@desk.example',
      envelopeTo: ['ana@example.test'],
    })
    expect(taken?.parsed).toMatchObject({
      messageId: '<m1.abc@desk.example>',
      inReplyTo: '<question@mail.example>',
      references: '<first@mail.example> <question@mail.example>',
      subject: mail.subject,
      from: { name: 'Podpora, d.o.o.', address: 'help@desk.example' },
      replyTo: [{ address: 'reply+token@desk.example' }],
    })
    expect(taken?.parsed.text?.trimEnd()).toBe(mail.text)
    expect(taken?.parsed.html).toContain('<p>Pozdravljeni</p>')
    const headers = Object.fromEntries(taken?.parsed.headers.map(({ key, value }) => [key, value]) ?? [])
    expect(headers).toMatchObject({ 'auto-submitted': 'auto-generated', 'x-ticket': '1042' })
  })

  it('uses a kept connection for the next one', async () => {
    const port = email({ maxConnections: 1 })
    const before = smtp.connections
    await port.send(mail)
    await port.send(mail)
    expect(smtp.mails).toHaveLength(2)
    expect(smtp.connections - before).toBe(1)
  })

  it('goes out on a new connection when the kept one was closed meanwhile', async () => {
    const port = email({ maxConnections: 1 })
    await port.send(mail)
    smtp.misbehave({ at: 'from', drop: true }, 1)
    expect((await port.send(mail)).kind).toBe('accepted')
    expect(smtp.mails).toHaveLength(2)
  })
})

describe('a mail that is not', () => {
  const replies: [string, SmtpTrouble, 'rejected' | 'temporary', string][] = [
    ['550 to the recipient', { at: 'to', reply: 550 }, 'rejected', '550'],
    ['552 to the sender', { at: 'from', reply: 552 }, 'rejected', '552'],
    ['554 to the whole mail', { at: 'data', reply: 554 }, 'rejected', '554'],
    ['451 to the recipient', { at: 'to', reply: 451 }, 'temporary', '451'],
    ['452 to the whole mail', { at: 'data', reply: 452 }, 'temporary', '452'],
    ['421 to the whole mail', { at: 'data', reply: 421 }, 'temporary', '421'],
    ['421 to the recipient', { at: 'to', reply: 421 }, 'temporary', '421'],
    ['554 to the connection', { at: 'connect', reply: 554 }, 'temporary', '554'],
  ]
  it.each(replies)('%s', async (_name, trouble, kind, code) => {
    smtp.misbehave(trouble)
    expect(await email().send(mail)).toMatchObject({ kind, code })
    expect(smtp.mails).toHaveLength(0)
  })

  it('is temporary when the connection is lost before the mail was asked for', async () => {
    smtp.misbehave({ at: 'to', drop: true })
    expect((await email().send(mail)).kind).toBe('temporary')
    expect(smtp.bodiesSeen).toBe(0)
  })

  it.each([
    ['lost', { at: 'body', drop: true }],
    ['silent', { at: 'body', hang: true }],
  ] as [string, SmtpTrouble][])(
    'is unknown when the connection is %s after the mail, and sent once',
    async (_, trouble) => {
      smtp.misbehave(trouble)
      expect((await email({ socketTimeoutMs: 3_000 }).send(mail)).kind).toBe('unknown')
      expect(smtp.bodiesSeen).toBe(1)
    },
  )

  it('is unknown and sent once on a kept connection too', async () => {
    const port = email({ maxConnections: 1 })
    await port.send(mail)
    smtp.misbehave({ at: 'body', drop: true }, 1)
    expect((await port.send(mail)).kind).toBe('unknown')
    expect(smtp.bodiesSeen).toBe(2)
  })

  it('is unknown when the deadline comes after the mail, temporary when it comes before', async () => {
    smtp.misbehave({ at: 'body', hang: true })
    expect((await email({ deadlineMs: 3_000 }).send(mail)).kind).toBe('unknown')
    const silent = await startSilentServer()
    try {
      const slow = { smtpUrl: silent.url, connectTimeoutMs: 5_000, deadlineMs: 200 }
      expect((await email(slow).send(mail)).kind).toBe('temporary')
      expect((await email({ smtpUrl: silent.url, connectTimeoutMs: 100 }).send(mail)).kind).toBe('temporary')
    } finally {
      await silent.close()
    }
  })

  it('is temporary when nothing listens, the name is unknown or the login is refused', async () => {
    const smtpUrl = `smtp://127.0.0.1:${await freePort()}`
    expect((await email({ smtpUrl }).send(mail)).kind).toBe('temporary')
    expect((await email({ smtpUrl: 'smtp://mail.invalid' }).send(mail)).kind).toBe('temporary')
    const locked = await startFakeSmtp({ login: { user: 'desk', password: 'right' } })
    try {
      expect((await email({ smtpUrl: locked.url }).send(mail)).kind).toBe('accepted')
      const outcome = await email({ smtpUrl: locked.url.replace('right', 'very-wrong') }).send(mail)
      expect(outcome).toMatchObject({ kind: 'temporary', code: '535' })
      expect(JSON.stringify(outcome)).not.toContain('very-wrong')
    } finally {
      await locked.close()
    }
  })

  it('comes back as temporary after closing', async () => {
    const port = email()
    await port.close()
    expect((await port.send(mail)).kind).toBe('temporary')
  })
})

describe('injection', () => {
  it('refuses an address that is not one plain mailbox', async () => {
    const bad = [
      'a@b.test, c@d.test',
      'a@b.test\r\nBcc: c@d.test',
      '<a@b.test>',
      'a b@c.test',
      'a',
      '',
      'a@b@c',
      '"x"@y.z',
    ]
    for (const address of bad) {
      expect(await email().send({ ...mail, to: { name: '', address } })).toMatchObject({ kind: 'rejected' })
    }
    expect(await email().send({ ...mail, envelopeFrom: 'a@b.test> SIZE=1' })).toMatchObject({
      kind: 'rejected',
    })
    expect(await email().send({ ...mail, messageId: 'a>\r\nX: y' })).toMatchObject({ kind: 'rejected' })
    for (const name of ['Bcc', 'cc', 'X Y', 'X:\r\nY', 'Content-Type']) {
      expect(await email().send({ ...mail, headers: { [name]: 'x' } })).toMatchObject({ kind: 'rejected' })
    }
    expect(smtp.bodiesSeen).toBe(0)
  })

  it('keeps a line break in a subject, a name, a header or a reference from becoming a header', async () => {
    const evil = 'x\r\nBcc: evil@example.test\r\n\r\nbody'
    const outcome = await email().send({
      ...mail,
      subject: evil,
      from: { ...mail.from, name: evil },
      to: { ...mail.to, name: evil },
      inReplyTo: evil,
      references: [evil, '<good@mail.example>'],
      headers: { 'X-Note': evil },
    })
    expect(outcome.kind).toBe('accepted')
    const [taken] = smtp.mails
    expect(taken?.parsed.bcc).toBeUndefined()
    expect(taken?.parsed.headers.map(({ key }) => key)).not.toContain('bcc')
    expect(taken?.parsed.references).toBe('<good@mail.example>')
    expect(taken?.parsed.inReplyTo).toBeUndefined()
    expect(taken?.envelopeTo).toEqual(['ana@example.test'])
  })
})
