import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readOfferToken } from '../../../src/domain/secrets/links.ts'
import { askForWork } from '../../../src/domain/tickets/ask-for-work.ts'
import { logWork } from '../../../src/domain/tickets/log-work.ts'
import { type Outbox, openOutbox } from './outbox.ts'

let outbox: Outbox

beforeAll(async () => {
  outbox = await openOutbox()
})
afterAll(() => outbox.close())

/** The automatic mail of a template, as the customer's mail program reads it. */
async function received(ticketId: bigint, template: string) {
  const { world } = outbox
  const { id } = await world.db.prisma.message.findFirstOrThrow({ where: { ticketId, template } })
  await outbox.send({ shopId: world.shopId, ticketId, messageId: id })
  const mail = outbox.smtp.mails.at(-1)
  if (!mail) throw new Error('no mail came')
  return { ...mail, text: mail.parsed.text ?? '', html: mail.parsed.html ?? '' }
}

const work = (ticketId: bigint) => ({
  shopId: outbox.world.shopId,
  ticketId,
  minutes: 20,
  body: 'Moved the shop to <b>PHP 8.4</b>.',
  idempotencyKey: `work-${ticketId}`,
  agent: { name: 'Maja', actor: 'agent:1' },
})

describe('the mails about work', () => {
  it('tell what was done, the minutes, the credits and what is left, and cost nothing', async () => {
    const { ticketId, customerId } = await outbox.world.ticketWith([1000n])
    await logWork(outbox.world.deps, work(ticketId))
    const { text, html, parsed, envelopeTo } = await received(ticketId, 'work-done')
    expect(envelopeTo).toEqual(['ana@example.org'])
    expect(parsed.subject).toContain('20 min of work')
    expect(parsed.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
    expect(text).toContain('Moved the shop to <b>PHP 8.4</b>.')
    expect(html).toContain('Moved the shop to &lt;b&gt;PHP 8.4&lt;/b&gt;.')
    expect(text).toContain('Cost: 4 credits\n6 credits left.')
    expect((await outbox.world.account(customerId)).available).toBe(600n)
  })

  it('tell the worth of waived work', async () => {
    const { ticketId } = await outbox.world.ticketWith([1000n])
    await logWork(outbox.world.deps, { ...work(ticketId), waive: { reason: 'our fault' } })
    const { text } = await received(ticketId, 'work-done')
    expect(text).toContain('Cost: free for you, worth 4 credits\n10 credits left.')
    expect(text).not.toContain('our fault')
  })

  it('ask with a link that opens this very offer', async () => {
    const { ticketId } = await outbox.world.ticketWith([1000n])
    const { offerId } = await askForWork(outbox.world.deps, work(ticketId))
    const { text, html } = await received(ticketId, 'work-offer')
    expect(text).toContain('It will cost: 4 credits\n10 credits left.')
    for (const body of [text, html]) {
      const token = /https:\/\/desk\.example\/offer\/([a-z0-9]+)/.exec(body)?.[1] ?? ''
      expect(readOfferToken(outbox.world.deps.keyring, token)).toEqual({
        shopId: outbox.world.shopId,
        offerId,
        version: 1,
      })
    }
  })
})
