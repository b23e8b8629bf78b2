import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { processMail } from '../../../src/domain/mail/process-mail.ts'
import { receiveMail } from '../../../src/domain/mail/receive-mail.ts'
import { sendMessage } from '../../../src/domain/tickets/send-message.ts'
import { makeMailRoom } from './mail-room.ts'

let room: Awaited<ReturnType<typeof makeMailRoom>>

beforeAll(async () => {
  room = await makeMailRoom()
})

afterAll(() => room.close())

const withCredits = (email: string) => room.ticketWith([1000n], { email })

/** A charged answer by e-mail that the mail server has taken. */
async function sentReply(ticketId: bigint) {
  const { messageId } = await room.reply(ticketId)
  await sendMessage(room.deps, { shopId: room.shopId, ticketId, messageId, lastTry: true })
  expect((await room.message(ticketId, messageId)).state).toBe('sent')
  return messageId
}

test('an answer to the reply address lands on its ticket, costs nothing and reopens it', async () => {
  const { ticketId, customerId } = await withCredits('ana1@example.com')
  await room.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { status: 'closed' } })
  const mail = await room.arrive({
    from: 'Ana <ana1@example.com>',
    to: room.replyAddress(ticketId),
    body: 'Still broken.\n\nOn Sun, 1 Mar 2026 at 10:00 Maja wrote:\n> Have you tried water?',
  })
  expect(mail).toMatchObject({ state: 'processed', verdict: 'answer', ticketId, sender: 'ana1@example.com' })
  const [message] = await room.messagesOf(ticketId)
  expect(message).toMatchObject({ direction: 'inbound', channel: 'email', body: 'Still broken.', units: 0n })
  expect(message?.quoted).toContain('> Have you tried water?')
  expect((await room.ticketOf(ticketId)).status).toBe('open')
  expect((await room.account(customerId)).available).toBe(1000n)
})

test('a token of another ticket, and one with a changed letter, lead nowhere else', async () => {
  const { ticketId } = await withCredits('ana2@example.com')
  const address = room.replyAddress(ticketId)
  const broken = address.replace(/@/, (at) => `a${at}`)
  const mail = await room.arrive({ from: 'stranger@example.net', to: broken })
  expect(mail).toMatchObject({ state: 'held', verdict: 'no_package' })
  expect(await room.messagesOf(ticketId)).toHaveLength(0)
})

test('references count for somebody of the account only', async () => {
  const { ticketId } = await withCredits('ana3@example.com')
  await room.ticket(await room.customer({ email: 'other3@example.com' }), { email: 'other3@example.com' })
  const headers = [`References: <a@b> <ticket-${room.shopId}-${ticketId}@desk.example>`]
  expect(await room.arrive({ from: 'ana3@example.com', headers })).toMatchObject({ ticketId })
  const other = await room.arrive({ from: 'other3@example.com', headers })
  expect(other.verdict).toBe('answer')
  expect(other.ticketId).not.toBe(ticketId)
})

test('without a token a customer goes to their open ticket, and gets a new one when all are closed', async () => {
  const { ticketId } = await withCredits('ana4@example.com')
  expect(await room.arrive({ from: 'ANA4@Example.com' })).toMatchObject({ verdict: 'answer', ticketId })
  await room.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { status: 'closed' } })
  const mail = await room.arrive({ from: 'Ana <ana4@example.com>', subject: 'Another matter', body: 'New.' })
  expect(mail.verdict).toBe('new_ticket')
  expect(mail.ticketId).not.toBe(ticketId)
  const opened = await room.ticketOf(mail.ticketId ?? 0n)
  expect(opened).toMatchObject({ subject: 'Another matter', replyEmail: 'ana4@example.com', status: 'open' })
})

test('a colleague who may write on the account does not land in what another asked', async () => {
  const { ticketId, customerId } = await withCredits('boss5@example.com')
  await room.db.prisma.authorisedContact.create({
    data: {
      shopId: room.shopId,
      customerId,
      name: 'Jan',
      email: 'jan5@example.com',
      confirmedAt: room.clock.at,
      createdAt: room.clock.at,
    },
  })
  const mail = await room.arrive({ from: 'Jan <jan5@example.com>', subject: 'Mine' })
  expect(mail.verdict).toBe('new_ticket')
  expect(mail.ticketId).not.toBe(ticketId)
  // And later finds the own one.
  const again = await room.arrive({ from: 'Jan <jan5@example.com>', subject: 'Mine, more' })
  expect(again).toMatchObject({ verdict: 'answer', ticketId: mail.ticketId })
})

test('somebody who answers to their own mail is found by it, though the ticket is closed', async () => {
  const { ticketId } = await withCredits('ana6@example.com')
  await room.arrive({ from: 'ana6@example.com', messageId: 'first6@example.com' })
  await room.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { status: 'closed' } })
  const mail = await room.arrive({
    from: 'ana6@example.com',
    headers: ['In-Reply-To: <first6@example.com>'],
    body: 'I forgot to say',
  })
  expect(mail).toMatchObject({ verdict: 'answer', ticketId })
})

test('whoever has the token but is not of the account is heard, and answers go on to the customer', async () => {
  const { ticketId } = await withCredits('ana7@example.com')
  const mail = await room.arrive({ from: 'Eve <eve@example.net>', to: room.replyAddress(ticketId) })
  expect(mail).toMatchObject({ verdict: 'answer', ticketId })
  expect((await room.ticketOf(ticketId)).replyEmail).toBe('ana7@example.com')
  const [message] = await room.messagesOf(ticketId)
  expect(message).toMatchObject({ address: 'eve@example.net', authorName: 'Eve', contactId: null })
})

test('the same mail by two doors, with other traces of servers, counts once', async () => {
  const { ticketId } = await withCredits('ana8@example.com')
  const raw = room.rawOf({ from: 'ana8@example.com', messageId: 'same8@example.com' })
  const traced = Buffer.concat([Buffer.from('Received: from mx2.example by desk.example\r\n'), raw])
  expect(await room.arrive({}, { raw, door: 'imap', key: 'INBOX/1/7' })).toMatchObject({
    verdict: 'answer',
  })
  expect(await room.arrive({}, { raw: traced, door: 'smtp', key: 'x8' })).toMatchObject({
    state: 'ignored',
    verdict: 'duplicate',
    ticketId,
  })
  expect(await room.messagesOf(ticketId)).toHaveLength(1)
})

test('a door that tells of a mail again adds nothing', async () => {
  const raw = room.rawOf({})
  const arrived = { door: 'imap' as const, key: 'INBOX/1/99', raw, envelopeTo: [] }
  expect(await receiveMail(room.deps, arrived)).toBeDefined()
  expect(await receiveMail(room.deps, arrived)).toBeUndefined()
})

test('understanding a mail again changes nothing', async () => {
  const { ticketId } = await withCredits('ana9@example.com')
  const mail = await room.arrive({ from: 'ana9@example.com' })
  await processMail(room.deps, { mailId: mail.id })
  expect(await room.messagesOf(ticketId)).toHaveLength(1)
})

test('a stranger is told where packages are sold once a day', async () => {
  const before = await countJobs('send_no_package')
  for (let times = 0; times < 3; times += 1) {
    const mail = await room.arrive({ from: 'new10@example.net' })
    expect(mail).toMatchObject({ state: 'held', verdict: 'no_package', shopId: room.shopId })
  }
  expect((await countJobs('send_no_package')) - before).toBe(1)
})

test('an automatic reply is told on its ticket, and is neither a message nor a reason to reopen', async () => {
  const { ticketId } = await withCredits('ana11@example.com')
  await room.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { status: 'closed' } })
  const mail = await room.arrive({
    from: 'ana11@example.com',
    to: room.replyAddress(ticketId),
    subject: 'Out of office',
    headers: ['Auto-Submitted: auto-replied'],
  })
  expect(mail).toMatchObject({ state: 'ignored', verdict: 'auto_reply' })
  expect(await room.messagesOf(ticketId)).toHaveLength(0)
  expect((await room.ticketOf(ticketId)).status).toBe('closed')
  expect((await room.events(ticketId)).map(({ kind }) => kind)).toContain('auto_reply')
})

test('a program that writes in a loop is stopped after forty mails in an hour', async () => {
  const { ticketId } = await withCredits('loop12@example.com')
  const verdicts: (string | null)[] = []
  for (let times = 0; times < 42; times += 1) {
    verdicts.push((await room.arrive({ from: 'loop12@example.com', body: `Again ${times}` })).verdict)
  }
  expect(verdicts.slice(38)).toEqual(['answer', 'answer', 'loop', 'loop'])
  expect(await room.messagesOf(ticketId)).toHaveLength(40)
})

const dsn = (status: string, action = 'failed') => [
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  '',
  '--b',
  'Content-Type: text/plain',
  '',
  'Not delivered.',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.example.com',
  '',
  'Final-Recipient: rfc822; ana@example.com',
  `Action: ${action}`,
  `Status: ${status}`,
  'Diagnostic-Code: smtp; 550 5.1.1 no such mailbox',
  '',
  '--b--',
]

async function bounceFor(to: string, status: string, action?: string) {
  const [type = '', ...body] = dsn(status, action)
  return room.arrive(
    { from: 'MAILER-DAEMON@mx.example.com', to, headers: [type], body: body.join('\r\n') },
    { envelopeFrom: '' },
  )
}

test('a permanent failure with the token of our envelope gives the charge back once and flags the address', async () => {
  const { ticketId, customerId } = await withCredits('ana13@example.com')
  const messageId = await sentReply(ticketId)
  expect((await room.account(customerId)).available).toBe(900n)
  for (let times = 0; times < 2; times += 1) {
    const mail = await bounceFor(room.bounceAddress(ticketId, messageId), '5.1.1')
    expect(mail).toMatchObject({ verdict: 'bounce', state: 'processed' })
  }
  expect((await room.account(customerId)).available).toBe(1000n)
  expect((await room.message(ticketId, messageId)).state).toBe('failed')
  const flag = await room.db.prisma.addressFlag.findFirst({ where: { address: 'ana13@example.com' } })
  expect(flag?.reason).toContain('5.1.1')
  await room.arrive({ from: 'ana13@example.com' })
  expect(await room.db.prisma.addressFlag.count({ where: { address: 'ana13@example.com' } })).toBe(0)
})

test('a temporary failure is told and gives nothing back', async () => {
  const { ticketId, customerId } = await withCredits('ana14@example.com')
  const messageId = await sentReply(ticketId)
  await bounceFor(room.bounceAddress(ticketId, messageId), '4.4.7', 'delayed')
  expect((await room.account(customerId)).available).toBe(900n)
  expect((await room.events(ticketId)).map(({ kind }) => kind)).toContain('mail_delayed')
})

test('a forged report gives nothing back: no token, a token of the reply address, a changed token', async () => {
  const { ticketId, customerId } = await withCredits('ana15@example.com')
  const messageId = await sentReply(ticketId)
  const right = room.bounceAddress(ticketId, messageId)
  const forged = [
    'support@desk.example',
    room.replyAddress(ticketId).replace('reply+', 'bounce+'),
    right.replace('@', 'a@'),
    right.replace('bounce+', 'reply+'),
  ]
  for (const to of forged) {
    expect(await bounceFor(to, '5.1.1')).toMatchObject({ state: 'ignored', verdict: 'bounce_unknown' })
  }
  expect((await room.account(customerId)).available).toBe(900n)
  expect((await room.message(ticketId, messageId)).state).toBe('sent')
})

async function countJobs(name: string): Promise<number> {
  const [row] = await room.db.query<{ n: number }>(
    'count-jobs',
    'select count(*)::int as n from graphile_worker.jobs where task_identifier = $1',
    [name],
  )
  return row?.n ?? 0
}
