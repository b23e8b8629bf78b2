import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { createTicket } from '../../src/domain/tickets/create-ticket.ts'
import { receiveMessage } from '../../src/domain/tickets/receive-message.ts'
import { seedTicket } from '../http/open-app.ts'
import { type OpenDesk, openDesk } from './open-desk.ts'

// What an agent does with tickets besides answering them, mostly by the keyboard.

const people = ['Ana Kos', 'Luka Mlakar', 'Eva Hribar', 'Jan Vidmar']
const subjects = ['The cart is empty', 'An invoice is missing', 'The printer jams', 'A parcel never came']

let desk: OpenDesk
let maja: Page
/** In the order of people; the last one wrote last. */
const tickets: string[] = []

beforeAll(async () => {
  desk = await openDesk()
  for (const [at, name] of people.entries()) {
    const { ticketId } = await createTicket(desk.test.deps, {
      shopId: desk.shop.shopId,
      customer: { email: `${name.split(' ')[0]?.toLowerCase()}@example.test`, name },
      subject: subjects[at] ?? '',
      body: `${subjects[at]}, and I do not know why.`,
      channel: 'email',
    })
    tickets.push(String(ticketId))
  }
  maja = await desk.arriveAs('agent', { viewport: { width: 1440, height: 900 } })
})
afterAll(() => desk?.close())

const rows = () => maja.locator('.list a.row')
const focusedTicket = () => maja.evaluate(() => document.activeElement?.getAttribute('data-ticket'))
const notice = (text: string) => maja.locator('[data-notice]', { hasText: text }).waitFor()
const act = (name: string) => maja.locator('.acts-in').getByRole('button', { name, exact: true })
const openTicket = async (id: string | undefined) => {
  await maja.goto(`/desk/tickets/${id}`)
  await maja.locator('html.scripted').waitFor({ state: 'attached' })
}
const openMenu = () => maja.locator('details.acts > summary').click()
const openList = async () => {
  await maja.goto('/desk?view=all')
  await maja.locator('html.scripted').waitFor({ state: 'attached' })
}

describe('the list', () => {
  it('goes by j, k, x and Enter, does things with what is ticked, and takes them back by z', async () => {
    await openList()
    const [first, second] = await rows().evaluateAll((all) => all.map((row) => row.dataset.ticket))
    await maja.keyboard.press('j')
    expect(await focusedTicket()).toBe(first)
    await maja.keyboard.press('j')
    expect(await focusedTicket()).toBe(second)
    await maja.keyboard.press('x')
    await maja.keyboard.press('k')
    expect(await focusedTicket()).toBe(first)
    await maja.keyboard.press('x')
    await maja.locator('[data-selected]', { hasText: '2 selected' }).waitFor()
    await maja.locator('#acts').getByRole('button', { name: 'Close', exact: true }).click()
    await notice('2 tickets closed')
    await maja.locator('html.scripted').waitFor({ state: 'attached' })
    await maja.keyboard.press('z')
    await notice('Taken back on 2 tickets')
    await maja.locator('html.scripted').waitFor({ state: 'attached' })
    await maja.keyboard.press('j')
    const opened = await focusedTicket()
    await maja.keyboard.press('Enter')
    await maja.waitForURL(`**/desk/tickets/${opened}*`)
    // Beside a conversation the same keys open the next one and the one before.
    await maja.locator('html.scripted').waitFor({ state: 'attached' })
    const beside = await rows().evaluateAll((all) => all.map((row) => row.dataset.ticket))
    await maja.keyboard.press('j')
    await maja.waitForURL(`**/desk/tickets/${beside[1]}*`)
  })

  it('goes on by keys from a box that was ticked by hand', async () => {
    await openList()
    const all = await rows().evaluateAll((found) => found.map((row) => row.dataset.ticket))
    await maja.locator('.pick input').nth(1).click()
    await maja.keyboard.press('j')
    expect(await focusedTicket()).toBe(all[2])
  })

  it('tells its keys by ?', async () => {
    await openList()
    await maja.keyboard.press('?')
    await maja.locator('dialog#keys', { hasText: 'x' }).waitFor()
    await maja.keyboard.press('Escape')
    await maja.locator('dialog#keys').waitFor({ state: 'hidden' })
  })

  it('keeps the focus and the ticks while it changes by itself, also on the row that moves', async () => {
    await openList()
    const before = await rows().evaluateAll((all) => all.map((row) => row.dataset.ticket ?? ''))
    const last = before.at(-1) ?? ''
    await maja.locator('.pick input').nth(1).check()
    await maja.locator(`a.row[data-ticket="${before[2]}"]`).focus()
    await write(last, 'Is anybody there?')
    await maja.locator(`a.row[data-ticket="${last}"] .pre`, { hasText: 'Is anybody there?' }).waitFor()
    expect(await focusedTicket()).toBe(before[2])
    expect(await maja.locator('.pick :checked').count()).toBe(1)
    await maja.locator(`a.row[data-ticket="${last}"]`).focus()
    await write(last, 'Hello again')
    await maja.locator(`a.row[data-ticket="${last}"] .pre`, { hasText: 'Hello again' }).waitFor()
    expect(await focusedTicket()).toBe(last)
  })

  it('finds while one types, with filters, without a new page, and says what it does not understand', async () => {
    await openList()
    await maja.evaluate(() => document.body.setAttribute('data-same-page', ''))
    await maja.keyboard.press('/')
    await maja.keyboard.type('invo')
    await maja.waitForURL('**q=invo*')
    await rows().nth(1).waitFor({ state: 'detached' })
    expect(await rows().first().locator('.sub').textContent()).toBe('An invoice is missing')
    await maja.locator('[data-search]').fill('from:eva')
    await maja.locator('.row .from', { hasText: 'Eva Hribar' }).waitFor()
    expect(await rows().count()).toBe(1)
    await maja.locator('[data-search]').fill('colour:red')
    await maja.getByText('"colour:red" is no filter that we understand').waitFor()
    expect(await maja.evaluate(() => document.activeElement?.hasAttribute('data-search'))).toBe(true)
    expect(await maja.locator('body[data-same-page]').count()).toBe(1)
  })

  it('says that it looks, until what was found is there', async () => {
    await openList()
    const busy = maja.locator('main.list[aria-busy="true"]')
    let answer = () => {}
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    await maja.route('**/desk?*', async (route) => {
      await held
      await route.continue()
    })
    await maja.locator('[data-search]').fill('from:eva')
    await busy.waitFor()
    answer()
    await maja.locator('.row .from', { hasText: 'Eva Hribar' }).waitFor()
    await busy.waitFor({ state: 'detached' })
    await maja.unrouteAll({ behavior: 'wait' })
  })

  it('finds, and goes on following, while news come without a pause', async () => {
    await openList()
    const [, invoice = ''] = tickets
    const busy = setInterval(() => desk.test.deps.tellDesk(desk.shop.shopId, BigInt(invoice)), 100)
    try {
      await maja.keyboard.press('/')
      await maja.keyboard.type('invo')
      await maja.waitForURL('**q=invo*')
      await rows().nth(1).waitFor({ state: 'detached' })
      await write(invoice, 'Still no invoice')
      await maja.locator(`a.row[data-ticket="${invoice}"] .pre`, { hasText: 'Still no invoice' }).waitFor()
    } finally {
      clearInterval(busy)
    }
  })

  it('marks where an answer was begun, for who began it', async () => {
    await openTicket(tickets[0])
    await maja.locator('#composer textarea').fill('Dear Ana, I have')
    await maja.locator('[data-draft]', { hasText: 'Draft kept' }).waitFor()
    await openList()
    const marked = maja.locator('.row', { has: maja.locator('.mark-draft') })
    expect(await marked.evaluateAll((all) => all.map((row) => row.dataset.ticket))).toEqual([tickets[0]])
    expect(await marked.locator('.mark-draft').isVisible()).toBe(true)
    const nina = await desk.arriveAs('supervisor')
    await nina.goto('/desk?view=all')
    expect(await nina.locator('a.row').count()).toBeGreaterThan(3)
    expect(await nina.locator('.mark-draft').count()).toBe(0)
    await nina.context().close()
  })
})

describe('a ticket', () => {
  it('has a list beside it that follows what happens on the others', async () => {
    const [open = '', other = ''] = [tickets[1], tickets[3]]
    await openTicket(open)
    const beside = maja.locator('section.list')
    await beside.locator(`a.row[data-ticket="${open}"][aria-current="page"]`).focus()
    await write(other, 'It came at last')
    await beside.locator(`a.row[data-ticket="${other}"] .pre`, { hasText: 'It came at last' }).waitFor()
    expect(await focusedTicket()).toBe(open)
    const { ticketId } = await seedTicket(desk.test.app, desk.test.deps, desk.shop)
    desk.test.deps.tellDesk(desk.shop.shopId)
    await beside.locator(`a.row[data-ticket="${ticketId}"]`).waitFor()
    const [first] = await rows().evaluateAll((all) => all.map((row) => row.dataset.ticket))
    expect(first).toBe(ticketId)
  })

  it('is given to a colleague by the key a, and back', async () => {
    const { shopId } = desk.shop
    await addAgent(desk.test.deps, { shopId, email: 'ida@example.test', name: 'Ida Rozman', role: 'agent' })
    await openTicket(tickets[1])
    await maja.keyboard.press('a')
    expect(await maja.evaluate(() => document.activeElement?.hasAttribute('data-assign'))).toBe(true)
    await maja.keyboard.type('Ida')
    await act('Assign').click()
    await notice('Assigned')
    await maja.locator('#ticket-head bdi', { hasText: 'Ida Rozman' }).waitFor()
    await maja.locator('html.scripted').waitFor({ state: 'attached' })
    await maja.keyboard.press('z')
    await notice('Taken back')
    expect(await maja.locator('#ticket-head bdi', { hasText: 'Ida Rozman' }).count()).toBe(0)
  })

  it('rests until tomorrow, and comes back', async () => {
    await openTicket(tickets[1])
    await openMenu()
    await maja.locator('.acts-in [data-until]').selectOption('tomorrow')
    await act('Put on hold').click()
    await notice('On hold')
    await maja.locator('.state-tag.snoozed').waitFor()
    await maja.goto('/desk?view=snoozed')
    expect(await rows().evaluateAll((all) => all.map((row) => row.dataset.ticket))).toEqual([tickets[1]])
    await openTicket(tickets[1])
    await openMenu()
    await act('Bring back').click()
    await maja.locator('.state-tag.open').waitFor()
  })

  it('is merged into another of its customer, and taken apart again', async () => {
    const { shopId } = desk.shop
    const { ticketId } = await createTicket(desk.test.deps, {
      shopId,
      customer: { email: 'luka@example.test' },
      subject: 'The invoice once more',
      body: 'I forgot to say that it is number 1042.',
      channel: 'email',
    })
    await openTicket(String(ticketId))
    await openMenu()
    await act('Merge').click()
    await notice('Merged into one ticket')
    expect(new URL(maja.url()).pathname).toBe(`/desk/tickets/${tickets[1]}`)
    await maja.locator('#thread .msg', { hasText: 'number 1042' }).waitFor()
    await maja.locator('#thread .msg', { hasText: 'I do not know why' }).waitFor()
    await maja.getByRole('button', { name: /Undo/ }).click()
    await notice('Taken back')
    expect(await maja.locator('#thread .msg', { hasText: 'number 1042' }).count()).toBe(0)
    await openTicket(String(ticketId))
    await maja.locator('#thread .msg', { hasText: 'number 1042' }).waitFor()
  })

  it('takes logged work at the price of its minutes', async () => {
    const { ticketId } = await seedTicket(desk.test.app, desk.test.deps, desk.shop, { credits: 10 })
    await openTicket(ticketId)
    await maja.locator('.tabs label', { hasText: 'Work' }).click()
    await maja.locator('#composer [name="minutes"]').fill('12')
    await maja.locator('.work-foot [data-costs]', { hasText: /^costs 3$/ }).waitFor()
    await maja.locator('#composer textarea').fill('Set the printer up from afar.')
    await maja.locator('.work-foot button.send').click()
    const logged = maja.locator('#thread .msg', { hasText: 'from afar' })
    await logged.waitFor()
    expect(await logged.locator('.cost').textContent()).toBe('−3 credits')
    expect(await maja.locator('#side .left').textContent()).toBe('7 of 10 credits left')
  })
})

it('nothing was wrong in the console, and no other host was asked', () => {
  expect(desk.visitors.faults).toEqual([])
})

/** The customer writes on a ticket while the list is open. */
async function write(ticketId: string, body: string): Promise<void> {
  const { shopId } = desk.shop
  await receiveMessage(desk.test.deps, {
    shopId,
    ticketId: BigInt(ticketId),
    channel: 'portal',
    body,
    authorName: 'A customer',
    providerId: `handling-${body}`,
  })
  desk.test.deps.tellDesk(shopId, BigInt(ticketId))
}
