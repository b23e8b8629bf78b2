import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { noteMailbox, readMailboxState } from '../../src/domain/mail/mailbox-state.ts'
import { markOwnMail } from '../../src/domain/mail/mark-own-mail.ts'
import { processMail } from '../../src/domain/mail/process-mail.ts'
import { receiveMail } from '../../src/domain/mail/receive-mail.ts'
import type { MailPort, OutgoingMail } from '../../src/ports/mail.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let owner: Visitor
let outcome: Awaited<ReturnType<MailPort['send']>>
let sent: OutgoingMail[]
beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  owner = await signInAs(test.app, test.deps, shop.shopId, 'owner')
  const send: MailPort['send'] = async (mail) => {
    sent.push(mail)
    return outcome
  }
  test.deps.mail = markOwnMail({ ...test.deps.mail, send }, test.deps.keyring)
})
beforeEach(() => {
  outcome = { kind: 'accepted', providerId: 'x' }
  sent = []
})
afterAll(() => test.close())

const page = '/desk/setup/channels'
const begin = async () => await owner.submit(await owner.get(page), `${page}/mail-in/test`, {}).expect(303)
const told = async () => readText(await owner.get(page))
/** As the receiver takes it in. */
async function comeIn(mail: OutgoingMail, door: 'imap' | 'smtp', mark = mail.headers?.['X-CreditDesk']) {
  const raw = [
    `From: ${mail.from.address}`,
    `To: ${mail.to.address}`,
    `Subject: ${mail.subject}`,
    `Message-ID: <${mail.messageId}>`,
    `X-CreditDesk: ${mark}`,
    'Auto-Submitted: auto-generated',
    '',
    mail.text,
  ].join('\r\n')
  const key = `${door}-${Math.random()}`
  const kept = await receiveMail(test.deps, {
    door,
    key,
    raw: Buffer.from(raw),
    envelopeTo: [mail.to.address],
  })
  await processMail(test.deps, { mailId: kept?.mailId ?? 0n })
}

describe('the test of the way back', () => {
  it('goes to the own address, waits, and says when and where it came in', async () => {
    expect(await told()).toContain('No mail of a customer has come in yet')
    await begin()
    expect(sent.map(({ to }) => to.address)).toEqual(['support@desk.example'])
    const waiting = await owner.get(page)
    expect(readText(waiting)).toContain('waiting for it to come in')
    expect(waiting.text).toContain('data-pending')
    const [mail] = sent
    if (!mail) throw new Error('nothing was sent')
    // A stranger who learned of the address, but not of the mark, changes nothing.
    await comeIn(mail, 'smtp', 'x'.repeat(24))
    expect(await told()).toContain('waiting for it to come in')
    await comeIn(mail, 'imap')
    expect(await told()).toContain('It works: the test to support@desk.example came in through the mailbox')
    expect(await test.deps.db.prisma.ticket.count()).toBe(0)
  })

  it('says what the mail server said, and when it did not come back', async () => {
    outcome = { kind: 'rejected', reason: '550 no such mailbox' }
    await begin()
    expect(await told()).toContain('was not taken by the mail server, which said: 550 no such mailbox')
    outcome = { kind: 'accepted', providerId: 'x' }
    await begin()
    await test.deps.db.prisma.mailRound.updateMany({ data: { sentAt: new Date(Date.now() - 16 * 60_000) } })
    expect(await told()).toContain('has not come in. Look whether it lies')
  })

  it('is another one of each shop', async () => {
    const other = await seedShop(test.deps, 'Druga')
    await begin()
    const [mail] = sent
    if (!mail) throw new Error('nothing was sent')
    await comeIn(
      { ...mail, messageId: mail.messageId.replace(/^round-\d+/, `round-${other.shopId}`) },
      'smtp',
    )
    expect(await told()).toContain('waiting for it to come in')
    await comeIn(mail, 'smtp')
    expect(await told()).toContain('came in at our own mail server')
  })
})

describe('the mailbox', () => {
  const name = 'desk@mail.example:993/INBOX'
  const clock = { at: new Date(), now: () => clock.at }
  const note = (problem: string | null) => noteMailbox({ ...test.deps, clock }, name, problem)
  beforeAll(() => {
    test.deps.mailbox = name
  })
  afterAll(() => {
    delete test.deps.mailbox
  })

  it('is said to be read, to be late, or not to be readable and why', async () => {
    expect(await told()).toContain('The mailbox has not been read yet')
    await note('Command failed: Invalid credentials')
    expect(await told()).toMatch(
      /cannot be read; the trouble began .* at what was said: Command failed: Invalid credentials/,
    )
    await note(null)
    expect(await told()).toContain('The mailbox is being read')
    clock.at = new Date(Date.now() - 20 * 60_000)
    await note(null)
    expect(await told()).toContain('Look whether the service or its worker runs')
  })

  it('keeps when the trouble began and how far it was read', async () => {
    const first = new Date('2026-03-01T10:00:00Z')
    clock.at = first
    await note(null)
    clock.at = new Date('2026-03-01T11:00:00Z')
    await note('connect ECONNREFUSED')
    clock.at = new Date('2026-03-01T12:00:00Z')
    await note('Invalid credentials')
    expect(await readMailboxState(test.deps, name)).toEqual({
      readAt: first,
      problem: 'Invalid credentials',
      problemSince: new Date('2026-03-01T11:00:00Z'),
    })
  })
})
