import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { type SeenTicket, type Stage, setStage } from './stage.ts'
import { openBrowser, type Visitors } from './visitors.ts'

const stage: Stage = await setStage()
const visitors: Visitors = await openBrowser(stage.address)
let maja: Page
let ticket: SeenTicket

beforeAll(async () => {
  ticket = await stage.order(730, { name: 'Hana Novak', email: 'hana@example.test' })
  await stage.api('saved-replies', {
    name: 'Cache',
    folder: 'Checkout',
    texts: { en: 'Dear {{customer.first_name}}, you have {{balance}} left.' },
  })
  await stage.api('saved-replies', { name: 'Bye', texts: { en: 'Kind regards, {{agent.first_name}}' } })
  maja = await visitors.arrive()
  await maja.goto(await stage.loginUrl())
})
afterAll(async () => {
  await visitors.close()
  await stage.close()
})

it('comes into the answer by "/" at the start of a line, by the keyboard alone', async () => {
  await maja.goto(`/desk/tickets/${ticket.id}`)
  const draft = maja.locator('#composer textarea[name="body"]')
  await draft.focus()
  await maja.keyboard.type('/')
  const search = maja.getByRole('combobox', { name: 'Search saved replies' })
  await search.waitFor()
  await maja.getByRole('option', { name: 'Checkout / Cache' }).waitFor()
  await maja.keyboard.type('cach')
  await maja.getByRole('option', { name: 'Bye' }).waitFor({ state: 'detached' })
  await maja.keyboard.press('Enter')
  expect(await draft.inputValue()).toBe('Dear Hana, you have 10 credits left.')
  expect(await maja.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
  // In the middle of a line it is a letter like any other.
  await maja.keyboard.type(' 1/2\n/')
  await maja.getByRole('option', { name: 'Bye' }).waitFor()
  await maja.keyboard.press('ArrowDown')
  await maja.keyboard.press('ArrowUp')
  await maja.keyboard.press('Enter')
  expect(await draft.inputValue()).toBe('Dear Hana, you have 10 credits left. 1/2\nKind regards, Maja')
  await maja.keyboard.type('\n/')
  await search.waitFor()
  await maja.keyboard.press('Escape')
  await search.waitFor({ state: 'hidden' })
  expect(await draft.inputValue()).toBe('Dear Hana, you have 10 credits left. 1/2\nKind regards, Maja\n')
})

it('is made on its page, and an unknown variable is named', async () => {
  await maja.goto('/desk/replies')
  await maja.getByRole('link', { name: 'New saved reply' }).click()
  await maja.getByLabel('Name').fill('Wrong one')
  await maja.getByLabel('Text in English').fill('Dear {{customer.nme}}')
  await maja.getByRole('button', { name: 'Save' }).click()
  await maja.getByText('{{customer.nme}} means nothing here').waitFor()
  await maja.getByLabel('Text in English').fill('Dear {{customer.name}}')
  await maja.getByRole('button', { name: 'Save' }).click()
  await maja.locator('.saved-list', { hasText: 'Wrong one' }).waitFor()
  expect(visitors.faults.filter((fault) => !/status of 422/.test(fault))).toEqual([])
})
