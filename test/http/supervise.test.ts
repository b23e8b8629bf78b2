import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { changeSettings } from '../../src/domain/shops/change-settings.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let maja: Visitor & { agentId: string }
let luka: Visitor

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId, 'supervisor')
  luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
})
afterAll(() => test.close())

/** A ticket with 5 credits, and the address that the panel posts to. */
async function open() {
  const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { credits: 5 })
  const grant = await test.deps.db.prisma.creditGrant.findFirstOrThrow({
    where: { customerId: BigInt(customerId) },
  })
  const page = `/desk/tickets/${ticketId}`
  return { customerId, grantId: String(grant.id), page, action: `${page}/credits` }
}

const account = (customerId: string) =>
  test.deps.db.prisma.account.findFirstOrThrow({ where: { customerId: BigInt(customerId) } })

/** The token of the page, with an act and a key of its own. */
async function act(visitor: Visitor, on: { page: string; action: string }, fields: Record<string, string>) {
  const page = await visitor.get(on.page).expect(200)
  const { _csrf = '', csrf = '' } = hiddenFields(page.text, `${on.page}/status`)
  return visitor.post(on.action, { ...(_csrf ? { _csrf } : { csrf }), ...fields })
}

describe('the panel of acts by hand', () => {
  it('adjusts, gives, freezes and tells who did it', async () => {
    const on = await open()
    const { grantId, customerId } = on
    await act(maja, on, { act: 'adjust', grantId, credits: '−1,5', reason: 'agreed', note: 'by phone' }).then(
      (answer) => expect(answer.status).toBe(303),
    )
    const gift = { act: 'goodwill', credits: '2', days: '30', reason: 'apology' }
    expect((await act(maja, on, gift)).status).toBe(303)
    expect((await account(customerId)).available).toBe(550n)
    expect((await act(maja, on, { act: 'freeze', grantId: '', reason: 'chargeback' })).status).toBe(303)
    expect(await account(customerId)).toMatchObject({ available: 0n, frozen: true })
    const text = readText(await maja.get(on.page))
    expect(text).toContain('The account is frozen')
    expect(text).toContain('Maja supervisor · adjusted by -1.5')
    expect(text).toContain('by phone')
    expect(text).toContain('Maja supervisor · gave 2')
    expect((await act(maja, on, { act: 'unfreeze', reason: 'dispute_won' })).status).toBe(303)
    expect((await account(customerId)).available).toBe(550n)
  })

  it('gives a charge back, and the message says so', async () => {
    const on = await open()
    const page = await maja.get(on.page)
    await maja
      .submit(page, `${on.page}/replies`, { channel: 'portal', body: 'Turn it off and on' })
      .expect(303)
    const message = await test.deps.db.prisma.message.findFirstOrThrow({
      where: { body: 'Turn it off and on' },
    })
    const reverse = { act: 'reverse', messageId: String(message.id), reason: 'contest_granted' }
    expect((await act(maja, on, reverse)).status).toBe(303)
    expect((await account(on.customerId)).available).toBe(500n)
    expect(readText(await maja.get(on.page))).toContain('The customer contested it and is right')
  })

  it('says why something is refused, and nothing changed', async () => {
    const on = await open()
    const { grantId } = on
    const refused = await act(maja, on, { act: 'adjust', grantId, credits: '-9', reason: 'agreed' })
    expect(refused.status).toBe(409)
    expect(readText(refused)).toContain('the lowest adjustment is -5')
    const wrong = await act(maja, on, { act: 'goodwill', credits: '1', days: '0', reason: 'apology' })
    expect([wrong.status, readText(wrong).includes('days: give whole days')]).toEqual([422, true])
    expect((await account(on.customerId)).available).toBe(500n)
  })

  it('shows an agent the figures only, and does nothing for one', async () => {
    const on = await open()
    expect(readText(await luka.get(on.page))).not.toContain('Credits by hand')
    const refused = await act(luka, on, {
      act: 'adjust',
      grantId: on.grantId,
      credits: '1',
      reason: 'agreed',
    })
    expect(refused.status).toBe(403)
    expect((await account(on.customerId)).available).toBe(500n)
  })

  it('shows what is owed, and lets it be forgiven', async () => {
    const on = await open()
    await maja
      .submit(await maja.get(on.page), `${on.page}/replies`, { channel: 'portal', body: 'Hello' })
      .expect(303)
    await test.deps.db.query(
      'test-revoke-all',
      `select set_promised($1, $2, $3, 0, 'test', '1', 'system', now())`,
      [shop.shopId, BigInt(on.customerId), BigInt(on.grantId)],
    )
    for (const visitor of [maja, luka]) {
      expect(readText(await visitor.get(on.page))).toContain(
        '1 credit owed: spent, and later refunded by the shop',
      )
    }
    const forgive = { act: 'forgive', grantId: on.grantId, reason: 'small_sum' }
    expect((await act(maja, on, forgive)).status).toBe(303)
    expect(readText(await maja.get(on.page))).not.toContain('refunded by the shop')
  })

  it('answers an open question of an order', async () => {
    const on = await open()
    const review = await test.deps.db.prisma.review.create({
      data: {
        shopId: shop.shopId,
        kind: 'custom_status',
        subjectKey: 'x',
        ticketId: BigInt(on.page.split('/').at(-1) ?? ''),
        data: { orderNumber: '77', status: 'packed' },
        createdAt: new Date(),
      },
    })
    expect(readText(await maja.get(on.page))).toContain('Accept Dismiss')
    const answer = { act: 'review', reviewId: String(review.id), decision: 'dismiss' }
    expect((await act(maja, on, answer)).status).toBe(303)
    expect(readText(await maja.get(on.page))).not.toContain('Order 77')
  })
})

describe('rule 9: a waiver by an agent', () => {
  it('is refused until the shop allows a number a day, and then beyond it', async () => {
    const on = await open()
    const waive = async (body: string) =>
      luka.submit(await luka.get(on.page), `${on.page}/replies`, {
        channel: 'portal',
        body,
        waiveReason: 'our fault',
      })
    expect((await waive('one')).status).toBe(403)
    await changeSettings(test.deps, { actor: 'cli', shopId: shop.shopId, agentWaivers: 2 })
    expect((await waive('two')).status).toBe(303)
    expect((await waive('three')).status).toBe(303)
    expect((await waive('four')).status).toBe(403)
    expect((await account(on.customerId)).available).toBe(500n)
  })
})
