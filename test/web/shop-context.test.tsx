import { describe, expect, it } from '@jest/globals'
import { renderTicketPage } from '../../src/web/desk/ticket.tsx'
import { shopContexts, ticketProps } from './samples.ts'

const pageOf = (name: string) => {
  const context = shopContexts[name]
  if (!context) throw new RangeError(`no sample ${name}`)
  return renderTicketPage({ ...ticketProps, context })
}

describe('the customer in the shop', () => {
  it('is counted and summed by currency, with first and last order, country and further e-mails', () => {
    const page = renderTicketPage(ticketProps)
    expect(page).toMatch(/Orders<\/dt><dd class="num">14</)
    expect(page).toContain('€1,482.30')
    expect(page).toContain('US$59.00')
    expect(page).toContain('11 Feb 2024')
    expect(page).toContain('Slovenia')
    expect(page).toContain('The shop also names')
    expect(page).toContain('racuni@cebasek.example.test')
    expect(page).toMatch(/As of \d\d:\d\d/)
  })

  it('links each of the latest orders to the page of the merchant, in a window of its own', () => {
    const page = renderTicketPage(ticketProps)
    expect(page).toContain(
      'href="https://shop.example/wp-admin/admin.php?page=wc-orders&amp;action=edit&amp;id=59" target="_blank" rel="noopener noreferrer"',
    )
    expect(page).toContain('#12-A')
    expect(page).toContain('in-wrapping')
    expect(pageOf('unasked')).not.toContain('wp-admin')
  })

  it.each([
    ['unasked', 'this shop gave no keys', false],
    ['asking', 'The shop is being asked', true],
    ['asked again, a reseller', 'being asked again', true],
    ['asked again, a reseller', 'more than 300', true],
    ['failed', 'The shop could not be asked. ⁨The shop does not know the consumer key.⁩', false],
    ['failed later', 'No orders in the shop.', false],
    ['asking', 'No orders are known.', true],
  ])('%s: says "%s"', (name, words, pending) => {
    const page = pageOf(name)
    expect(page).toContain(words)
    expect(/shop-context"[^>]*data-pending/.test(page)).toBe(pending)
  })

  it('shows what the shop wrote as text', () => {
    const evil = '<img src=x onerror=alert(1)>'
    const page = renderTicketPage({
      ...ticketProps,
      context: {
        state: { kind: 'failed', reason: evil },
        orders: 1,
        complete: true,
        spent: [{ currency: evil, amount: evil }],
        country: 'XX',
        otherEmails: [evil],
        latest: [{ number: evil, at: ticketProps.now, total: evil, currency: evil, status: evil }],
      },
    })
    expect(page).not.toContain('<img src=x')
  })
})
