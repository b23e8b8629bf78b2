import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { renderMail } from '../../src/words/mail.ts'
import type { Mails, WelcomeMail } from '../../src/words/mail-data.ts'
import { paragraphs } from '../../src/words/paragraphs.ts'
import { renderText } from '../../src/words/texts.ts'
import { wordsFor } from '../../src/words/words.ts'
import { mailSamples } from './mail-samples.ts'

const words = wordsFor('en')
const names = Object.keys(mailSamples) as (keyof Mails)[]

function render<K extends keyof Mails>(name: K, changes: Partial<Mails[K]> = {}) {
  return renderMail(name, words, { ...mailSamples[name], ...changes })
}

/** Of those that go to somebody else than a customer. */
const whyOf: Partial<Record<string, string>> = {
  'contact-invitation':
    'Somebody let you write on the account of Čebašek d.o.o. at SHOP, so you get this e-mail.',
  'no-package': 'You wrote to SHOP, so you get this e-mail, once a day at most.',
}

describe.each(names)('the mail "%s"', (name) => {
  const mail = render(name)

  it('has a subject of one line, a page and a plain text with the link', () => {
    const link =
      name === 'no-package'
        ? 'https://shop.example.test/support'
        : 'https://help.example.test/p/abcdefghijklmnop'
    expect(mail.subject).toMatch(/^[^\n]{10,}$/)
    expect(mail.html).toMatch(/^<!doctype html>\n<html lang="en" dir="ltr">/)
    expect(mail.html).toContain(`href="${link}"`)
    expect(mail.text).toContain(`${link}\n`)
    const why = whyOf[name] ?? 'You have support credits at SHOP, so you get this e-mail.'
    expect(mail.html).toContain(why.replace('SHOP', 'Example &amp; Sons'))
    expect(mail.text).toContain(why.replace('SHOP', 'Example & Sons'))
  })

  it('leaves no placeholder, no hole and no ragged space', () => {
    expect(`${mail.subject}${mail.html}${mail.text}`).not.toMatch(/\{\{|\{%|undefined|null|NaN|\[object/)
    expect(mail.text).not.toMatch(/^\s|\n{3}|(?<!\n--) \n/)
    expect(mail.html).not.toMatch(/<script|<link |<img/)
  })

  it('lets nothing that people typed become markup', () => {
    const evil = `"><img src=x onerror=alert(1)>'&<script>`
    const data = Object.fromEntries(
      Object.entries(mailSamples[name]).map(([key, value]) => [
        key,
        typeof value === 'string' && key !== 'timeZone' ? evil : value,
      ]),
    ) as unknown as Mails[typeof name]
    const { html } = renderMail(name, words, data)
    expect(html).not.toMatch(/<img|<script|&amp;amp;|&amp;lt;/)
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })

  it('is not made at all when something that it tells is missing', () => {
    for (const told of [name === 'no-package' ? 'shopUrl' : 'portalUrl', 'shopName']) {
      const rest = Object.fromEntries(Object.entries(mailSamples[name]).filter(([key]) => key !== told))
      expect(() => renderMail(name, words, rest as unknown as Mails[typeof name])).toThrow(told)
    }
  })

  it('turns round for a language that is written from right to left', () => {
    const { html } = renderMail(name, { ...words, locale: 'fa', dir: 'rtl' }, mailSamples[name])
    expect(html).toContain('<html lang="fa" dir="rtl">')
    expect(html).not.toContain('align="right"')
  })
})

describe('the welcome', () => {
  const meter = (data: Partial<WelcomeMail>) => {
    const { html } = render('welcome', data)
    return [html.split('class="full"').length - 1, html.split('class="used"').length - 1]
  }

  it('says what the package promises', () => {
    expect(render('welcome').text).toContain(
      [
        'Balance: 10 of 10 credits left',
        '',
        'Support pack 10',
        '  10 credits, valid until 21 Nov 2027',
        '  - E-mail: 1 credit per answer',
        '  - SMS: 0.5 credits per 160 characters',
        '  - Video call: 1 credit per started 5 min',
        '  - Work on your shop: free',
        '',
        'How to ask',
      ].join('\n'),
    )
    expect(render('welcome').subject).toBe('Your support at Example & Sons: 10 credits (ticket 1042)')
  })

  it('greets a person without a name, and names each of several packages', () => {
    const [pack] = mailSamples.welcome.grants
    if (!pack) throw new Error('the sample has a package')
    const { text } = render('welcome', {
      customerName: '',
      grants: [pack, { ...pack, name: 'Bonus', units: 150n, expiresAt: null }],
    })
    expect(text).toMatch(/^##- .+ -##\n\nHello,\n\nThank you/)
    expect(text).toContain('\n\nBonus\n  1.5 credits, valid without limit of time\n  - E-mail')
    expect(text).not.toMatch(/\n{3}/)
  })

  it('names the last day in the time zone of the shop, else in UTC', () => {
    const [pack] = mailSamples.welcome.grants
    if (!pack) throw new Error('the sample has a package')
    const grants = [{ ...pack, expiresAt: new Date('2027-11-21T23:30:00Z') }]
    expect(render('welcome', { grants }).text).toContain('valid until 22 Nov 2027')
    const { timeZone: _, ...anywhere } = { ...mailSamples.welcome, grants }
    expect(renderMail('welcome', words, anywhere).text).toContain('valid until 21 Nov 2027')
  })

  it.each([
    [1000n, 1000n, [10, 0]],
    [700n, 1000n, [7, 3]],
    [0n, 1000n, [0, 10]],
    [1n, 1000n, [1, 9]],
    [999n, 1000n, [9, 1]],
    [9_900n, 10_000n, [19, 1]],
    [50n, 100n, [0, 1]],
    [0n, 0n, [0, 0]],
    [300n, 200n, [3, 0]],
  ])('draws %p of %p units as full and used segments %j', (availableUnits, totalUnits, drawn) => {
    expect(meter({ availableUnits, totalUnits })).toEqual(drawn)
  })
})

describe('the reply', () => {
  it.each([
    [{ costUnits: 100n, availableUnits: 600n }, 'This answer cost 1 credit. 6 credits left.'],
    [{ costUnits: 50n, availableUnits: 0n }, 'This answer cost 0.5 credits. No credits left.'],
    [{ costUnits: 0n, availableUnits: 100n }, 'This answer was free for you. 1 credit left.'],
    [
      { costUnits: 0n, waivedWorthUnits: 100n, availableUnits: 100n },
      'This answer is worth 1 credit and was free for you. 1 credit left.',
    ],
  ])('says what it cost and what is left: %j', (figures, sentence) => {
    const { text, html } = render('reply', figures)
    expect(text).toContain(`\n-- \n${sentence}\n`)
    expect(html.replace(/<\/?strong[^>]*>/g, '')).toContain(sentence)
  })

  it.each([
    ['Re: re: AW: White page', 'Re: White page (ticket 1042)'],
    ['White page\r\nBcc: all@example.test', 'Re: White page Bcc: all@example.test (ticket 1042)'],
    ['Reply: to all', 'Re: Reply: to all (ticket 1042)'],
  ])('answers the subject %j as %j', (subject, answered) => {
    expect(render('reply', { subject }).subject).toBe(answered)
  })

  it('leaves liquid that an agent typed as it is', () => {
    expect(render('reply', { body: '{{ shopName }} {% raw %}' }).text).toContain('{{ shopName }} {% raw %}')
  })
})

describe('the mails about work', () => {
  it('say what was done, how long it took, what it cost and what is left', () => {
    const mail = render('work-done')
    expect(mail.subject).toBe('Done on your ticket 1042: 20 min of work')
    expect(mail.text).toContain('Moved the shop to PHP 8.4.')
    expect(mail.text).toContain('Time: 20 min\nCost: 4 credits\n2 credits left.\n')
  })

  it.each([
    [{ costUnits: 0n, waivedWorthUnits: 400n }, 'Cost: free for you, worth 4 credits\n'],
    [{ costUnits: 0n }, 'Cost: free\n'],
  ])('say that work was free: %j', (figures, line) => {
    expect(render('work-done', figures).text).toContain(line)
  })

  it('ask before the work with its price and a link to the page with the buttons', () => {
    const mail = render('work-offer')
    expect(mail.subject).toBe('May we? 4 credits for your ticket 1042')
    expect(mail.text).toContain('Time: 20 min\nIt will cost: 4 credits\n6 credits left.\n')
    expect(mail.text).toContain('Agree or decline:\nhttps://help.example.test/offer/abcdefghijklmnop\n')
    expect(mail.html).toContain('href="https://help.example.test/offer/abcdefghijklmnop"')
  })
})

describe('the bill of a call', () => {
  it('shows what was talked, billed, paid and left', () => {
    expect(render('session-bill').text).toContain(
      'You talked for: 5 min 10 s\nBilled: 10 min\nCost: 2 credits\nLeft: 4 credits\n',
    )
  })

  it('says so when it cost nothing', () => {
    const mail = render('session-bill', { costUnits: 0n, actualSeconds: 0, billedSeconds: 0 })
    expect(mail.subject).toBe('Your video call cost nothing (ticket 1042)')
    expect(mail.text).toContain('Cost: nothing')
    expect(mail.html).toContain('>nothing<')
  })
})

describe('plain text as HTML', () => {
  const plain = (text: string) => paragraphs(text).replace(/ (dir|style|class)="[^"]*"/g, '')

  it.each([
    ['one\ntwo\r\n\r\n\n three', '<p>one<br>two</p>\n<p>&nbsp;three</p>'],
    [
      'if (a) {\n  b & c\n\td\n}',
      '<p>if (a) {<br>&nbsp;&nbsp;b &amp; c<br>&nbsp;&nbsp;&nbsp;&nbsp;d<br>}</p>',
    ],
    ['', ''],
    [
      'see https://a.test/b?c=1&d=2.',
      '<p>see <a href="https://a.test/b?c=1&amp;d=2">https://a.test/b?c=1&amp;d=2</a>.</p>',
    ],
    ['(http://a.test/x_(y))', '<p>(<a href="http://a.test/x_(y)">http://a.test/x_(y)</a>)</p>'],
    ['<https://a.test>', '<p>&lt;<a href="https://a.test">https://a.test</a>&gt;</p>'],
    ['javascript:alert(1) data:text/html,x', '<p>javascript:alert(1) data:text/html,x</p>'],
    ['https:// is no address', '<p>https:// is no address</p>'],
  ])('makes of %j: %s', (text, html) => {
    expect(plain(text)).toBe(html)
  })

  it('never lets markup through', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '"',
      "'",
      '&',
      'https://',
      'a.test',
      ' ',
      '\n',
      '(',
      ')',
      '.',
      'onload=',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const rest = plain(pieces.join('')).replace(/<\/?p>|<br>|<a href="https?:[^"<>]*">|<\/a>/g, '')
        expect(rest).not.toMatch(/[<>"']/)
      }),
    )
  })
})

describe('the text that invites to a call', () => {
  it('fits into one segment of plain letters with a usual link', () => {
    const text = renderText('session-invitation', words, {
      shopName: 'Example & Sons',
      agentName: 'Ana',
      joinUrl: 'https://help.example.test/room/abcdefghijklmnopqrstuvwxyz2345',
    })
    expect(text).toBe(
      'Ana of Example & Sons is waiting for you in a video call: https://help.example.test/room/abcdefghijklmnopqrstuvwxyz2345 Waiting is free.',
    )
    expect(text.length).toBeLessThanOrEqual(160)
  })
})
