import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openTestApp, seedShop, seedTicket, type TestApp } from './open-app.ts'
import { readText, signInAs } from './visit.ts'

let test: TestApp

beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())

describe('rule 13: the end of validity on the ticket', () => {
  it('stands in the conversation as a line, and its warning as an automatic mail', async () => {
    const shop = await seedShop(test.deps)
    const { ticketId } = await seedTicket(test.app, test.deps, shop, { email: 'mojca@example.com' })
    const key = { shopId: shop.shopId, ticketId: BigInt(ticketId) }
    const at = new Date()
    await test.deps.db.prisma.message.create({
      data: {
        ...key,
        direction: 'outbound',
        channel: 'email',
        authorKind: 'system',
        authorName: '',
        body: '',
        template: 'expiry-warning',
        data: { ending: [{ name: 'Pack 10', units: '250', expiresAt: at.toISOString() }] },
        address: 'mojca@example.com',
        state: 'sent',
        createdAt: at,
      },
    })
    await test.deps.db.prisma.ticketEvent.create({
      data: { ...key, kind: 'expired', data: { units: 250, name: 'Pack 10' }, at },
    })
    const agent = await signInAs(test.app, test.deps, shop.shopId)
    const text = readText(await agent.get(`/desk/tickets/${ticketId}`).expect(200))
    expect(text).toContain('2.5 credits of Pack 10 expired')
    expect(text).toContain('Credits end soon')
  })
})
