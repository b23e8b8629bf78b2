import { describe, expect, it } from '@jest/globals'
import { loadAssets } from '../../src/web/assets.ts'
import { renderDeskStatement, renderPortalStatement } from '../../src/web/statement/page.tsx'
import { deskStatement, emptyStatement, portalStatement, statement } from './statement-samples.ts'

const textOf = (html: string) =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/[\u2066-\u2069]/g, '')
    .replace(/\s+/g, ' ')

describe('the page of a statement', () => {
  it('says whose it is, of which days, and the sums with their signs', () => {
    const text = textOf(renderPortalStatement(portalStatement))
    expect(text).toContain('Žiga Čebašek, Čebelar d.o.o.')
    expect(text).toContain('1 Nov 2026 to 30 Nov 2026')
    expect(text).toContain('Balance at the beginning 0.00 Bought or given +15.00')
    expect(text).toContain('Spent on sessions −3.00')
    expect(text).toContain('Balance at the end 7.00')
    expect(text).not.toContain('Moved between accounts')
    expect(text).toContain('was refunded: 2 credits')
    expect(text).toContain('held for a running session: 1 credit')
  })

  it('names each movement, its cause and what is owed of it', () => {
    const text = textOf(renderDeskStatement(deskStatement))
    for (const words of [
      'Support 10 bought Order 731 +10.00 10.00',
      'Answer of Maja Kovač by e-mail #1042 Checkout page is blank after the update −1.00 9.00',
      'Work of Luka',
      'Answer of our team by SMS',
      'Session with Maja Kovač 12:40 together, billed 15:00',
      'Given back no such mailbox +0.50',
      'Support 10 refunded or cancelled Order 731 · Owed: 4.5 credits more −5.50 0.00',
      'Support 10 restored Order 731 · Owed: 4.5 credits less',
      'Credits added by goodwill given back after the end of validity +2.00',
      'What was owed is forgiven Owed: 1 credit less 0.00 7.00',
    ]) {
      expect(text).toContain(words)
    }
    expect(renderDeskStatement(deskStatement)).toContain('href="/desk/tickets/1042#m-2"')
  })

  it('says when nothing moved, and when the asked period is none', () => {
    const text = textOf(renderPortalStatement({ ...portalStatement, statement: emptyStatement }))
    expect(text).toContain('Nothing moved in this period.')
    expect(text).toContain('That period cannot be shown.')
  })

  it('has a head of the table that each printed page repeats, on A4 without the tools', () => {
    const html = renderPortalStatement(portalStatement)
    expect(html).toMatch(/<table class="moves"><thead>/)
    const { body } = loadAssets().css
    expect(body).toMatch(/@page statement \{\s*size: A4;/)
    expect(body).toMatch(/display: table-header-group/)
    expect(body).toMatch(/:is\(\.rail, \.tools, [^)]*\) \{\s*display: none;/)
  })

  it('escapes what people wrote', () => {
    const attack = '"><script>alert(1)</script>'
    const lines = [{ ...statement.lines[1], agent: attack, ticket: { number: 1, subject: attack } }]
    const hostile = { ...statement, customerName: attack, shopName: attack, lines } as typeof statement
    expect(renderPortalStatement({ ...portalStatement, statement: hostile })).not.toContain('<script>alert')
  })
})
