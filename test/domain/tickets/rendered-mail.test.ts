import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readPortalToken } from '../../../src/domain/secrets/links.ts'
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

  it('belongs to the conversation of its ticket, and is answered to the mailbox of MAIL_FROM', async () => {
    const first = await outbox.reply('email')
    const one = (await received(first)).parsed
    const again = await outbox.world.reply(first.ticketId)
    const two = (await received({ ...first, messageId: again.messageId })).parsed
    expect(one.messageId).not.toBe(two.messageId)
    expect(one.inReplyTo).toBe(`<ticket-${first.shopId}-${first.ticketId}@desk.example>`)
    expect([two.inReplyTo, two.references]).toEqual([one.inReplyTo, one.references])
    // Until mail is taken in, an answer has to reach the mailbox that the mail came from.
    expect(one.replyTo ?? []).toEqual([])
    expect(one.from?.address).toBe('support@desk.example')
    expect(one.headers.map((header) => header.key)).not.toContain('auto-submitted')
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
