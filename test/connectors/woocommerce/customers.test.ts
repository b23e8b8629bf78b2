import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { failureOf, openTalk, type Talk } from './talk.ts'

const start = Date.parse('2026-03-01T08:00:00Z')
let talk: Talk
let now: Date
beforeAll(async () => {
  talk = await openTalk({ now: () => now })
})
afterAll(() => talk.shop.close())
beforeEach(() => {
  now = new Date(start)
  talk.shop.state = { orders: {}, refunds: {} }
  talk.shop.behave()
  talk.shop.requests.length = 0
})

const day = (days: number): Date => new Date(start + days * 86_400_000)

describe('what a shop knows of a buyer', () => {
  it('sums what was paid less refunds, by currency, and leaves out what was not bought', async () => {
    const email = 'eva@example.test'
    const make = (order: Parameters<typeof talk.shop.createOrder>[0], at: number) => {
      now = day(at)
      return talk.shop.createOrder({ email, country: 'SI', ...order })
    }
    const first = make({ lines: [{ sku: 'SUPPORT-20', quantity: 2 }] }, 0)
    talk.shop.refundLines(first, { [talk.shop.order(first).line_items[0]?.id ?? 0]: 1 })
    make({ currency: 'JPY', lines: [{ price: 1_250 }] }, 1)
    const whole = make({}, 2)
    talk.shop.setStatus(whole, 'refunded')
    make({ status: 'pending' }, 3)
    make({ status: 'cancelled', paid: true }, 4)
    make({ paymentMethod: 'cod' }, 5)
    make({ status: 'checkout-draft' }, 6)
    talk.shop.trash(make({}, 7))
    make({ email: 'Other-Eva@example.test' }, 8)
    const last = make({ email: ' EVA@example.test ', country: 'hr', lines: [{ price: 0.1, quantity: 3 }] }, 9)
    expect(await talk.api.readCustomer(talk.keys, { emails: ['Eva@Example.Test'] })).toEqual({
      orders: 7,
      complete: true,
      spent: [
        { currency: 'EUR', amount: '220.80' },
        { currency: 'JPY', amount: '1250.00' },
      ],
      firstOrderAt: day(0),
      lastOrderAt: day(9),
      country: 'HR',
      emails: ['eva@example.test'],
      latest: expect.arrayContaining([
        {
          orderId: String(last),
          number: String(last),
          status: 'processing',
          total: '0.30',
          currency: 'EUR',
          at: day(9),
        },
      ]),
    })
  })

  it('is found by the account, with every e-mail that stands on it or on an order', async () => {
    const customerId = talk.shop.addCustomer({ email: 'eva@example.test', country: 'AT' })
    talk.shop.createOrder({ customerId, email: 'eva@work.example.test', country: '' })
    talk.shop.createOrder({ customerId: customerId + 1, email: 'eva@example.test' })
    expect(await talk.api.readCustomer(talk.keys, { shopCustomerIds: [String(customerId)] })).toMatchObject({
      orders: 1,
      country: 'AT',
      emails: ['eva@example.test', 'eva@work.example.test'],
    })
  })

  it('with several accounts and e-mails is one buyer, each order counted once', async () => {
    const ids = ['eva@example.test', 'eva@work.example.test'].map((email) => talk.shop.addCustomer({ email }))
    const orders = [
      { customerId: ids[0], email: 'eva@example.test' },
      { customerId: ids[1], email: 'eva@work.example.test' },
      { email: 'eva@example.test' },
      { email: 'eva@old.example.test' },
      { email: 'bor@example.test' },
    ].map((order, at) => {
      now = day(at)
      return talk.shop.createOrder(order as Parameters<typeof talk.shop.createOrder>[0])
    })
    const facts = await talk.api.readCustomer(talk.keys, {
      shopCustomerIds: ids.map(String),
      emails: ['EVA@example.test', 'eva@old.example.test'],
    })
    expect(facts).toMatchObject({
      orders: 4,
      complete: true,
      spent: [{ currency: 'EUR', amount: '500.00' }],
      firstOrderAt: day(0),
      lastOrderAt: day(3),
      emails: ['eva@example.test', 'eva@old.example.test', 'eva@work.example.test'],
    })
    expect(facts.latest.map(({ orderId }) => Number(orderId))).toEqual(orders.slice(0, 4).reverse())
  })

  it('may be nothing, or an account that is gone', async () => {
    const nobody = { orders: 0, complete: true, spent: [], country: '', latest: [] }
    expect(await talk.api.readCustomer(talk.keys, { emails: ['nobody@example.test'] })).toMatchObject({
      ...nobody,
      firstOrderAt: undefined,
      lastOrderAt: undefined,
      emails: ['nobody@example.test'],
    })
    expect(await talk.api.readCustomer(talk.keys, { shopCustomerIds: ['424242'] })).toMatchObject(nobody)
  })

  it('tells the newest ten, and of a reseller the newest 300 orders', async () => {
    for (let order = 0; order < 310; order += 1) {
      now = new Date(start + order * 60_000)
      talk.shop.createOrder({ email: 'reseller@example.test' })
    }
    const facts = await talk.api.readCustomer(talk.keys, { emails: ['reseller@example.test'] })
    expect(facts).toMatchObject({ orders: 300, complete: false, spent: [{ amount: '37500.00' }] })
    expect(facts.latest).toHaveLength(10)
    expect(facts.latest[0]?.at).toEqual(new Date(start + 309 * 60_000))
  })

  it('is not asked for without a name', async () => {
    await expect(talk.api.readCustomer(talk.keys, {})).rejects.toThrow(/by id or by e-mail/)
    talk.shop.misbehave('error503')
    const failed = talk.api.readCustomer(talk.keys, { emails: ['eva@example.test'] })
    expect((await failureOf(failed)).retriable).toBe(true)
  })
})
