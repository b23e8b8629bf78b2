import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createEmail } from '../../../connectors/email/email.ts'
import { type Database, openDatabase } from '../../../src/db/database.ts'
import { freePort } from '../../../src/db/embedded/ports.ts'
import { createSendingPace, type PaceOptions } from '../../../src/db/sending-pace.ts'
import type { MailPort } from '../../../src/ports/mail.ts'
import { createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { startFakeSmtp } from '../../support/fakes/smtp.ts'
import { quietLog } from '../../support/quiet-log.ts'

let database: TestDatabase
let processes: [Database, Database]
beforeAll(async () => {
  database = await createTestDatabase()
  const open = () => openDatabase({ connectionString: database.connectionString, poolSize: 4 })
  processes = [open(), open()]
})
afterAll(async () => {
  await Promise.all(processes.map((db) => db.close()))
  await database.drop()
})

/** As one of two processes that send to the same server. */
const paceOf = (which: 0 | 1, options: PaceOptions) =>
  createSendingPace({ db: processes[which], log: quietLog }, options)

const outgoing = {
  messageId: 'm1@desk.example',
  from: { name: '', address: 'help@desk.example' },
  to: { name: '', address: 'ana@example.test' },
  subject: 'Hello',
  text: 'Hello',
  html: '<p>Hello</p>',
}

test('each failure in a row makes the wait longer for every process, and success ends it', async () => {
  const server = 'desk@mail.test'
  const [one, other] = [0, 1].map((which) =>
    paceOf(which as 0 | 1, { server, awayMs: [10_000, 100_000] }),
  ) as [ReturnType<typeof paceOf>, ReturnType<typeof paceOf>]
  const waitOf = async (pace: typeof one) => {
    const asked = await pace.ask('example.test')
    return asked.kind === 'wait' ? asked.waitMs : 0
  }
  expect(await one.ask('example.test')).toEqual({ kind: 'go', troubled: false })
  await one.missed('away', 'example.test', 'refused')
  // Mails that were under way at the same time are the same failure.
  await Promise.all([one.missed('away', 'example.test', 'x'), other.missed('away', 'example.test', 'x')])
  expect(await other.ask('example.test')).toMatchObject({ kind: 'wait', for: 'away', because: 'refused' })
  expect(await waitOf(one)).toBeLessThanOrEqual(10_000)
  await processes[0].query('it-is-over', `update mail_rest set until = now() where server = $1`, [server])
  expect(await other.ask('example.test')).toEqual({ kind: 'go', troubled: true })
  await other.missed('away', 'example.test', 'still')
  expect(await waitOf(one)).toBeGreaterThan(50_000)
  // Another server has its own troubles.
  expect((await paceOf(0, { server: 'desk@other.test' }).ask('example.test')).kind).toBe('go')
  await other.reached(['away'], 'example.test')
  expect(await one.ask('example.test')).toEqual({ kind: 'go', troubled: false })
  await one.missed('away', 'example.test', 'again')
  expect(await waitOf(one)).toBeLessThanOrEqual(10_000)
})

test('a server that is down is not knocked at by every waiting mail, and gets the next one once it is up', async () => {
  const port = await freePort()
  const [mail, patient] = [60_000, 1].map((ms) =>
    createEmail({
      smtpUrl: `smtp://127.0.0.1:${port}`,
      connectTimeoutMs: 20_000,
      pace: paceOf(0, { server: `down ${ms}`, awayMs: [ms] }),
    }),
  ) as [MailPort, MailPort]
  expect(await mail.send(outgoing)).toMatchObject({ kind: 'temporary' })
  expect(await patient.send(outgoing)).toMatchObject({ kind: 'temporary' })
  const again = await startFakeSmtp({ port })
  try {
    expect(await mail.send(outgoing)).toMatchObject({
      kind: 'temporary',
      reason: expect.stringContaining('could not be reached'),
      waitMs: expect.any(Number),
    })
    expect(again.connections).toBe(0)
    expect(await patient.send(outgoing)).toMatchObject({ kind: 'accepted' })
  } finally {
    await mail.close()
    await patient.close()
    await again.close()
  }
})

test('a server that asks to slow down gets no mail from anybody for a while, and its domain alone where it is about that', async () => {
  const smtp = await startFakeSmtp()
  const [mail, other] = [0, 1].map((which) =>
    createEmail({ smtpUrl: smtp.url, pace: paceOf(which as 0 | 1, { server: 'slow', slowMs: [60_000] }) }),
  ) as [MailPort, MailPort]
  const to = (address: string, from = mail) => from.send({ ...outgoing, to: { name: '', address } })
  try {
    smtp.misbehave({ at: 'to', reply: 451, text: '4.7.1 Greylisted, try again later' })
    expect(await to('ana@grey.test')).toMatchObject({ kind: 'temporary', code: '451' })
    smtp.behave()
    // Also by another process.
    const spared = await to('bor@grey.test', other)
    expect(spared).toMatchObject({
      kind: 'temporary',
      reason: expect.stringMatching(/grey\.test.*Greylisted/),
    })
    expect(spared.kind === 'temporary' && spared.waitMs).toBeGreaterThan(50_000)
    expect(smtp.mails).toHaveLength(0)
    expect((await to('ana@other.test')).kind).toBe('accepted')
    // One full mailbox is nobody else's matter.
    smtp.misbehave({ at: 'to', reply: 452, text: '4.2.2 Mailbox full' })
    expect((await to('full@other.test')).kind).toBe('temporary')
    smtp.behave()
    expect((await to('ana@other.test')).kind).toBe('accepted')
    smtp.misbehave({ at: 'from', reply: 450, text: '4.7.28 Too many mails from you' })
    expect((await to('ana@other.test')).kind).toBe('temporary')
    smtp.behave()
    expect(await to('cene@third.test')).toMatchObject({
      kind: 'temporary',
      reason: expect.stringContaining('Too many mails from you'),
    })
    expect(smtp.mails).toHaveLength(2)
  } finally {
    await mail.close()
    await other.close()
    await smtp.close()
  }
})

test('all processes together send no more than the mails of a minute; the rest hears when', async () => {
  const options = { server: 'minute', perMinute: 5 }
  const paces = [paceOf(0, options), paceOf(1, options)]
  const asked = await Promise.all(Array.from({ length: 20 }, (_, n) => paces[n % 2]?.ask('example.test')))
  expect(asked.filter((one) => one?.kind === 'go')).toHaveLength(5)
  for (const one of asked.filter((one) => one?.kind === 'wait')) {
    expect(one).toMatchObject({ for: 'minute', waitMs: expect.any(Number) })
    expect(one?.kind === 'wait' && one.waitMs).toBeGreaterThan(50_000)
    expect(one?.kind === 'wait' && one.waitMs).toBeLessThanOrEqual(61_000)
  }
  // A minute later they are as many again.
  await processes[0].query(
    'a-minute-later',
    `update mail_taken set second = second - interval '61 seconds'`,
    [],
  )
  expect((await paces[1]?.ask('example.test'))?.kind).toBe('go')

  const smtp = await startFakeSmtp()
  const mail = createEmail({ smtpUrl: smtp.url, pace: paceOf(0, { server: 'one', perMinute: 1 }) })
  expect((await mail.send(outgoing)).kind).toBe('accepted')
  expect(await mail.send(outgoing)).toMatchObject({ kind: 'temporary', waitMs: expect.any(Number) })
  expect(smtp.mails).toHaveLength(1)
  await mail.close()
  await smtp.close()
})

test('while the database is away nothing is sent, and nothing thrown', async () => {
  const away = openDatabase({ connectionString: 'postgres://x@127.0.0.1:1/x', poolSize: 1 })
  const smtp = await startFakeSmtp()
  const pace = createSendingPace({ db: away, log: quietLog }, { server: 'away' })
  const mail = createEmail({ smtpUrl: smtp.url, pace })
  expect(await mail.send(outgoing)).toMatchObject({ kind: 'temporary' })
  await pace.missed('slow', 'example.test', 'nobody hears')
  expect(smtp.mails).toHaveLength(0)
  await mail.close()
  await smtp.close()
  await away.close()
})
