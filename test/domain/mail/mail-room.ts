import { expect } from '@jest/globals'
import { processMail } from '../../../src/domain/mail/process-mail.ts'
import { type ArrivedMail, receiveMail } from '../../../src/domain/mail/receive-mail.ts'
import { bounceToken, replyToken } from '../../../src/domain/secrets/links.ts'
import { makeWorld } from '../../support/world.ts'

export interface Written {
  from?: string
  to?: string
  subject?: string
  body?: string
  messageId?: string
  headers?: string[]
}

/** A world in which mail arrives: written here as text, understood by the real job. */
export async function makeMailRoom() {
  const world = await makeWorld()
  let serial = 0

  function rawOf(mail: Written): Buffer {
    serial += 1
    return Buffer.from(
      [
        `From: ${mail.from ?? 'Ana Kos <ana@example.com>'}`,
        `To: ${mail.to ?? 'support@desk.example'}`,
        `Subject: ${mail.subject ?? 'Cart is empty'}`,
        `Message-ID: <${mail.messageId ?? `m${serial}@example.com`}>`,
        'Date: Sun, 01 Mar 2026 10:00:00 +0000',
        'MIME-Version: 1.0',
        ...(mail.headers ?? []),
        ...(mail.headers?.some((line) => /^content-type:/i.test(line))
          ? []
          : ['Content-Type: text/plain; charset=utf-8']),
        '',
        mail.body ?? 'It does not work.',
        '',
      ].join('\r\n'),
    )
  }

  /** Understands a mail; returns its row. */
  async function arrive(mail: Written, by: Partial<ArrivedMail> = {}) {
    const raw = by.raw ?? rawOf(mail)
    const received = await receiveMail(world.deps, {
      door: 'smtp',
      key: `key-${serial}`,
      envelopeTo: [],
      ...by,
      raw,
    })
    if (!received) throw new Error('the door told of this mail before')
    await processMail(world.deps, received)
    const row = await world.deps.db.prisma.incomingMail.findUniqueOrThrow({ where: { id: received.mailId } })
    expect(row.state).not.toBe('pending')
    return row
  }

  const replyAddress = (ticketId: bigint, shopId = world.shopId) =>
    `reply+${replyToken(world.deps.keyring, { shopId, ticketId })}@desk.example`

  const bounceAddress = (ticketId: bigint, messageId: bigint, shopId = world.shopId) =>
    `bounce+${bounceToken(world.deps.keyring, { shopId, ticketId, messageId })}@desk.example`

  const messagesOf = (ticketId: bigint) =>
    world.deps.db.prisma.message.findMany({ where: { ticketId }, orderBy: { id: 'asc' } })

  return { ...world, rawOf, arrive, replyAddress, bounceAddress, messagesOf }
}
