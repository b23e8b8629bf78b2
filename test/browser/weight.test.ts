import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import request from 'supertest'
import { createTicket } from '../../src/domain/tickets/create-ticket.ts'
import { receiveMessage } from '../../src/domain/tickets/receive-message.ts'
import { seedTicket } from '../http/open-app.ts'
import { conversation } from './conversation.ts'
import { type OpenDesk, openDesk } from './open-desk.ts'

// What an agent's page costs on the line: everything that the browser loads from us, headers and all, as it goes over the wire.

const settleMs = 10_000

const names = [
  'Ana Kos',
  'Luka Mlakar',
  'Tine Petek',
  'Eva Hribar',
  'Jan Vidmar',
  'Nika Zorko',
  'Miha Bizjak',
]

let desk: OpenDesk
let ticketId: string
let agent: Page

beforeAll(async () => {
  desk = await openDesk()
  await seedList()
  await seedConversation()
  agent = await desk.arriveAs('supervisor', { viewport: { width: 1440, height: 900 } })
})
afterAll(() => desk?.close())

/** A full page of other people's tickets beside it. */
async function seedList(): Promise<void> {
  const { test, shop } = desk
  for (let number = 0; number < 50; number += 1) {
    const [question = ''] = conversation[number % conversation.length] ?? []
    await createTicket(test.deps, {
      shopId: shop.shopId,
      customer: {
        email: `shop${number}@example.test`,
        name: `${names[number % names.length]} ${number}`,
      },
      subject: question.slice(7 + (number % 9), 52).replace(/\s+/g, ' '),
      body: question,
      channel: 'email',
    })
  }
}

/** Fifteen questions on the private page, each with an answer by mail. */
async function seedConversation(): Promise<void> {
  const { test, shop } = desk
  ticketId = (await seedTicket(test.app, test.deps, shop, { credits: 30 })).ticketId
  for (const [number, [question, answer]] of conversation.entries()) {
    await receiveMessage(test.deps, {
      shopId: shop.shopId,
      ticketId: BigInt(ticketId),
      channel: 'portal',
      body: question,
      authorName: 'Mojca Novak',
      providerId: `weight-${number}`,
    })
    await request(test.app)
      .post(`/api/v1/tickets/${ticketId}/replies`)
      .set('Authorization', `Bearer ${shop.key}`)
      .send({
        channel: 'email',
        body: answer,
        agent: shop.agent.email,
        idempotencyKey: `weight-${number}`,
      })
      .expect(201)
  }
  // No worker sends here, and a page on which something waits to be sent asks again every second.
  await test.deps.db.prisma.message.updateMany({
    where: { shopId: shop.shopId, state: 'queued' },
    data: { state: 'sent' },
  })
}

/** Bytes over the wire until the page is there and its scripts have run, by what they were for. */
async function weigh(path: string): Promise<Record<string, number>> {
  const devtools = await agent.context().newCDPSession(agent)
  await devtools.send('Network.enable')
  const kinds = new Map<string, string>()
  const bytes: Record<string, number> = { Document: 0, Stylesheet: 0, Script: 0 }
  devtools.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type))
  devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId) ?? 'Other'
    bytes[kind] = (bytes[kind] ?? 0) + encodedDataLength
  })
  await agent.goto(path, { waitUntil: 'load' })
  await agent.locator('html.scripted').waitFor({ state: 'attached' })
  expect(await agent.locator('#thread .msg').count()).toBeGreaterThanOrEqual(30)
  expect(await agent.locator('.list a.row').count()).toBe(50)
  await devtools.detach()
  return bytes
}

const total = (bytes: Record<string, number>) => Object.values(bytes).reduce((sum, one) => sum + one, 0)

it('a ticket with thirty messages, beside fifty others, is under 80 KB at first and under 15 KB after', async () => {
  const path = `/desk/tickets/${ticketId}?view=all`
  const first = await weigh(path)
  // A service that has heard of changes for less time than a page took to load has it look again, and this one was begun with the first page.
  await sleep(settleMs)
  const second = await weigh(path)
  // Without a window there is no tab, and the browser does not fetch its sign.
  const icon = (await agent.locator('link[rel="icon"]').getAttribute('href')) ?? ''
  const mark = (await (await agent.request.get(icon)).body()).length
  expect(first.Stylesheet).toBeGreaterThan(1000)
  expect(first.Script).toBeGreaterThan(1000)
  expect(total(first) + mark).toBeLessThan(80_000)
  expect(total(second)).toBe(second.Document)
  expect(total(second)).toBeLessThan(15_000)
  expect(desk.visitors.faults).toEqual([])
})
