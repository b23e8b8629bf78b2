import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { BrowserContext, Page } from 'playwright-core'
import { notifyAgents } from '../../src/domain/agent-mail/notify-agents.ts'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { receiveMessage } from '../../src/domain/tickets/receive-message.ts'
import { createApp } from '../../src/http/app.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from '../http/open-app.ts'
import { eventually } from './stage.ts'
import { openBrowser, type Visitors } from './visitors.ts'

interface Told {
  title: string
  body: string
  click(): void
}
declare global {
  interface Window {
    told: Told[]
    asked: number
  }
}

// The browser's own notifications, with several pages of one agent. The test notes which were shown, and clicks as a person would.

const test: TestApp = await openTestApp()
let shop: TestShop
let close: () => Promise<void>
let visitors: Visitors
let context: BrowserContext
let list: Page
let second: Page
let ticketId: string

const read = () =>
  Promise.all(
    context
      .pages()
      .map((page) => page.evaluate(() => window.told.map(({ title, body }) => ({ title, body })))),
  )
const told = async () => (await read()).flat()
const forget = () =>
  Promise.all(context.pages().map((page) => page.evaluate(() => window.told.splice(0).length)))
const tab = (page: Page, begin: string) => eventually(async () => (await page.title()).startsWith(begin))

/** What the job does after a ticket was paid for, or a message came. */
async function tell(ticket: string, messageId = 0n): Promise<void> {
  await notifyAgents(test.deps, { shopId: shop.shopId, ticketId: BigInt(ticket), messageId })
  test.deps.tellDesk(shop.shopId, BigInt(ticket))
}

async function write(body: string): Promise<void> {
  const received = await receiveMessage(test.deps, {
    shopId: shop.shopId,
    ticketId: BigInt(ticketId),
    channel: 'portal',
    body,
    authorName: 'Mojca Novak',
  })
  await tell(ticketId, received?.messageId)
}

const change = (id: string, data: { assigneeId?: bigint; status?: string }) =>
  test.deps.db.prisma.ticket.updateMany({ where: { id: BigInt(id) }, data })

beforeAll(async () => {
  const server = createApp(test.deps).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  test.deps.publicUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  shop = await seedShop(test.deps)
  ticketId = (await seedTicket(test.app, test.deps, shop, { credits: 5 })).ticketId
  visitors = await openBrowser(test.deps.publicUrl)
  list = await visitors.arrive({ permissions: ['notifications'] })
  context = list.context()
  await context.addInitScript(() => {
    window.told = []
    window.asked = 0
    const Real = window.Notification
    window.Notification = class extends Real {
      constructor(title: string, options: NotificationOptions = {}) {
        super(title, options)
        const click = () => this.dispatchEvent(new Event('click'))
        window.told.push({ title, body: options.body ?? '', click })
      }
      static override requestPermission(): Promise<NotificationPermission> {
        window.asked += 1
        return Real.requestPermission()
      }
    }
  })
  await list.goto(`/login/${shop.agent.loginToken}`)
  close = async () => {
    await visitors.close()
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
    await test.close()
  }
})
afterAll(() => close?.())

/** Resolves when the page hears what the service tells it. */
const hearing = (page: Page, query: string) =>
  page.waitForResponse((answer) => answer.url().includes('/desk/events?') && answer.url().includes(query))

describe('an agent', () => {
  it('is asked by a click on the page of notifications, and never before', async () => {
    await list.goto('/desk')
    await list.goto('/desk/me/notifications')
    await list.getByText('This browser tells you nothing yet').waitFor()
    expect(await list.evaluate(() => window.asked)).toBe(0)
    await list.getByRole('button', { name: 'Tell me in this browser' }).click()
    await list.getByText('This browser tells you what is new.').waitFor()
    expect(await list.evaluate(() => window.asked)).toBe(1)
    expect(await told()).toEqual([{ title: 'You will be told here what is new.', body: '' }])
  })

  it('is told once of a new paid ticket, however many pages are open, and sees in each tab how many wait', async () => {
    // What comes before a page hears is what the list is for.
    const tells = hearing(list, 'news=1')
    await list.goto('/desk')
    await tells
    await tab(list, '(1) ')
    second = await context.newPage()
    const hears = hearing(second, `ticket=${ticketId}`)
    await second.goto(`/desk/tickets/${ticketId}`)
    await hears
    const other = (await seedTicket(test.app, test.deps, shop)).ticketId
    await tell(other)
    await eventually(async () => (await told()).length > 0)
    await sleep(500)
    expect(await told()).toMatchObject([{ title: 'New paid ticket: Mojca Novak' }])
    for (const page of [list, second]) await tab(page, '(2) ')
    const [shown, dotted] = await list
      .locator('link[rel="icon"]')
      .evaluate((link: HTMLLinkElement) => [link.href, link.dataset.dotted])
    expect(shown?.endsWith(dotted ?? '?')).toBe(true)
    await change(other, { status: 'closed' })
    test.deps.tellDesk(shop.shopId, BigInt(other))
    for (const page of [list, second]) await tab(page, '(1) ')
  })

  it('is not told of the ticket in sight, and by a click on the notification comes to it', async () => {
    await forget()
    await write('In sight.')
    await second.locator('#thread .msg', { hasText: 'In sight.' }).waitFor()
    await sleep(500)
    expect(await told()).toEqual([])
    await second.goto('/desk/me')
    await write('Where are you?')
    await eventually(async () => (await told()).length > 0)
    const [news] = await told()
    expect(news?.title).toBe('Mojca Novak wrote')
    expect(news?.body).toBe('The printer is offline\nWhere are you?')
    const [opened] = await Promise.all([
      context.waitForEvent('page'),
      ...context.pages().map((page) => page.evaluate(() => window.told.at(-1)?.click())),
    ])
    await opened.locator('#thread .msg', { hasText: 'Where are you?' }).waitFor()
    expect(new URL(opened.url()).pathname).toBe(`/desk/tickets/${ticketId}`)
    await opened.close()
  })

  it("is not told of a colleague's ticket, nor after turning it off, and another page takes over from a closed one", async () => {
    const luka = await addAgent(test.deps, {
      shopId: shop.shopId,
      email: 'luka@shop.example',
      name: 'Luka',
      role: 'agent',
    })
    await forget()
    await change(ticketId, { assigneeId: BigInt(luka.id) })
    await write('For Luka.')
    await change(ticketId, { assigneeId: BigInt(shop.agent.id) })
    const takesOver = hearing(second, 'news=1')
    await list.close()
    await takesOver
    await write('For Ana.')
    await eventually(async () => (await told()).length > 0)
    await sleep(500)
    expect((await told()).map(({ body }) => body)).toEqual(['The printer is offline\nFor Ana.'])
    await second.goto('/desk/me/notifications')
    await second.getByRole('button', { name: 'Stop telling me' }).click()
    await second.getByText('This browser tells you nothing yet').waitFor()
    await forget()
    await write('Silence.')
    await sleep(1_000)
    expect(await told()).toEqual([])
  })

  it('finds nothing wrong in the console', () => {
    expect(visitors.faults).toEqual([])
  })
})
