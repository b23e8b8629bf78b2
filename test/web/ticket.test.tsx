import { gzipSync } from 'node:zlib'
import { describe, expect, it } from '@jest/globals'
import { loadAssets } from '../../src/web/assets.ts'
import { segments } from '../../src/web/credits/meter.tsx'
import { renderTicketPage } from '../../src/web/desk/ticket.tsx'
import { splitQuote } from '../../src/web/text.tsx'
import { ago, clock, stopwatch } from '../../src/web/time.ts'
import { wordsFor } from '../../src/words/words.ts'
import { minutesAgo, now, ticketProps, troubledTicket } from './samples.ts'

const page = renderTicketPage(ticketProps)
const troubled = renderTicketPage(troubledTicket)
const balance = (available: bigint, held: bigint, used: bigint) => ({
  available,
  held,
  used,
  deficit: 0n,
  overdraft: 0n,
})

describe('the meter', () => {
  it('has one segment for each credit: left, held, used', () => {
    expect(segments(balance(200n, 100n, 100n), 4)).toEqual(['full', 'full', 'held', 'used'])
  })

  it('shows parts of a credit in tenths, also where left and held meet', () => {
    expect(segments(balance(250n, 0n, 50n), 3)).toEqual(['full', 'full', 'part p5'])
    expect(segments(balance(150n, 100n, 50n), 3)).toEqual(['full', 'part p5 then-held', 'held'])
    expect(segments(balance(1n, 0n, 99n), 1)).toEqual(['part p1'])
  })

  it('becomes a bar above twenty credits, without inline style', () => {
    const html = renderTicketPage({ ...ticketProps, balance: balance(1500n, 500n, 1000n) })
    expect(html).toContain('<rect class="full" width="50%"')
    expect(html).toContain('x1="50%" x2="66.6%"')
  })

  it('is read aloud with its figures', () => {
    expect(page).toContain('aria-label="7 of 10 credits left, 0 held"')
  })
})

describe('the conversation', () => {
  it('joins what one order did into one line', () => {
    expect(page).toContain('Order 59 · ticket opened · ⁨Support pack 10⁩ × 1 · 10 credits added')
  })

  it('says what each message cost', () => {
    expect(page).toContain('−1 credit</span>')
    expect(page).toContain('worth 1, waived')
    expect(troubled).toContain('1 credit given back</span>')
    expect(page).toContain('12 min 40 s together · billed 15 min')
  })

  it('marks notes, folds automatic mail and quotes', () => {
    expect(page).toContain('class="msg note"')
    expect(page).toContain('only for agents')
    expect(page).toContain('<details class="automatic">')
    expect(page).toContain('Show quoted text')
  })

  it('lets a person settle an unknown outcome', () => {
    expect(troubled).toContain('action="/desk/tickets/t1/messages/m3/resolve"')
    expect(troubled).toContain('name="outcome" value="arrived"')
    expect(troubled).toContain('name="outcome" value="lost"')
    expect(page).not.toContain('/resolve')
  })

  it('marks what came in meanwhile, once', () => {
    expect(troubled.match(/New since you opened this page/g)).toHaveLength(1)
  })

  it('has the newest at the end', () => {
    expect(page.indexOf('id="newest"')).toBeGreaterThan(page.indexOf('id="m-m4"'))
  })
})

describe('the composer', () => {
  it('works without a script: one form, radios, a price beside each button', () => {
    expect(page).toContain('action="/desk/tickets/t1/replies"')
    expect(page).toMatch(/<input class="vh" type="radio" name="channel" value="email" checked/)
    expect(page).toContain('costs 1</b>')
    expect(page).toContain('· leaves 6')
    expect(page).toContain('until 21 Nov 2027')
    expect(page).toContain('name="idempotencyKey" value="key-1"')
    expect(page).toContain('name="lastSeenMessageId" value="m5"')
    expect(page.toLowerCase()).toContain('formaction="/desk/tickets/t1/sessions"')
  })

  it('keeps the draft and says why it was refused', () => {
    expect(troubled).toContain('role="alert">Not sent: it costs 1 credit, 0.5 available.')
    expect(troubled).toContain('A draft that must not be lost.</textarea>')
    expect(troubled).toContain('costs 1, 0.5 available')
  })

  it('says why a channel is off', () => {
    expect(troubled).toContain('no phone number that can receive an SMS')
    expect(troubled).toContain('does not cover this channel: Portal')
    expect(troubled).toContain('href="/session/s1/agent"')
  })

  it('offers to waive only to those who may', () => {
    expect(page).toContain('name="waiveReason"')
    const strict = renderTicketPage({
      ...ticketProps,
      composer: { ...ticketProps.composer, mayWaive: false },
    })
    expect(strict).not.toContain('name="waiveReason"')
  })

  it('stops a send that lacks credits, unless it may be waived', () => {
    const off = /<button class="send" type="submit" disabled/
    const strict = { ...troubledTicket, composer: { ...troubledTicket.composer, mayWaive: false } }
    expect(renderTicketPage(strict)).toMatch(off)
    expect(troubled).not.toMatch(off)
    expect(troubled).toContain('worth 1, waived')
  })
})

describe('the side', () => {
  it('warns of a customer who cannot be reached and of what needs a supervisor', () => {
    expect(troubled).toContain('Needs a contact')
    expect(troubled).toContain('Proposal: take back 2 credits.')
    expect(page).not.toContain('Needs a supervisor')
  })

  it('tells held, owed and overdrawn credits apart', () => {
    expect(troubled).toContain('2.5 credits held for a running session')
    expect(troubled).toContain('2 credits owed')
    expect(troubled).toContain('1 credit used beyond zero')
  })

  it('counts the tally in minutes and seconds', () => {
    expect(page).toContain('<dd class="num">12:40</dd>')
  })
})

describe('times', () => {
  const words = wordsFor('en')
  const zone = 'Europe/Ljubljana'

  it('are short when near and whole when far', () => {
    expect(clock(words, minutesAgo(4), now, zone)).toBe('15:27')
    expect(clock(words, minutesAgo(60 * 24), now, zone)).toBe('20 Nov, 15:31')
    expect(clock(words, new Date('2025-01-02T03:04:00Z'), now, zone)).toBe('2 Jan 2025, 04:04')
  })

  it('count days by the shop’s midnight, not by 24 hours', () => {
    expect(ago(words, new Date('2026-11-20T22:59:00Z'), now, zone)).toBe('yesterday')
    expect(ago(words, new Date('2026-11-20T23:01:00Z'), now, zone)).toBe('15 hr')
    expect(ago(words, minutesAgo(0), now, zone)).toBe('now')
    expect(ago(words, new Date(now.getTime() + 5000), now, zone)).toBe('now')
  })

  it('of sessions read as a stopwatch', () => {
    expect(stopwatch(words, 760)).toBe('12:40')
    expect(stopwatch(words, 3725)).toBe('1:02:05')
    expect(stopwatch(words, 0)).toBe('0:00')
  })
})

describe('a quoted tail', () => {
  it('is parted with the line that introduces it', () => {
    expect(splitQuote('Yes.\n\nOn Friday, Maja wrote:\n> Does it work?\n>\n> M')).toEqual({
      fresh: 'Yes.\n',
      quoted: 'On Friday, Maja wrote:\n> Does it work?\n>\n> M',
    })
  })

  it('stays when the answer stands below it or there is nothing else', () => {
    expect(splitQuote('> Does it work?\nYes.').quoted).toBe('')
    expect(splitQuote('> only this').fresh).toBe('> only this')
    expect(splitQuote('').quoted).toBe('')
  })
})

describe('the weight of the page', () => {
  it('is far under 80 KB compressed, with style and scripts', () => {
    const assets = loadAssets()
    const script = assets.script('desk')
    const parts = [page, assets.css.body, script ? (assets.serve(script)?.body ?? '') : '']
    const bytes = parts.reduce((sum, part) => sum + gzipSync(part).length, 0)
    expect(bytes).toBeLessThan(30_000)
  })
})
