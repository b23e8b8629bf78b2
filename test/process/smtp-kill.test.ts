import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTransport } from 'nodemailer'
import { freePort } from '../../src/db/embedded/ports.ts'
import { floodMail, type MailFlood, startMailFlood } from '../support/mail-flood.ts'
import { isLong, patienceMs } from '../support/runs.ts'

// The built service takes mail in as a mail server and is killed with SIGKILL while it does. Senders do what mail servers do: what
// was not answered with 250 is sent again, so a mail whose 250 got lost comes twice.

const mails = isLong ? 1_000 : 300
const kills = isLong ? 10 : 4
const connections = 6
/** Ten restarts take minutes on a busy machine. */
const patience = isLong ? patienceMs : 300_000
let smtpPort: number
let flood: MailFlood | undefined
let over = false

beforeAll(async () => {
  smtpPort = await freePort()
  flood = await startMailFlood({
    SMTP_LISTEN_PORT: String(smtpPort),
    SMTP_LISTEN_HOST: '127.0.0.1',
  })
})

afterAll(async () => {
  over = true
  await flood?.stop()
})

/** Sends one mail until a server says that it took it. */
async function insist(n: number): Promise<void> {
  const { from, raw } = floodMail(n)
  while (!over) {
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
      await flood?.kill()
    }
    await Promise.all(senders)
    expect(taken).toBe(mails)
    await flood?.expectEach(mails)
  },
  patience,
)
