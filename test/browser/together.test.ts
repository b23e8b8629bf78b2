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
    await maja.locator('.event.fresh').waitFor()
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

  it('are told when the other left, and when their process was killed', async () => {
    await here(maja).getByText('Nina Hribar').waitFor()
    await nina.goto('/desk')
    await here(maja).getByText('Nina Hribar').waitFor({ state: 'detached' })
    await nina.goto(`/desk/tickets/${ticket.id}`)
    await here(maja).getByText('Nina Hribar is looking').waitFor()
    await second.kill()
    await here(maja).getByText('Nina Hribar').waitFor({ state: 'detached' })
  })

  it('find nothing wrong in the console', () => {
    expect(visitors.faults).toEqual([])
  })
})
