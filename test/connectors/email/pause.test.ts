import { expect, test } from '@jest/globals'
import { createAllowance } from '../../../connectors/email/allowance.ts'
import { createEmail } from '../../../connectors/email/email.ts'
import { createPause } from '../../../connectors/email/pause.ts'
import { startFakeSmtp } from '../../support/fakes/smtp.ts'

const outgoing = {
  messageId: 'm1@desk.example',
  from: { name: '', address: 'help@desk.example' },
  to: { name: '', address: 'ana@example.test' },
  subject: 'Hello',
  text: 'Hello',
  html: '<p>Hello</p>',
}

test('each failure in a row makes the wait longer, and success ends it', () => {
  let now = 0
  const pause = createPause([10, 100], () => now)
  expect(pause.resting()).toBeUndefined()
  pause.missed('refused')
  expect(pause.resting()).toEqual({ because: 'refused', waitMs: 10 })
  // Mails that were under way at the same time are the same failure.
  pause.missed('refused')
  now = 10
  expect(pause.resting()).toBeUndefined()
  pause.missed('refused')
  now = 109
  expect(pause.resting()).toBeDefined()
  now = 110
  pause.missed('still')
  now = 209
  expect(pause.resting()?.because).toBe('still')
  now = 210
  pause.reached()
  pause.missed('again')
  now = 220
  expect(pause.resting()).toBeUndefined()
})

test('a server that is down is not knocked at by every waiting mail, and gets the next one once it is up', async () => {
  const smtp = await startFakeSmtp()
  const port = Number(new URL(smtp.url).port)
  await smtp.close()
  const mail = createEmail({ smtpUrl: smtp.url, connectTimeoutMs: 2_000, pausesMs: [60_000] })
  const patient = createEmail({ smtpUrl: smtp.url, connectTimeoutMs: 2_000, pausesMs: [1] })
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
  const mail = createEmail({ smtpUrl: smtp.url, connectTimeoutMs: 2_000, slowMs: [60_000] })
  const to = (address: string) => mail.send({ ...outgoing, to: { name: '', address } })
  try {
    smtp.misbehave({ at: 'to', reply: 451, text: '4.7.1 Greylisted, try again later' })
    expect(await to('ana@grey.test')).toMatchObject({ kind: 'temporary', code: '451' })
    smtp.behave()
    const spared = await to('bor@grey.test')
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
    await smtp.close()
  }
})

test('no more than the mails of a minute go out in any minute; the rest hears when', async () => {
  let now = 0
  const allowance = createAllowance(2, () => now)
  expect(allowance.take()).toBeUndefined()
  now = 20_000
  expect(allowance.take()).toBeUndefined()
  expect(allowance.take()).toBe(40_000)
  now = 60_000
  expect(allowance.take()).toBeUndefined()
  expect(allowance.take()).toBe(20_000)

  const smtp = await startFakeSmtp()
  const mail = createEmail({ smtpUrl: smtp.url, maxPerMinute: 1 })
  expect((await mail.send(outgoing)).kind).toBe('accepted')
  expect(await mail.send(outgoing)).toMatchObject({ kind: 'temporary', waitMs: expect.any(Number) })
  expect(smtp.mails).toHaveLength(1)
  await mail.close()
  await smtp.close()
})
