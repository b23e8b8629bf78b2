import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { AxeResults, RunOptions } from 'axe-core'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { type SeenTicket, type Stage, setStage } from './stage.ts'
import { openBrowser, overflowOf, phoneScreen, portalOf, type Visitors } from './visitors.ts'

// Every page as people meet it: light and dark, on a phone, with the keyboard alone, without a script.

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const longEmail = 'maksimiljana.podgorsek-zupancic@a-rather-long-name-of-a-shop.example.test'

let stage: Stage
let visitors: Visitors
let ticket: SeenTicket
let pages: Record<string, string>
/** The agent's login, so that each visitor can be the agent. */
let login: NonNullable<BrowserContextOptions['storageState']>

beforeAll(async () => {
  stage = await setStage()
  visitors = await openBrowser(stage.address)
  ticket = await stage.order(4002, {
    name: 'Maksimiljana Podgoršek-Zupančič',
    email: longEmail,
    phone: '+386 40 123 456',
  })
  const reply = (channel: string, body: string) =>
    stage.api(`tickets/${ticket.id}/replies`, { channel, body, idempotencyKey: `looks-${channel}` })
  await reply('email', `See https://example.test/${'very-long-address'.repeat(12)} and\n\n${'x'.repeat(300)}`)
  await reply('sms', 'And a text.')
  const contacts = `customers/${ticket.customer.id}/contacts`
  const person = await stage.api<{ id: string }>(contacts, {
    name: 'Aleksandra Konstantinopoulou-Papadimitriou',
    email: `a.${longEmail}`,
    phone: '+386 40 999 888',
  })
  const people = `/desk/${contacts.replace('contacts', 'people')}`
  const session = await stage.api<{ agentUrl: string }>(`tickets/${ticket.id}/sessions`, { kind: 'video' })
  const guide = await visitors.arrive()
  await guide.goto(await stage.loginUrl())
  login = await guide.context().storageState()
  const portal = await portalOf(guide, longEmail)
  await guide.goto('/sandbox/mail')
  const mail = (await guide.locator('ul.rows a').first().getAttribute('href')) ?? ''
  await guide.context().close()
  pages = {
    list: '/desk?view=all',
    'empty list': '/desk?view=closed',
    ticket: `/desk/tickets/${ticket.id}`,
    notifications: '/desk/me/notifications',
    'saved replies': '/desk/replies?edit=new',
    portal,
    'people of the desk': people,
    'removing somebody': `${people}?remove=${person.id}`,
    'people of the portal': `${portal}/people`,
    'changing somebody': `${portal}/people?change=${person.id}`,
    room: session.agentUrl,
    mailbox: '/sandbox/mail',
    mail,
    phone: '/sandbox/phone',
    login: '/login?reason=signed_out',
    home: '/',
    'nothing here': '/nothing-here',
  }
})

afterAll(async () => {
  await visitors?.close()
  await stage?.close()
})

/** Serious and critical findings of axe, each with the elements that it is about. `rules` narrows it to some of them. */
async function violationsOf(page: Page, rules?: string[]): Promise<string[]> {
  const options: RunOptions = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) }
  const { violations } = await page.evaluate(
    (asked) => (window as unknown as { axe: { run(o: RunOptions): Promise<AxeResults> } }).axe.run(asked),
    options,
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`)
}

describe('each page', () => {
  it('can be read by everybody, in the light and in the dark', async () => {
    const page = await visitors.arrive({ storageState: login, colorScheme: 'light' })
    const found: Record<string, string[]> = {}
    for (const [name, path] of Object.entries(pages)) {
      // Signed in, the login page leads on to the desk.
      if (name === 'login') await page.context().clearCookies()
      await page.emulateMedia({ colorScheme: 'light' })
      await page.goto(path)
      await page.evaluate(axeSource)
      const light = await violationsOf(page)
      await page.emulateMedia({ colorScheme: 'dark' })
      const dark = await violationsOf(page, ['color-contrast'])
      if (light.length + dark.length > 0) found[name] = [...light, ...dark]
    }
    await page.context().close()
    expect(found).toEqual({})
  })
})

describe('on a phone', () => {
  it('no page is wider than the screen, and the ticket shows composer, price and Send', async () => {
    const page = await visitors.arrive({
      storageState: login,
      viewport: phoneScreen,
      isMobile: true,
      hasTouch: true,
    })
    const wide: Record<string, number> = {}
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(path)
      const overflow = await overflowOf(page)
      if (overflow > 0) wide[name] = overflow
    }
    expect(wide).toEqual({})
    await page.goto(pages.ticket ?? '')
    for (const part of [
      '#composer textarea',
      '.foot:visible .price',
      'button.send:visible',
      '#side summary',
    ]) {
      const box = await page.locator(part).boundingBox()
      expect(box?.y ?? -1).toBeGreaterThanOrEqual(0)
      expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(phoneScreen.height)
    }
    await page.locator('#side summary').tap()
    expect(await page.locator('#side .left').isVisible()).toBe(true)
    expect(await overflowOf(page)).toBe(0)
    await page.context().close()
  })
})

describe('on a wide screen', () => {
  it('the panes of a ticket scroll, and never the page around them', async () => {
    const page = await visitors.arrive({ storageState: login, viewport: { width: 1440, height: 600 } })
    await page.goto(`${pages.ticket}#newest`)
    const [side, beyond] = await page.evaluate(() =>
      ['#side', ':root'].map((one) => {
        const { scrollHeight = 0, clientHeight = 0 } = document.querySelector(one) ?? {}
        return scrollHeight - clientHeight
      }),
    )
    await page.context().close()
    expect(side).toBeGreaterThan(0)
    expect(beyond).toBe(0)
  })
})

describe('from right to left', () => {
  it.each([1440, 390])('no page is wider than a window of %i pixels', async (width) => {
    const page = await visitors.arrive({ storageState: login, viewport: { width, height: 844 } })
    const wide: Record<string, number> = {}
    for (const name of ['list', 'ticket', 'portal', 'people of the portal', 'removing somebody']) {
      await page.goto(pages[name] ?? '')
      await page.evaluate(() => {
        document.documentElement.dir = 'rtl'
      })
      const overflow = await overflowOf(page)
      if (overflow > 0) wide[name] = overflow
    }
    await page.context().close()
    expect(wide).toEqual({})
  })
})

describe('the reports, for a supervisor', () => {
  it('can be read by everybody, are no wider than a phone in either direction, and need no script', async () => {
    const page = await visitors.arrive({ viewport: phoneScreen, colorScheme: 'light' })
    await page.goto(await stage.loginUrl('supervisor'))
    await page.goto('/desk?view=all')
    await page.locator('.rail a[href="/desk/reports"]').click()
    await page.locator('h2', { hasText: 'Deferred revenue' }).waitFor()
    await page.evaluate(axeSource)
    expect(await violationsOf(page)).toEqual([])
    await page.emulateMedia({ colorScheme: 'dark' })
    expect(await violationsOf(page, ['color-contrast'])).toEqual([])
    expect(await overflowOf(page)).toBe(0)
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl'
    })
    expect(await overflowOf(page)).toBe(0)
    const supervisor = await page.context().storageState()
    await page.context().close()

    const plain = await visitors.arrive({ storageState: supervisor, javaScriptEnabled: false })
    await plain.goto('/desk/reports')
    await plain.locator('input[name="from"]').fill('2026-01-01')
    await plain.locator('input[name="to"]').fill('2026-01-31')
    await plain.locator('.days button').click()
    await plain.locator('dd', { hasText: '1 Jan 2026 to 31 Jan 2026' }).waitFor()
    await plain.context().close()
  })
})

describe('with the keyboard alone', () => {
  it('an agent finds the ticket, chooses the channel, writes and sends', async () => {
    const page = await visitors.arrive({ storageState: login })
    await page.goto('/desk?view=all')
    await page.keyboard.press('/')
    await page.keyboard.type('4002')
    // The list follows what is typed; Enter asks for the page of it.
    await page.waitForURL(/q=4002/)
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
    await tabTo(page, 'a.row')
    await page.keyboard.press('Enter')
    await page.waitForURL(/tickets/)
    await tabTo(page, '[name="channel"]')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowLeft')
    await tabTo(page, '#composer textarea')
    await page.keyboard.type('Written without a mouse.')
    await page.keyboard.press('Control+Enter')
    await page.locator('#thread .msg', { hasText: 'without a mouse' }).waitFor()
    await page.context().close()
  })
})

/** Presses Tab until the focus is there; fails when it never comes there. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab')
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return
  }
  throw new Error(`Tab does not lead to ${selector}`)
}

describe('without a script', () => {
  it('reading, answering and a note work, and the customer can write', async () => {
    const page = await visitors.arrive({ storageState: login, javaScriptEnabled: false })
    await page.goto('/desk?view=all')
    await page.locator('ul.rows a').first().click()
    await page.locator('#composer textarea').fill('Sent by a plain form.')
    await page.locator('#composer button.send:visible').click()
    await page.locator('#thread .msg.out', { hasText: 'plain form' }).waitFor()
    await page.locator('.tabs label', { hasText: 'Note' }).click()
    await page.locator('#composer textarea').fill('A plain note.')
    await page.locator('#composer button.send:visible').click()
    await page.locator('#thread .msg.note', { hasText: 'plain note' }).waitFor()
    await page.goto(pages.portal ?? '')
    await page.locator('#reply textarea').fill('The customer, by a plain form.')
    await page.locator('#reply button.send').click()
    await page.locator('.talk .msg.in', { hasText: 'by a plain form' }).waitFor()
    await page.goto(pages.room ?? '')
    expect(await page.locator('[data-connection]').textContent()).toContain('needs JavaScript')
    await page.context().close()
  })
})

describe('all of them', () => {
  it('leave the consoles silent and ask no other host', () => {
    expect(visitors.faults.filter((fault) => !fault.includes('/nothing-here'))).toEqual([])
  })
})
