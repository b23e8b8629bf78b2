import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { runCli } from '../support/service.ts'
import { eventually, type SeenTicket, type Stage, setStage } from './stage.ts'
import { openBrowser, portalOf, type Visitors } from './visitors.ts'

// One working day: the agent at one browser, the customer at another, the real service and its worker behind them.

const customer = { name: 'Hana Bor', email: 'hana@example.test', phone: '+386 40 123 456' }

let stage: Stage
let visitors: Visitors
let ticket: SeenTicket
let agent: Page
let hana: Page

beforeAll(async () => {
  stage = await setStage()
  visitors = await openBrowser(stage.address)
  ticket = await stage.order(4001, customer)
  agent = await visitors.arrive()
  hana = await visitors.arrive({ locale: 'en-GB' })
})

afterAll(async () => {
  await visitors?.close()
  await stage?.close()
})

const balance = (page: Page) => page.locator('#side .left, .balance .left')
const choose = (page: Page, channel: string) => page.locator('.tabs label', { hasText: channel }).click()
const draft = (page: Page) => page.locator('#composer textarea')
const price = (page: Page) => page.locator('.foot:visible .price')
const send = (page: Page) => page.locator('#composer button.send:visible')
const inThread = (page: Page, text: string) => page.locator('#thread .msg', { hasText: text })

/** As on a flaky line: the page hears nothing more of that ticket. Told of a spend, it would lock Send before the click. */
const deafen = async (page: Page, id: string) => {
  await page.route('**/desk/events?*', () => undefined)
  await page.route(`**/desk/tickets/${id}`, (route) =>
    route.request().isNavigationRequest() ? route.continue() : undefined,
  )
}
const available = async () => (await stage.ticket(ticket.id)).balance.available

describe('an agent', () => {
  it("signs in by the CLI's link, once, and finds the ticket that the order opened", async () => {
    const maja = ['--email', 'maja@example.test', '--name', 'Maja Kos', '--role', 'agent']
    const added = ['agent:add', '--shop', String(stage.shopId), ...maja]
    const link = (await runCli<{ loginUrl: string }>(stage.env, added)).json.loginUrl
    await agent.goto(link)
    // Whoever has no password yet is asked for one, and may go on without.
    expect(new URL(agent.url()).pathname).toBe('/desk/me/password')
    await agent.goto('/desk')
    const row = agent.locator('ul.rows a', { hasText: customer.name })
    expect(await row.locator('.pill').textContent()).toBe('10 left')
    const stranger = await visitors.arrive()
    const answer = await stranger.request.get(link)
    expect(answer.status()).toBe(410)
    await stranger.context().close()
    await row.click()
    expect(await agent.locator('.ticket-head').textContent()).toContain('order 4001')
    expect(await balance(agent).textContent()).toBe('10 of 10 credits left')
  })

  it('answers by e-mail at the price shown, once, also at a double click', async () => {
    expect(await price(agent).textContent()).toContain('costs 1 · leaves 9')
    await draft(agent).fill('Please update the payments plugin.\n\nIt is at https://example.test/plugin.')
    await send(agent).dblclick()
    await inThread(agent, 'update the payments plugin').waitFor()
    expect(await inThread(agent, 'update the payments').locator('.cost').textContent()).toBe('−1 credit')
    expect(await balance(agent).textContent()).toBe('9 of 10 credits left')
    expect(await agent.locator('#side .cards .meter i.full').count()).toBe(9)
    expect(await draft(agent).inputValue()).toBe('')
    const { messages, tally } = await stage.ticket(ticket.id)
    expect(messages.filter((one) => one.body.includes('payments plugin'))).toHaveLength(1)
    expect(tally.email).toBe(1)
    // The page looks by itself until the worker has sent it.
    await inThread(agent, 'payments plugin').locator('.state.sent').waitFor()
  })

  it('answers by SMS, counted and priced while it is written', async () => {
    await choose(agent, 'SMS')
    await draft(agent).fill('Short.')
    await agent.locator('[data-sms-count]', { hasText: '6 characters · 1 SMS' }).waitFor()
    await draft(agent).fill('x'.repeat(161))
    await agent.locator('[data-sms-count]', { hasText: '161 characters · 2 SMS' }).waitFor()
    await agent.locator('.foot:visible [data-costs]', { hasText: /^costs 1$/ }).waitFor()
    await draft(agent).fill('Žive številke')
    await agent.locator('[data-sms-count]', { hasText: 'special letters: 70 in each' }).waitFor()
    await agent.locator('.foot:visible [data-costs]', { hasText: /^costs 0\.5$/ }).waitFor()
    expect(await price(agent).textContent()).toContain('leaves 8.5')
    await send(agent).click()
    await inThread(agent, 'Žive številke').waitFor()
    expect(await balance(agent).textContent()).toBe('8.5 of 10 credits left')
    expect(await available()).toBe(8.5)
  })

  it('answers on the private page, and writes a note that costs nothing', async () => {
    await choose(agent, 'Portal')
    expect(await price(agent).textContent()).toContain('costs 1 · leaves 7.5')
    expect(await agent.locator('.foot:visible .to').textContent()).toContain(customer.email)
    await draft(agent).fill('The answer stands on your page.')
    await send(agent).click()
    await inThread(agent, 'stands on your page').waitFor()
    await choose(agent, 'Note')
    await draft(agent).fill('She is in a hurry.')
    await send(agent).click()
    await agent.locator('.msg.note', { hasText: 'in a hurry' }).waitFor()
    expect(await available()).toBe(7.5)
  })
})

describe('the customer', () => {
  let portal: string

  it('sees balance, conversation and what each credit went for on the private page, but no note', async () => {
    portal = await portalOf(hana, customer.email)
    await hana.goto(portal)
    expect(await balance(hana).textContent()).toBe('7.5 of 10 credits left')
    const talk = await hana.locator('.talk').textContent()
    expect(talk).toContain('payments plugin')
    expect(talk).toContain('stands on your page')
    expect(await hana.content()).not.toContain('in a hurry')
    expect(await hana.locator('.lines').last().textContent()).toContain(
      'Answer of \u2068Maja Kos\u2069 by SMS',
    )
  })

  it('writes there, and it stands on the desk; a reply against the older page was stopped and kept', async () => {
    await choose(agent, 'E-mail')
    await draft(agent).fill('A draft that must not get lost.')
    await hana.locator('#reply textarea').fill('Thank you, one more thing.')
    await hana.locator('#reply button.send').click()
    await hana.locator('.banner.good').waitFor()
    await send(agent).click()
    await agent.locator('#composer .banner', { hasText: 'something new came in' }).waitFor()
    expect(await draft(agent).inputValue()).toBe('A draft that must not get lost.')
    expect(await agent.locator('.event.fresh').textContent()).toContain('New since you opened')
    await inThread(agent, 'one more thing').waitFor()
    expect(await available()).toBe(7.5)
    await send(agent).click()
    await inThread(agent, 'must not get lost').waitFor()
    expect(await available()).toBe(6.5)
  })

  it('answers from the mailbox and from the phone', async () => {
    await hana.goto(`/sandbox/mail?to=${customer.email}`)
    await hana.locator('ul.rows a', { hasText: 'Re: ' }).first().click()
    await hana.locator('form.reply textarea').fill('Answered from my mailbox.')
    await hana.locator('form.reply button').click()
    await hana.locator('.banner.good').waitFor()
    await hana.goto('/sandbox/phone')
    expect(await hana.locator('.bubbles').textContent()).toContain('Žive številke')
    await hana.locator('form.reply textarea').fill('Answered from my phone.')
    await hana.locator('form.reply button').click()
    await hana.locator('.bubbles .written', { hasText: 'from my phone' }).waitFor()
    await agent.reload()
    await inThread(agent, 'from my mailbox').waitFor()
    await inThread(agent, 'from my phone').waitFor()
    expect(await available()).toBe(6.5)
  })

  it('meets the agent in a room: both see each other, and the same bill', async () => {
    await choose(agent, 'Video')
    await send(agent).click()
    await agent.locator('[data-room]').waitFor()
    const price = agent.locator('.figures').getByText('1 credit for each started 5 minutes')
    expect(await price.isVisible()).toBe(true)
    await hana.goto(portal)
    await hana.locator('.join a').click()
    for (const page of [agent, hana]) {
      await page.locator('[data-person="other"][data-here="yes"]').waitFor()
      await page.locator('[data-clock]', { hasText: /0:0[1-9]|0:[1-5]\d/ }).waitFor()
    }
    await agent.getByRole('button', { name: 'End session' }).click()
    for (const page of [agent, hana]) {
      await page.locator('[data-room][data-mood="ended"]').waitFor()
      expect(await page.locator('[data-charged]').textContent()).toBe('1')
      expect(await page.locator('[data-billed]').textContent()).toBe('5:00')
    }
    await agent.locator('.when-over', { hasText: 'Back to the ticket' }).click()
    await agent.locator('.call', { hasText: '−1 credit' }).waitFor()
    expect(await balance(agent).textContent()).toBe('5.5 of 10 credits left')
  })
})

describe('credits that do not reach', () => {
  it('stop the answer with what is missing, and keep the draft', async () => {
    const poor = await stage.api<SeenTicket>('tickets', {
      customer: { email: 'poor@example.test', name: 'Tine Mali' },
      subject: 'The cart is empty',
      body: 'Nothing stays in the cart.',
      channel: 'email',
    })
    await stage.api(`customers/${poor.customer.id}/grants`, {
      credits: 1,
      reason: 'A start',
      idempotencyKey: 'poor-grant',
    })
    await deafen(agent, poor.id)
    await agent.goto(`/desk/tickets/${poor.id}`)
    await draft(agent).fill('Which browser is it?')
    // A colleague spends the credit meanwhile, on another ticket of the customer, so that this one is not stale.
    const other = await stage.api<SeenTicket>('tickets', {
      customer: { email: 'poor@example.test' },
      subject: 'Another matter',
      body: 'And this.',
      channel: 'email',
    })
    await stage.api(`tickets/${other.id}/replies`, {
      channel: 'email',
      body: 'Done.',
      idempotencyKey: 'poor-1',
    })
    const [answer] = await Promise.all([
      agent.waitForResponse((response) => response.url().endsWith('/replies')),
      send(agent).click(),
    ])
    expect(answer.status()).toBe(402)
    await agent.locator('#composer .banner', { hasText: 'it costs 1 credit, 0 available' }).waitFor()
    expect(await draft(agent).inputValue()).toBe('Which browser is it?')
    expect(await send(agent).isDisabled()).toBe(true)
    expect((await stage.ticket(poor.id)).messages).toHaveLength(1)
  })
})

describe('the whole day', () => {
  it('left every message settled, no error in a console and asked no other host', async () => {
    await eventually(async () => {
      const { messages } = await stage.ticket(ticket.id)
      return !messages.some(({ state }) => state === 'queued' || state === 'sending')
    })
    const { messages } = await stage.ticket(ticket.id)
    expect(messages.filter(({ state }) => state === 'failed' || state === 'unknown')).toEqual([])
    expect(visitors.faults).toEqual([])
  })
})
