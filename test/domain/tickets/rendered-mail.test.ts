import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  isOwnMark,
  readBounceToken,
  readPortalToken,
  readReplyToken,
} from '../../../src/domain/secrets/links.ts'
import { storeReceived } from '../../../src/domain/tickets/receive-message.ts'
import { sendMessage } from '../../../src/domain/tickets/send-message.ts'
import { type Outbox, openOutbox } from './outbox.ts'

let outbox: Outbox

beforeAll(async () => {
  outbox = await openOutbox()
})
afterAll(() => outbox.close())

/** The mail as the customer's mail program reads it. */
async function received(sent: Parameters<Outbox['send']>[0]) {
  await outbox.send(sent)
  const mail = outbox.smtp.mails.at(-1)
  if (!mail) throw new Error('no mail came')
  const { parsed } = mail
  return { ...mail, parsed, text: parsed.text ?? '', html: parsed.html ?? '' }
}

const portalLink = /https:\/\/desk\.example\/portal\/([a-z0-9]+)/

describe('the mail of a reply', () => {
  it('carries the answer, its price and what is left, as text and as HTML', async () => {
    const sent = await outbox.reply('email', { body: 'Try <b>water</b> & sand.\n\nBest' })
    const { number } = await outbox.world.ticketOf(sent.ticketId)
    const { parsed, text, html, envelopeTo } = await received(sent)
    expect(parsed.subject).toBe(`Re: Printer is on fire (ticket ${number})`)
    expect(envelopeTo).toEqual(['ana@example.org'])
    expect(parsed.from).toMatchObject({ name: 'Shop', address: 'support@desk.example' })
    expect(text).toContain('Try <b>water</b> & sand.')
    expect(html).toContain('Try &lt;b&gt;water&lt;/b&gt; &amp; sand.')
    for (const body of [text, html]) {
      expect(body).toContain('This answer cost 1 credit.')
      expect(body).toContain('9 credits left.')
    }
    const ticket = { shopId: sent.shopId, ticketId: sent.ticketId, customerId: sent.customerId, version: 1 }
    for (const body of [text, html]) {
      const token = portalLink.exec(body)?.[1] ?? ''
      expect(readPortalToken(outbox.world.deps.keyring, token)).toEqual(ticket)
    }
  })

  it('belongs to the conversation of its ticket, and is answered to an address of that ticket', async () => {
    const first = await outbox.reply('email')
    const one = (await received(first)).parsed
    const again = await outbox.world.reply(first.ticketId)
    const two = (await received({ ...first, messageId: again.messageId })).parsed
    expect(one.messageId).not.toBe(two.messageId)
    expect(one.inReplyTo).toBe(`<ticket-${first.shopId}-${first.ticketId}@desk.example>`)
    expect([two.inReplyTo, two.references]).toEqual([one.inReplyTo, one.references])
    const { keyring } = outbox.world.deps
    const token = /^reply\+([a-z2-7]+)@desk\.example$/.exec(one.replyTo?.[0]?.address ?? '')?.[1] ?? ''
    expect(readReplyToken(keyring, token)).toEqual({ shopId: first.shopId, ticketId: first.ticketId })
    expect(one.from?.address).toBe('support@desk.example')
    expect(one.headers.map((header) => header.key)).not.toContain('auto-submitted')
  })

  it('has an envelope by which its bounce is known, and our mark by which we know it ourselves', async () => {
    const sent = await outbox.reply('email')
    const { envelopeFrom, parsed } = await received(sent)
    const { keyring } = outbox.world.deps
    const token = /^bounce\+([a-z2-7]+)@desk\.example$/.exec(envelopeFrom)?.[1] ?? ''
    const { shopId, ticketId, messageId } = sent
    expect(readBounceToken(keyring, token)).toEqual({ shopId, ticketId, messageId })
    expect(envelopeFrom.split('@')[0]?.length).toBeLessThanOrEqual(64)
    const mark = parsed.headers.find(({ key }) => key === 'x-creditdesk')?.value ?? ''
    const id = (parsed.messageId ?? '').replace(/^<|>$/g, '')
    expect(isOwnMark(keyring, id, mark)).toBe(true)
    expect(isOwnMark(keyring, `x${id}`, mark)).toBe(false)
  })

  it('answers the newest mail of the customer, so that their program shows it under it', async () => {
    const first = await outbox.reply('email')
    const { shopId, ticketId } = first
    await outbox.world.deps.db.transaction((sql) =>
      storeReceived(
        sql,
        {
          shopId,
          ticketId,
          channel: 'email',
          body: 'And now?',
          authorName: 'Ana',
          from: 'ana@example.org',
          mail: { quoted: '', mailId: 'question@mail.example', reopens: true, attachments: [] },
        },
        outbox.world.clock.at,
      ),
    )
    const again = await outbox.world.reply(ticketId)
    const { parsed } = await received({ ...first, messageId: again.messageId })
    expect(parsed.inReplyTo).toBe('<question@mail.example>')
    expect(parsed.references).toBe(`<ticket-${shopId}-${ticketId}@desk.example> <question@mail.example>`)
  })

  it('goes to the mailbox of the sender when no mail is taken in here', async () => {
    const sent = await outbox.reply('email')
    await sendMessage({ ...outbox.world.deps, takesMail: false }, { ...sent, lastTry: true })
    const mail = outbox.smtp.mails.at(-1)
    expect(mail?.parsed.replyTo ?? []).toEqual([])
    expect(mail?.envelopeFrom).toBe('support@desk.example')
  })

  it('comes from the address of the shop, where it has one, and brings its attachments', async () => {
    const sent = await outbox.reply('email')
    const { shopId, ticketId, messageId } = sent
    const { db, blobs } = outbox.world.deps
    await db.prisma.shop.update({ where: { id: shopId }, data: { mailAddress: 'help@shop.example' } })
    const blob = await blobs.put(Buffer.from('%PDF-1.7'))
    await db.prisma.attachment.create({
      data: {
        shopId,
        ticketId,
        messageId,
        position: 1,
        name: 'račun.pdf',
        mediaType: 'application/pdf',
        size: 8,
        blob,
      },
    })
    const { parsed } = await received(sent)
    expect(parsed.from?.address).toBe('help@shop.example')
    expect(parsed.attachments).toMatchObject([{ filename: 'račun.pdf', mimeType: 'application/pdf' }])
    await db.prisma.shop.update({ where: { id: shopId }, data: { mailAddress: null } })
  })

  it('says what a waived answer was worth', async () => {
    const sent = await outbox.reply('email', { waive: { reason: 'our fault' } })
    const { text } = await received(sent)
    expect(text).toContain('This answer is worth 1 credit and was free for you.')
    expect(text).toContain('10 credits left.')
    expect(text).not.toContain('our fault')
  })
})

describe('the welcome mail', () => {
  it('greets, names each grant with its prices and end, and is marked as automatic', async () => {
    const { world } = outbox
    const customerId = await world.customer({ name: 'Ana Novak' })
    const ticketId = await world.ticket(customerId)
    await world.grant(customerId, {
      units: 1000n,
      name: 'Support 10',
      expiresAt: new Date('2030-02-28T22:59:59Z'),
    })
    await world.grant(customerId, { units: 250n, name: 'Welcome gift', channels: ['email'] })
    const { id } = await world.db.prisma.message.create({
      data: {
        shopId: world.shopId,
        ticketId,
        direction: 'outbound',
        channel: 'email',
        authorKind: 'system',
        authorName: 'Shop',
        body: '',
        template: 'welcome',
        address: 'ana@example.org',
        state: 'queued',
        createdAt: world.clock.at,
      },
    })
    const { parsed, text, html } = await received({ shopId: world.shopId, ticketId, messageId: id })
    const { number } = await world.ticketOf(ticketId)
    expect(parsed.subject).toBe(`Your support at Shop: 12.5 credits (ticket ${number})`)
    expect(parsed.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    )
    for (const said of [
      'Hello Ana Novak,',
      'Support 10',
      'Welcome gift',
      'Balance: 12.5 of 12.5 credits left',
    ]) {
      expect(text).toContain(said)
    }
    expect(text).toMatch(/10 credits, valid until .*2030/)
    expect(text).toContain('2.5 credits, valid without limit of time')
    expect(html).toContain('Support 10')
    expect(text).toMatch(portalLink)
    expect(text).not.toMatch(/WhatsApp/i)
  })
})

describe('the mail of a further order', () => {
  it('names what was bought, the balance and the ticket, also when the order changed meanwhile', async () => {
    const { world } = outbox
    const { ticketId } = await world.ticketWith([1250n], { name: 'Ana Novak' })
    const { id } = await world.db.prisma.message.create({
      data: {
        shopId: world.shopId,
        ticketId,
        direction: 'outbound',
        channel: 'email',
        authorKind: 'system',
        authorName: '',
        body: '',
        template: 'top-up',
        data: {
          orderNumber: '732',
          bought: [
            { name: 'Support pack 10', units: 1000, expiresAt: '2030-02-28T22:59:59.999Z' },
            { name: 'Extra', units: 150, expiresAt: null },
          ],
        },
        address: 'ana@example.org',
        state: 'queued',
        createdAt: world.clock.at,
      },
    })
    const { parsed, text, html } = await received({ shopId: world.shopId, ticketId, messageId: id })
    const { number } = await world.ticketOf(ticketId)
    expect(parsed.subject).toBe(`11.5 credits added to your support at Shop (ticket ${number})`)
    for (const said of [
      'Hello Ana Novak,',
      `Thank you for your order 732.`,
      `ticket ${number}`,
      'Support pack 10',
      '1.5 credits, valid without limit of time',
    ]) {
      expect(text).toContain(said)
      expect(html).toContain(said)
    }
    expect(text).toContain('Balance: 12.5 credits can be used now')
    expect(text).toMatch(/10 credits, valid until .*2030/)
    expect(text).toMatch(portalLink)
    expect(html).toMatch(portalLink)
  })
})

describe('the sender of a mail', () => {
  it.each([
    ['', 'Shop'],
    ['Support', 'Shop – Support'],
    ['The shop, support', 'The shop, support'],
  ])('with the name "%s" in MAIL_FROM is "%s"', async (name, shown) => {
    outbox.world.deps.mailFrom.name = name
    const { parsed } = await received(await outbox.reply('email'))
    expect(parsed.from).toMatchObject({ name: shown, address: 'support@desk.example' })
    outbox.world.deps.mailFrom.name = ''
  })
})
