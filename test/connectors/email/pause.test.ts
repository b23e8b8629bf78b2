import { expect, test } from '@jest/globals'
import { createEmail } from '../../../connectors/email/email.ts'
import { createPause } from '../../../connectors/email/pause.ts'
import { startFakeSmtp } from '../../support/fakes/smtp.ts'

test('each failure in a row makes the wait longer, and success ends it', () => {
  let now = 0
  const pause = createPause([10, 100], () => now)
  expect(pause.reason()).toBeUndefined()
  pause.missed('refused')
  expect(pause.reason()).toContain('refused')
  // Mails that were under way at the same time are the same failure.
  pause.missed('refused')
  now = 10
  expect(pause.reason()).toBeUndefined()
  pause.missed('refused')
  now = 109
  expect(pause.reason()).toBeDefined()
  now = 110
  pause.missed('still')
  now = 209
  expect(pause.reason()).toContain('still')
  now = 210
  pause.reached()
  pause.missed('again')
  now = 220
  expect(pause.reason()).toBeUndefined()
})

test('a server that is down is not knocked at by every waiting mail, and gets the next one once it is up', async () => {
  const smtp = await startFakeSmtp()
  const port = Number(new URL(smtp.url).port)
  await smtp.close()
  const mail = createEmail({ smtpUrl: smtp.url, connectTimeoutMs: 2_000, pausesMs: [60_000] })
  const patient = createEmail({ smtpUrl: smtp.url, connectTimeoutMs: 2_000, pausesMs: [1] })
  const outgoing = {
    messageId: 'm1@desk.example',
    from: { name: '', address: 'help@desk.example' },
    to: { name: '', address: 'ana@example.test' },
    subject: 'Hello',
    text: 'Hello',
    html: '<p>Hello</p>',
  }
  expect(await mail.send(outgoing)).toMatchObject({ kind: 'temporary' })
  expect(await patient.send(outgoing)).toMatchObject({ kind: 'temporary' })
  const again = await startFakeSmtp({ port })
  try {
    expect(await mail.send(outgoing)).toMatchObject({
      kind: 'temporary',
      reason: expect.stringContaining('The next attempt is in'),
    })
    expect(again.connections).toBe(0)
    expect(await patient.send(outgoing)).toMatchObject({ kind: 'accepted' })
  } finally {
    await mail.close()
    await patient.close()
    await again.close()
  }
})
