import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { listMails } from '../../../../src/domain/mail/list-mails.ts'
import { corpus } from './corpus.ts'
import { openCorpusRoom } from './corpus-room.ts'

// Every mail of the corpus through the real receiver, to its outcome in a real database.

let room: Awaited<ReturnType<typeof openCorpusRoom>>

beforeAll(async () => {
  room = await openCorpusRoom()
})

afterAll(() => room.close())

const states: Record<string, string> = {
  answer: 'processed',
  new_ticket: 'processed',
  bounce: 'processed',
  no_package: 'held',
  no_sender: 'held',
  auto_reply: 'ignored',
  list: 'ignored',
  own: 'ignored',
  bounce_unknown: 'ignored',
}

it.each(corpus.map((mail) => [mail.name, mail] as const))('%s ends as it should', async (_name, mail) => {
  const { expected, raw } = mail
  const { verdict } = expected
  const stage = await room.stageOf(mail)
  const { ticketId } = stage
  const before = {
    sum: (await room.account(stage.customerId)).available,
    messages: await room.messagesOf(ticketId),
  }
  // By its token a mail finds a closed ticket, by its sender only an open one.
  const status = expected.to === 'reply' ? 'closed' : 'open'
  await room.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { status } })
  const row = await room.rowOf(
    await room.deliver(raw, stage.address, expected.envelopeFrom ?? expected.from?.address ?? ''),
  )
  expect(row).toMatchObject({ verdict, state: states[verdict], sender: expected.from?.address ?? null })

  if (verdict === 'answer' || verdict === 'new_ticket') {
    if (verdict === 'answer') expect(row.ticketId).toBe(ticketId)
    const message = await room.db.prisma.message.findFirstOrThrow({ where: { id: row.messageId ?? 0n } })
    expect(message).toMatchObject({
      direction: 'inbound',
      address: expected.from?.address,
      ticketId: row.ticketId,
      units: 0n,
    })
    if (expected.answer !== '') expect(message.body).toBe(expected.answer)
    // A mail that only quotes is shown by what it quotes, once.
    expect((message.quoted ?? '') !== '').toBe(expected.quoted && expected.answer !== '')
    if (expected.quoted) expect(message.body).not.toBe('')
    const files = await room.db.prisma.attachment.findMany({
      where: { messageId: message.id },
      orderBy: { position: 'asc' },
    })
    expect(
      files.map(({ name, mediaType, size, inline }) => ({ name, mediaType, size: Number(size), inline })),
    ).toEqual(expected.attachments.map(({ sha256: _sha256, ...part }) => part))
    const ticket = await room.ticketOf(row.ticketId ?? 0n)
    expect(ticket.status).toBe(expected.onlyThanks ? 'closed' : 'open')
  } else {
    expect(await room.messagesOf(ticketId)).toHaveLength(before.messages.length)
  }
  // Asking is free; only a bounce of ours that is true gives back.
  const { available } = await room.account(stage.customerId)
  if (expected.to !== 'bounce') expect(available).toBe(before.sum)
  else {
    expect(before.sum).toBeLessThan(1000n)
    expect(available).toBe(expected.reverses ? 1000n : before.sum)
    const { state } = await room.message(ticketId, stage.messageId)
    expect(state).toBe(expected.reverses ? 'failed' : 'sent')
  }
})

it('whatever waits for a person is on the list, and nothing else is', async () => {
  const waits = corpus.filter(({ expected }) => states[expected.verdict] === 'held').length
  const { mails } = await listMails(room.deps, { shopId: room.shopId, ignored: false, limit: 1_000 })
  expect(mails).toHaveLength(waits)
  expect(mails.every(({ kept }) => kept)).toBe(true)
})

it('the same mails by the other door add no message', async () => {
  const count = () => room.db.prisma.message.count({ where: { direction: 'inbound' } })
  const before = await count()
  for (const mail of corpus) {
    if (mail.expected.verdict !== 'answer' && mail.expected.verdict !== 'new_ticket') continue
    const { address } = await room.stageOf(mail)
    const row = await room.rowOf(await room.deliverAgain(mail.raw, address))
    expect([mail.name, row.verdict]).toEqual([mail.name, 'duplicate'])
    room.clock.at = new Date(room.clock.at.getTime() + 5 * 60_000)
  }
  expect(await count()).toBe(before)
})
