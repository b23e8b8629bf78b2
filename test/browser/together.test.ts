import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import type { Service } from '../support/service.ts'
import { type SeenTicket, type Stage, setStage } from './stage.ts'
import { openBrowser, type Visitors } from './visitors.ts'

// Two agents at once, each in a browser of their own and each served by a process of their own.
const stage: Stage = await setStage()
const second: Service = await stage.another()
const visitors: Visitors = await openBrowser(stage.address)
const elsewhere: Visitors = await openBrowser(second.address)
declare global {
  interface Window {
    /** How often it was not said any more who is there. */
    wiped: number
  }
}

let maja: Page
let nina: Page
let ticket: SeenTicket

const draft = (page: Page) => page.locator('#composer textarea[name="body"]')
const send = (page: Page) => page.locator('#composer .foot:visible button.send')
const inThread = (page: Page, text: string) => page.locator('#thread .msg', { hasText: text })
const here = (page: Page) => page.locator('#ticket-head [data-here]')

beforeAll(async () => {
  ticket = await stage.order(710, { name: 'Hana Novak', email: 'hana@example.test' })
  maja = await visitors.arrive()
  nina = await elsewhere.arrive()
  await maja.goto(await stage.loginUrl())
  const link = new URL(await stage.loginUrl('supervisor'))
  await nina.goto(link.pathname)
  for (const page of [maja, nina]) await page.goto(`/desk/tickets/${ticket.id}`)
})
afterAll(async () => {
  await visitors.close()
  await elsewhere.close()
  await second.stop()
  await stage.close()
})

describe('two agents at one ticket', () => {
  it('see each other look and write, across processes', async () => {
    await here(maja).getByText('Nina Hribar is looking').waitFor()
    await here(nina).getByText('Maja Kos is looking').waitFor()
    await draft(nina).fill('I am on it')
    await here(maja).getByText('Nina Hribar is writing').waitFor()
    await draft(nina).fill('')
    await here(maja).getByText('Nina Hribar is looking').waitFor()
  })

  it('see what the other sends without a reload, and keep what they typed and the focus', async () => {
    await draft(maja).fill('My own answer')
    await draft(nina).fill('Please clear the cache.')
    await send(nina).click()
    await inThread(maja, 'Please clear the cache').waitFor()
    expect(await draft(maja).inputValue()).toBe('My own answer')
    expect(await maja.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
    await maja.locator('[data-news]:visible', { hasText: 'Nina Hribar wrote' }).waitFor()
  })

  it('are stopped by what they have not read, in place, and send after that', async () => {
    await send(maja).click()
    await maja.locator('#composer [role="alert"]').waitFor()
    expect(await draft(maja).inputValue()).toBe('My own answer')
    // Also after the page has looked again, which knows of no stopped answer.
    await maja.evaluate(() => {
      document.title = 'Not looked again'
      document.dispatchEvent(new Event('desk-look'))
    })
    await maja.waitForFunction(() => !document.title.includes('Not looked again'))
    const marked = maja.locator('.event.fresh + .block')
    expect(await marked.textContent()).toContain('Please clear the cache')
    const { messages } = await stage.ticket(ticket.id)
    expect(messages.some(({ body }) => body === 'My own answer')).toBe(false)
    await send(maja).click()
    await inThread(maja, 'My own answer').waitFor()
    await inThread(nina, 'My own answer').waitFor()
  })

  it('may say that they read it, and send at once', async () => {
    await draft(maja).fill('And one more thing')
    await draft(nina).fill('The cache again')
    await send(nina).click()
    await maja.locator('[data-news]:visible').getByRole('button').click()
    await send(maja).click()
    await inThread(maja, 'And one more thing').waitFor()
  })

  it('see beside Send what is left after somebody else spent or gave, and what can be done without credits', async () => {
    const other = await stage.order(711, { name: 'Hana Novak', email: 'hana@example.test' })
    const foot = maja.locator('#composer .foot:visible')
    const { available } = (await stage.ticket(ticket.id)).balance
    await foot.getByText(`leaves ${available - 1}`).waitFor()
    await draft(maja).fill('Half a sentence')
    await stage.api(`tickets/${other.id}/replies`, {
      channel: 'portal',
      body: 'On the other ticket.',
      idempotencyKey: 'other-1',
    })
    await foot.getByText(`leaves ${available - 2}`).waitFor()
    await stage.api(`tickets/${other.id}/work`, {
      minutes: (available - 1) * 5,
      body: 'All the rest',
      idempotencyKey: 'other-2',
    })
    await foot.getByText('costs 1, 0 available').waitFor()
    await foot.getByRole('button', { name: 'Ask to top up' }).waitFor()
    expect(await foot.locator('button.send').isDisabled()).toBe(true)
    await stage.api(`customers/${ticket.customer.id}/grants`, {
      credits: 3,
      reason: 'A gift',
      idempotencyKey: 'gift-1',
    })
    await foot.getByText('leaves 2').waitFor()
    expect(await foot.locator('button.send').isEnabled()).toBe(true)
    expect(await draft(maja).inputValue()).toBe('Half a sentence')
    await draft(maja).fill('')
  })

  it('are told when the other left, and when their process was killed', async () => {
    await here(maja).getByText('Nina Hribar').waitFor()
    await nina.goto('/desk')
    await here(maja).getByText('Nina Hribar').waitFor({ state: 'detached' })
    await nina.goto(`/desk/tickets/${ticket.id}`)
    await here(maja).getByText('Nina Hribar is looking').waitFor()
    await second.kill()
    await here(maja).getByText('Nina Hribar').waitFor({ state: 'detached' })
  })

  it('of one process go on seeing each other when the page changes', async () => {
    const luka = await visitors.arrive()
    await luka.goto(await stage.loginUrl('supervisor'))
    await luka.goto(`/desk/tickets/${ticket.id}`)
    await here(maja).getByText('Nina Hribar is looking').waitFor()
    await maja.evaluate(() => {
      window.wiped = 0
      const count = () => {
        for (const mark of document.querySelectorAll('#ticket-head [data-here]')) {
          if (mark.textContent === '') window.wiped += 1
        }
      }
      new MutationObserver(count).observe(document.body, { childList: true, subtree: true })
    })
    await stage.api(`tickets/${ticket.id}/notes`, { body: 'A note that changes the page.' })
    await inThread(maja, 'changes the page').waitFor()
    await here(maja).getByText('Nina Hribar is looking').waitFor()
    expect(await maja.evaluate(() => window.wiped)).toBe(0)
    await luka.context().close()
  })

  it('find nothing wrong in the console', () => {
    expect(visitors.faults).toEqual([])
  })
})
