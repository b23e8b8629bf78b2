import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Dovecot, startDovecot } from '../support/dovecot.ts'
import { type FakeSmtp, startFakeSmtp } from '../support/fakes/smtp.ts'
import { floodMail, type MailFlood, startMailFlood } from '../support/mail-flood.ts'

// The built service reads a real mailbox and is killed with SIGKILL again and again while mails lie in it.

const mails = 1_000
const kills = 5
let dovecot: Dovecot
let smtp: FakeSmtp
let flood: MailFlood | undefined

beforeAll(async () => {
  dovecot = await startDovecot()
  smtp = await startFakeSmtp()
  flood = await startMailFlood({
    SMTP_URL: smtp.url,
    IMAP_URL: dovecot.urlOf('support'),
  })
})

afterAll(async () => {
  await flood?.stop()
  await dovecot?.close()
  await smtp?.close()
})

test('of many mails none is lost and none is there twice, however often the service dies', async () => {
  const raws = Array.from({ length: mails }, (_, n) => Buffer.from(floodMail(n).raw))
  await dovecot.append('support', raws.slice(0, mails / 5))
  const rest = dovecot.append('support', raws.slice(mails / 5))
  for (let nth = 0; nth < kills; nth += 1) {
    await sleep(400 + 300 * nth)
    await flood?.kill()
  }
  await rest
  await flood?.expectEach(mails)
  expect(await dovecot.count('support')).toEqual({ seen: mails, unseen: 0 })
})
