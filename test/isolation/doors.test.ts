import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import twilio from 'twilio'
import { WebSocket } from 'ws'
import { grantCredits } from '../../src/domain/customers/grant-credits.ts'
import { roomToken } from '../../src/domain/secrets/links.ts'
import { attachSessionSockets, type SessionSockets } from '../../src/http/sockets/attach-session-sockets.ts'
import { orderBody } from '../domain/orders/order-desk.ts'
import { openTestApp, publicUrl, type TestApp, twilioToken } from '../http/open-app.ts'
import { dumpShop } from './dump.ts'
import { type FurnishedShop, furnishShop, sharedEmail } from './two-shops.ts'

let test: TestApp
let alpha: FurnishedShop
let beta: FurnishedShop
let before: Record<string, string>

beforeAll(async () => {
  test = await openTestApp()
  alpha = await furnishShop(test, 'Alpha')
  beta = await furnishShop(test, 'Beta')
})
afterAll(() => test.close())
beforeEach(async () => {
  before = await dumpShop(test.deps.db, alpha.shopId)
})

const alphaNow = () => dumpShop(test.deps.db, alpha.shopId)

describe('the same e-mail in two shops', () => {
  it('is two customers, each with an account of their own', async () => {
    const { prisma } = test.deps.db
    const contacts = await prisma.contact.findMany({ where: { kind: 'email', value: sharedEmail } })
    expect(contacts.map(({ shopId, customerId }) => [shopId, String(customerId)]).sort()).toEqual([
      [alpha.shopId, alpha.ids.customers],
      [beta.shopId, beta.ids.customers],
    ])
    const of = ({ shopId, ids: { customers } }: FurnishedShop) => ({
      where: { shopId_customerId: { shopId, customerId: BigInt(customers) } },
    })
    const first = await prisma.account.findUniqueOrThrow(of(alpha))
    await grantCredits(test.deps, {
      shopId: beta.shopId,
      customerId: BigInt(beta.ids.customers),
      by: { actor: 'cli' },
      credits: 3,
      reason: 'Test',
      idempotencyKey: 'two-shops',
    })
    expect(await prisma.account.findUniqueOrThrow(of(alpha))).toEqual(first)
    expect((await prisma.account.findUniqueOrThrow(of(beta))).available).toBe(first.available + 300n)
  })
})

describe('a delivery', () => {
  const body = orderBody({ id: Number(1000), age: 60, email: sharedEmail })
  const deliver = (to: FurnishedShop, secret: string) =>
    request(test.app)
      .post(`/webhooks/woocommerce/${to.shopId}`)
      .set('X-WC-Webhook-Topic', 'order.updated')
      .set('X-WC-Webhook-Signature', createHmac('sha256', secret).update(body).digest('base64'))
      .send(body.toString())

  it("signed with another shop's secret is refused and not kept", async () => {
    expect((await deliver(alpha, beta.webhookSecret)).status).toBe(401)
    expect(await alphaNow()).toEqual(before)
  })

  it("to another shop's address changes nothing of the first, whatever it tells", async () => {
    expect((await deliver(beta, beta.webhookSecret)).status).toBe(200)
    expect(await alphaNow()).toEqual(before)
  })
})

describe("a report of Twilio to another shop's address", () => {
  it('moves no message of the first, neither by our ids nor by its own', async () => {
    await test.deps.db.prisma.message.updateMany({
      where: { shopId: alpha.shopId, id: BigInt(alpha.ids.messages) },
      data: { providerId: 'SM1', state: 'sent' },
    })
    const marked = await alphaNow()
    const path = `/webhooks/twilio/${beta.shopId}/status?ticket=${alpha.ids.tickets}&message=${alpha.ids.messages}`
    const params = { MessageSid: 'SM1', MessageStatus: 'undelivered', ErrorCode: '30003' }
    const answer = await request(test.app)
      .post(path)
      .type('form')
      .set('X-Twilio-Signature', twilio.getExpectedTwilioSignature(twilioToken, publicUrl + path, params))
      .send(params)
    expect(answer.status).toBe(204)
    expect(await alphaNow()).toEqual(marked)
  })
})

describe("a socket with another shop's pass", () => {
  let server: Server
  let sockets: SessionSockets
  beforeAll(async () => {
    server = createServer()
    sockets = attachSessionSockets(server, test.deps)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterAll(async () => {
    await sockets.close()
    server.close()
  })

  it.each(['agent', 'customer'] as const)(
    'as the %s learns nothing of a session and leaves no presence in it',
    async (side) => {
      const token = roomToken(test.deps.keyring, {
        side,
        shopId: beta.shopId,
        sessionId: BigInt(alpha.ids.sessions),
      })
      const { port } = server.address() as AddressInfo
      const socket = new WebSocket(`ws://127.0.0.1:${port}/sockets/session/${token}`)
      const heard: string[] = []
      socket.on('message', (data) => heard.push(String(data)))
      await once(socket, 'close')
      expect(heard).toEqual([])
      expect(await alphaNow()).toEqual(before)
    },
  )
})
