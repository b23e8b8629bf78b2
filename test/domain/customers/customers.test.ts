import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { findCustomers } from '../../../src/domain/customers/find-customers.ts'
import { getAccount } from '../../../src/domain/customers/get-account.ts'
import { type GrantCredits, grantCredits } from '../../../src/domain/customers/grant-credits.ts'
import { normalPhone } from '../../../src/domain/customers/normal-phone.ts'
import type { Refused } from '../../../src/domain/refusal.ts'
import { addRecordedShop, deliverOrder, type OrderDesk, openOrderDesk, spend } from '../orders/order-desk.ts'

let desk: OrderDesk
let shopId: bigint
let customerId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  shopId = await addRecordedShop(desk.deps)
  await deliverOrder(desk.deps, shopId, { id: 1, age: 0 })
  const { customers } = await findCustomers(desk.deps, { shopId, limit: 1 })
  customerId = customers[0]?.id ?? 0n
})

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'not refused',
    (error: unknown) => (error as Refused).refusal,
  )
}

function grant(changes: Partial<GrantCredits> = {}): GrantCredits {
  return {
    shopId,
    customerId,
    credits: 2.5,
    reason: 'Sorry for the wait',
    idempotencyKey: 'k1',
    by: { actor: 'api:1' },
    ...changes,
  }
}

describe('phones', () => {
  it.each([
    ['+386 40 123 456', 'SI', '+38640123456'],
    ['00386 (0)31 555-777', 'SI', '+38631555777'],
    ['041 222 333', 'SI', '+38641222333'],
    ['041 222 333', '', undefined],
    ['041 222 333', 'XX', undefined],
    ['1', 'SI', undefined],
    ['', 'SI', undefined],
    ['9'.repeat(500), 'SI', undefined],
  ])('%s in %s is %s', (typed, country, phone) => {
    expect(normalPhone(typed, country)).toBe(phone)
  })
})

describe('finding customers', () => {
  it('filters by e-mail, phone and order, within the shop', async () => {
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: 'bob@example.test', phone: '041 222 333' })
    const names = async (filter: object) =>
      (await findCustomers(desk.deps, { shopId, limit: 10, ...filter })).customers.map(
        ({ emails }) => emails[0],
      )
    expect(await names({ email: 'BOB@example.test' })).toEqual(['bob@example.test'])
    expect(await names({ phone: '+386 41 222 333' })).toEqual(['bob@example.test'])
    expect(await names({ order: '1' })).toEqual(['ana@example.test'])
    expect(await names({ order: '1', email: 'bob@example.test' })).toEqual([])
    expect(await names({})).toEqual(['ana@example.test', 'bob@example.test'])
    const other = await addRecordedShop(desk.deps)
    expect((await findCustomers(desk.deps, { shopId: other, limit: 10 })).customers).toEqual([])
  })

  it('goes on page by page', async () => {
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: 'bob@example.test' })
    const first = await findCustomers(desk.deps, { shopId, limit: 1 })
    expect(first.next).toBe(customerId)
    const second = await findCustomers(desk.deps, { shopId, limit: 1, after: customerId })
    expect(second.customers[0]?.emails).toEqual(['bob@example.test'])
    expect(second.next).toBeUndefined()
  })
})

describe('an account', () => {
  it('shows balance and grants with what is left of each', async () => {
    await spend(desk.deps, shopId, 1, 2)
    const expiresAt = new Date(desk.now.at.getTime() + 1_000)
    await grantCredits(desk.deps, grant({ expiresAt }))
    expect(await getAccount(desk.deps, { shopId, customerId })).toMatchObject({
      balance: { available: 1050n, held: 0n, deficit: 0n, overdraft: 0n },
      grants: [
        { source: 'order_line', orderId: '1', remainder: 800n, consumed: 200n, expiresAt: null },
        { source: 'api', orderId: null, remainder: 250n, reason: 'Sorry for the wait', expiresAt },
      ],
    })
    desk.now.at = expiresAt
    expect(await getAccount(desk.deps, { shopId, customerId })).toMatchObject({
      balance: { available: 800n },
      grants: [{ remainder: 800n }, { remainder: 0n, entitled: 250n }],
    })
  })

  it('of nobody, or of another shop, is not found', async () => {
    const other = await addRecordedShop(desk.deps)
    for (const key of [
      { shopId, customerId: 999_999n },
      { shopId: other, customerId },
    ]) {
      expect(await refusalOf(getAccount(desk.deps, key))).toEqual({ code: 'not_found', what: 'customer' })
      expect(await refusalOf(grantCredits(desk.deps, grant(key)))).toEqual({
        code: 'not_found',
        what: 'customer',
      })
    }
  })
})

describe('rule 4: granting credits by hand', () => {
  it('gives the same grant again for the same key and input, also when its validity is over', async () => {
    const expiresAt = new Date(desk.now.at.getTime() + 1_000)
    const first = await grantCredits(desk.deps, grant({ expiresAt }))
    expect(first).toMatchObject({ units: 250n, reason: 'Sorry for the wait', expiresAt })
    desk.now.at = new Date(expiresAt.getTime() + 1_000)
    expect(await grantCredits(desk.deps, grant({ expiresAt }))).toEqual(first)
    expect(await refusalOf(grantCredits(desk.deps, grant({ credits: 3, expiresAt })))).toEqual({
      code: 'idempotency_conflict',
    })
  })

  it('counts once when asked several times at the same moment', async () => {
    const grants = await Promise.all([1, 2, 3, 4].map(() => grantCredits(desk.deps, grant())))
    expect(new Set(grants.map(({ grantId }) => grantId)).size).toBe(1)
    expect((await getAccount(desk.deps, { shopId, customerId })).balance.available).toBe(1250n)
  })

  it.each([
    [{ credits: 0 }, 'credits'],
    [{ credits: -1 }, 'credits'],
    [{ credits: 1.005 }, 'credits'],
    [{ reason: ' ' }, 'reason'],
    [{ idempotencyKey: '' }, 'idempotencyKey'],
    [{ expiresAt: new Date(0) }, 'expiresAt'],
  ])('refuses %j', async (changes, field) => {
    expect(await refusalOf(grantCredits(desk.deps, grant(changes)))).toMatchObject({
      code: 'invalid',
      fields: [{ field }],
    })
  })
})
