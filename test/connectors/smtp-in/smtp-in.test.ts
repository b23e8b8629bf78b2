import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { createTransport } from 'nodemailer'
import { openSmtpIn, type SmtpIn } from '../../../connectors/smtp-in/smtp-in.ts'
import type { DeliveredMail } from '../../../src/ports/mail-door.ts'
import { makeCertificate } from '../../support/fakes/shop/certificate.ts'
import { quietLog } from '../../support/quiet-log.ts'

let door: SmtpIn
let taken: DeliveredMail[] = []
let keeps = true

beforeAll(async () => {
  door = await openSmtpIn({
    port: 0,
    host: '127.0.0.1',
    longestMail: 200_000,
    tls: makeCertificate(),
    accepts: async (address) => address.endsWith('@desk.example'),
    take: async (mail) => {
      if (!keeps) throw new Error('the database is away')
      taken.push(mail)
    },
    log: quietLog,
  })
})

beforeEach(() => {
  taken = []
  keeps = true
})

afterAll(() => door.stop())

function send(change: { to?: string[]; from?: string; text?: string } = {}) {
  const transport = createTransport({
    host: '127.0.0.1',
    port: door.port,
    name: 'mx.example.com',
    requireTLS: true,
    tls: { rejectUnauthorized: false },
  })
  return transport.sendMail({
    envelope: { from: change.from ?? 'ana@example.com', to: change.to ?? ['reply+abc@desk.example'] },
    raw: `From: ana@example.com\r\nSubject: Hi\r\n\r\n${change.text ?? 'Hello'}\r\n`,
  })
}

test('a mail is kept with its envelope before 250 is said, and comes encrypted when the sender wishes', async () => {
  const sent = await send()
  expect(sent.response).toMatch(/^250/)
  expect(taken).toMatchObject([
    {
      envelopeFrom: 'ana@example.com',
      envelopeTo: ['reply+abc@desk.example'],
      peer: { ip: '127.0.0.1', helo: 'mx.example.com' },
    },
  ])
  expect(taken[0]?.raw.toString()).toContain('Subject: Hi\r\n\r\nHello')
})

test('a bounce, whose sender is empty, is taken', async () => {
  await send({ from: '' })
  expect(taken[0]?.envelopeFrom).toBe('')
})

test('recipients that are not ours are refused while the sender still listens', async () => {
  await expect(send({ to: ['somebody@elsewhere.example'] })).rejects.toMatchObject({ responseCode: 550 })
  expect(taken).toHaveLength(0)
})

test('a mail that cannot be kept is not acknowledged, and comes again with the same key', async () => {
  keeps = false
  await expect(send()).rejects.toMatchObject({ responseCode: 451 })
  keeps = true
  await send()
  await send()
  expect(taken).toHaveLength(2)
  expect(taken[0]?.key).toBe(taken[1]?.key)
})

test('a mail that is too large is refused by its announced size, and by its real one', async () => {
  await expect(send({ text: 'x'.repeat(300_000) })).rejects.toMatchObject({ responseCode: 552 })
  const told = await talk(
    ['EHLO mx', 'MAIL FROM:<a@b.c>', 'RCPT TO:<x@desk.example>', 'DATA'],
    [`${'y'.repeat(70)}\r\n`.repeat(4_000), '.\r\n'],
  )
  expect(told).toContain('552')
  expect(taken).toHaveLength(0)
})

test('a sender that breaks off leaves nothing behind, and the next one is served', async () => {
  await new Promise<void>((resolve) => {
    const socket = connect(door.port, '127.0.0.1', () => {
      socket.write('EHLO mx\r\nMAIL FROM:<a@b.c>\r\nRCPT TO:<x@desk.example>\r\nDATA\r\nFrom: a@b.c\r\n')
      setTimeout(() => socket.destroy(), 100)
    })
    socket.on('close', () => resolve())
    socket.on('error', () => undefined)
  })
  await send()
  expect(taken).toHaveLength(1)
})

/** Speaks SMTP by hand: commands one after the other, then the data; returns all that was answered. */
function talk(commands: string[], data: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let answered = ''
    const waiting = [...commands]
    const socket = connect(door.port, '127.0.0.1')
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      const text = String(chunk)
      answered += text
      if (!/^\d{3} .*\r\n$/m.test(text)) return
      const next = waiting.shift()
      if (next !== undefined) socket.write(`${next}\r\n`)
      else if (data.length > 0) for (const part of data.splice(0)) socket.write(part)
      else socket.end()
    })
    socket.on('close', () => resolve(answered))
  })
}
