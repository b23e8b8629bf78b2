import { describe, expect, it } from '@jest/globals'
import { renderDeskList } from '../../src/web/desk/list.tsx'
import { renderTicketPage } from '../../src/web/desk/ticket.tsx'
import { renderErrorPage } from '../../src/web/plain/error.tsx'
import { renderPortalPage } from '../../src/web/portal/portal.tsx'
import { renderSandboxMail } from '../../src/web/sandbox/mail.tsx'
import { renderSandboxPhone } from '../../src/web/sandbox/phone.tsx'
import { renderSessionPage } from '../../src/web/session/session.tsx'
import { everyPage } from './pages.ts'
import {
  frame,
  listProps,
  mailProps,
  minutesAgo,
  phoneProps,
  portalProps,
  sessionProps,
  ticketProps,
  troubledTicket,
} from './samples.ts'

const pages = everyPage()

describe('every page', () => {
  it.each(pages)('%s is a whole document with a language, a title and a main part', (_, html) => {
    expect(html.startsWith('<!doctype html><html lang="en" dir="ltr">')).toBe(true)
    expect(html).toMatch(/<title>[^<]+ · CreditDesk<\/title>/)
    expect(html.match(/<main /g)).toHaveLength(1)
    expect(html.match(/<h1/g)).toHaveLength(1)
    expect(html).toContain('href="#main"')
    expect(html).toContain('id="main"')
  })

  it.each(pages)('%s has neither inline style nor inline script, as the policy demands', (_, html) => {
    expect(html).not.toMatch(/<[^>]*\sstyle=/)
    expect(html).not.toMatch(/<style/)
    expect(html).not.toMatch(/<[^>]*\son[a-z]+=/)
    for (const script of html.match(/<script[^>]*>[^<]*<\/script>/g) ?? []) {
      expect(script).toMatch(/^<script type="module" src="[^"]+"><\/script>$/)
    }
  })

  it.each(pages)('%s has all its words', (_, html) => {
    expect(html).not.toMatch(
      /\b(desk|portal|sandbox|login|session|errors-pages|common|reports|statement|audit|supervise|packages|products|shop-setup|notifications|talk):[a-z0-9]/,
    )
    // Saved replies show their variables as they are written.
    const told = html.replace(/\{\{(customer\.\w+|balance)\}\}/g, '')
    expect(told).not.toMatch(/\{\{|undefined|NaN|\[object/)
    // A key whose namespace is known but whose entry is missing comes out bare.
    expect(html).not.toMatch(
      />\s*(views|empty|state|by|event|unavailable|composerError|flag|reason|error)\.[\w.]+\s*</,
    )
  })

  it.each(pages)('%s guards each form that changes something', (_, html) => {
    for (const form of html.match(/<form[^>]*method="post"[\s\S]*?<\/form>/g) ?? []) {
      // Before signing in nobody has a token; those forms are guarded by where they come from.
      if (!/action="\/(login["/]|start\/)/.test(form)) {
        expect(form).toContain('<input type="hidden" name="csrf" value="csrf-token"')
      }
    }
  })

  it('has no id twice on the fullest page', () => {
    const ids = [...renderTicketPage(troubledTicket).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('what people wrote', () => {
  const attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>$t(desk:close){{n}}'

  it('is escaped wherever it stands', () => {
    const hostile = renderTicketPage({
      ...ticketProps,
      shopName: attack,
      agentName: attack,
      ticket: { ...ticketProps.ticket, subject: attack, order: attack, assignee: attack },
      rows:
        ticketProps.rows?.map((row) => ({
          ...row,
          customerName: attack,
          subject: attack,
          preview: attack,
        })) ?? [],
      conversation: [
        {
          kind: 'message',
          id: 'm1',
          direction: 'out',
          author: attack,
          channel: 'email',
          at: minutesAgo(1),
          body: attack,
          state: 'failed',
          failure: attack,
          cost: { kind: 'waived', units: 100n, reason: attack },
        },
        { kind: 'grant', at: minutesAgo(1), data: { units: 100n, packageName: attack, order: attack } },
        { kind: 'reversed', at: minutesAgo(1), data: { units: 100n, reason: attack } },
      ],
      composer: { ...ticketProps.composer, draft: attack, waiveReason: attack, idempotencyKey: attack },
      customer: { id: '1', name: attack, emails: [attack], phones: [attack], language: attack },
      flags: [{ kind: 'other', text: attack }],
    })
    const others = [
      renderDeskList({ ...listProps, place: { ...listProps.place, query: attack }, rows: [] }),
      renderPortalPage({ ...portalProps, shopName: attack, customerName: attack }),
      renderSandboxMail({ ...mailProps, mail: { ...mailProps.mail, text: attack, subject: attack } }),
      renderSandboxPhone({ ...phoneProps, phone: { number: attack, texts: [] } }),
      renderSessionPage({ ...sessionProps, otherName: attack, subject: attack, socketUrl: attack }),
    ]
    for (const html of [hostile, ...others]) {
      expect(html).not.toContain('<script>')
      expect(html).not.toContain('<img')
      expect(html).toContain('&lt;script>')
      expect(html).toContain('$t(desk:close){{n}}')
    }
  })

  it('becomes a link only for http addresses', () => {
    const body = 'see https://a.example.test/x?y=1. or javascript:alert(1) or http://b.example.test'
    const html = renderPortalPage({
      ...portalProps,
      ticket: {
        number: 1,
        subject: 's',
        state: 'open',
        messages: [{ id: 'm', mine: true, author: 'A', channel: 'email', at: minutesAgo(1), body }],
        replyAction: '/r',
        filesAction: '/f',
        files: [],
        limits: { fileBytes: 10, bytesTogether: 20, files: 2 },
        idempotencyKey: 'k',
      },
    })
    expect(html).toContain('href="https://a.example.test/x?y=1"')
    expect(html).toContain('href="http://b.example.test"')
    expect(html).not.toContain('href="javascript:')
  })

  it('keeps its own direction', () => {
    const html = renderDeskList(listProps)
    expect(html).toContain('<span class="from" dir="auto">سارا محمدی</span>')
  })
})

describe('the list', () => {
  it('shows balance, channel, number and who waits', () => {
    const html = renderDeskList(listProps)
    expect(html).toContain('<span class="pill num ok">7 left</span>')
    expect(html).toContain('<span class="pill num low">1 left</span>')
    expect(html).toContain('<span class="pill num none">empty</span>')
    expect(html).toContain('href="/desk/tickets/t1#newest"')
    expect(html).toContain('4 min')
    expect(html).toContain('No name')
    expect(html.match(/class="row"/g)).toHaveLength(3)
    expect(html).toContain('rel="next" href="/desk?view=unanswered&amp;before=abc"')
  })

  it('says each row’s state where several stand together', () => {
    expect(renderDeskList(listProps)).not.toContain(' · Waiting for customer')
    expect(renderDeskList({ ...listProps, place: { view: 'all', search: '?view=all' } })).toContain(
      ' · Waiting for customer',
    )
  })
})

describe('other pages', () => {
  it('carry the sandbox banner only in the sandbox', () => {
    expect(renderDeskList(listProps)).not.toContain('sandbox-banner')
    expect(renderDeskList({ ...listProps, sandbox: true })).toContain('href="/sandbox/mail"')
  })

  it('show a mail’s HTML only inside a frame that may do nothing but open its links', () => {
    const html = renderSandboxMail(mailProps)
    expect(html).toContain(
      '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" src="/sandbox/mail/x1/body"',
    )
  })

  it('never show a credit without its sign in the portal', () => {
    const html = renderPortalPage(portalProps)
    expect(html).toContain('−2</span>')
    expect(html).toContain('<span class="num plus">+10</span>')
    expect(html).toContain('billed 15 min')
  })

  it('answer an unknown status with the nearest page', () => {
    expect(renderErrorPage({ ...frame, status: 418, homeHref: '/' })).toContain('That request makes no sense')
    expect(renderErrorPage({ ...frame, status: 504, homeHref: '/' })).toContain(
      'Something went wrong on our side',
    )
  })

  it('hand the room its state and its socket', () => {
    const html = renderSessionPage(sessionProps)
    expect(html).toContain('data-socket="ws://127.0.0.1:9/socket"')
    expect(html).toContain('data-mood="waiting"')
    expect(html).toContain('action="/session/s1/end"')
    const customer = renderSessionPage({
      ...sessionProps,
      side: 'customer',
      session: { ...sessionProps.session, customerPresent: true },
    })
    expect(customer).toContain('data-mood="together"')
  })
})
