import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { type Dovecot, startDovecot } from '../support/dovecot.ts'
import { type FakeSmtp, startFakeSmtp } from '../support/fakes/smtp.ts'
import { floodMail, type MailFlood, startMailFlood } from '../support/mail-flood.ts'

// The built service reads a real mailbox and is killed with SIGKILL again and again while a thousand mails lie in it.

const mails = 1_000
let dataDir: string
let dovecot: Dovecot
let smtp: FakeSmtp
let flood: MailFlood | undefined

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-imap-kill-'))
  dovecot = await startDovecot()
  smtp = await startFakeSmtp()
  flood = await startMailFlood({
    DATA_DIR: dataDir,
    SMTP_URL: smtp.url,
    IMAP_URL: dovecot.urlOf('support'),
  })
}, 120_000)

afterAll(async () => {
  await flood?.stop()
  await dovecot?.close()
  await smtp?.close()
  await rm(dataDir, { recursive: true, force: true })
}, 30_000)

test('of a thousand mails none is lost and none is there twice, however often the service dies', async () => {
  const raws = Array.from({ length: mails }, (_, n) => Buffer.from(floodMail(n).raw))
  await dovecot.append('support', raws.slice(0, 200))
  const rest = dovecot.append('support', raws.slice(200))
  for (let kills = 0; kills < 5; kills += 1) {
    await sleep(400 + 300 * kills)
    await flood?.kill()
  }
  await rest
  await flood?.expectEach(mails)
  expect(await dovecot.count('support')).toEqual({ seen: mails, unseen: 0 })
}, 240_000)
