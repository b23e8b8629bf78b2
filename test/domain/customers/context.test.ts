import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { askForContext } from '../../../src/domain/customers/context/ask-for-context.ts'
import { getContext } from '../../../src/domain/customers/context/get-context.ts'
import { refreshContext } from '../../../src/domain/customers/context/refresh-context.ts'
import { findByAddress } from '../../../src/domain/customers/find-by-address.ts'
import { mergeCustomers } from '../../../src/domain/customers/merge-customers.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import { ShopApiError } from '../../../src/ports/shop.ts'
import { addRecordedShop, deliverOrder } from '../orders/order-desk.ts'
import { openShopDesk, type ShopDesk } from '../write-back/shop-desk.ts'

let shop: ShopDesk
beforeEach(async () => {
  shop = await openShopDesk()
})
afterEach(() => shop.close())

const ana = 'ana@example.test'
const hour = 3_600

async function customerOf(email: string): Promise<bigint> {
  const [match] = await findByAddress(shop.deps.db, { shopId: shop.shopId, kind: 'email', value: email })
  return match?.customerId ?? 0n
}

async function bought(order: Parameters<ShopDesk['fake']['createOrder']>[0] = {}): Promise<number> {
  const id = shop.fake.createOrder({ email: ana, ...order })
  await shop.deliver()
  return id
}

/** The questions that are enqueued, as customers' ids with the seconds until they are due. */
async function asked(): Promise<[bigint, number][]> {
  const jobs = await shop.deps.db.query<{ id: bigint; at: Date }>(
    'test-customer-jobs',
    `select (payload ->> 'customerId')::bigint as id, run_at as at from graphile_worker._private_jobs
     where payload ->> 'customerId' is not null and payload ->> 'shopId' = $1 order by 1`,
    [String(shop.shopId)],
  )
  return jobs.map(({ id, at }) => [id, Math.round((at.getTime() - shop.desk.now.at.getTime()) / 1_000)])
}

const refresh = (customerId: bigint, lastTry = false) =>
  refreshContext(shop.deps, { shopId: shop.shopId, customerId, lastTry })
const look = (customerId: bigint) => getContext(shop.deps, { shopId: shop.shopId, customerId })

describe('what the shop knows of a customer', () => {
  it('is asked for once when an order converges, a while after the first of its changes', async () => {
    const order = await bought()
    shop.pass(5)
    shop.fake.setStatus(order, 'completed')
    await shop.deliver()
    expect(await asked()).toEqual([[await customerOf(ana), 25]])
  })

  it('tells of orders without support too, with what was paid and when', async () => {
    await bought()
    shop.pass(hour)
    shop.fake.createOrder({ email: ana, lines: [{ sku: 'MUG-1', price: 12.5, quantity: 2 }], country: 'HR' })
    const customerId = await customerOf(ana)
    expect(await look(customerId)).toMatchObject({
      source: 'deliveries',
      orders: 1,
      spent: [{ currency: 'EUR', amount: '125' }],
      isStale: true,
    })
    await refresh(customerId)
    const context = await look(customerId)
    expect(context).toMatchObject({
      source: 'shop',
      orders: 2,
      complete: true,
      spent: [{ currency: 'EUR', amount: '150.00' }],
      firstOrderAt: new Date(shop.desk.now.at.getTime() - hour * 1_000),
      lastOrderAt: shop.desk.now.at,
      country: 'HR',
      refreshedAt: shop.desk.now.at,
      problem: undefined,
      isStale: false,
    })
    expect(context.latest).toHaveLength(2)
  })

  it('joins the accounts and e-mails of one customer, also of one who was merged in, each order once', async () => {
    const account = shop.fake.addCustomer({ email: ana })
    await bought({ customerId: account, email: ana })
    await bought({ customerId: account, email: 'ana@work.example.test' })
    await bought({ email: 'old-ana@example.test' })
    await bought({ email: 'somebody@example.test' })
    const target = await customerOf(ana)
    const source = await customerOf('old-ana@example.test')
    await mergeCustomers(shop.deps, {
      shopId: shop.shopId,
      sourceId: source,
      targetId: target,
      reason: 'same_person',
      idempotencyKey: 'merge-1',
      by: { role: 'owner', actor: 'agent:1' },
    })
    expect((await asked()).map(([id]) => id)).toContain(target)
    await refresh(source)
    const context = await look(source)
    expect(context).toMatchObject({
      orders: 3,
      emails: expect.arrayContaining([ana, 'ana@work.example.test', 'old-ana@example.test']),
    })
    expect(await look(target)).toEqual(context)
  })

  it('is shown when it is old, and asked for again behind it', async () => {
    await bought()
    const customerId = await customerOf(ana)
    await refresh(customerId)
    await shop.deps.db.query('test-no-jobs', 'delete from graphile_worker._private_jobs', [])
    shop.pass(6 * hour - 1)
    expect(await look(customerId)).toMatchObject({ orders: 1, isStale: false })
    expect(await asked()).toEqual([])
    shop.pass(2)
    expect(await look(customerId)).toMatchObject({ orders: 1, isStale: true, mayAsk: true })
    await look(customerId)
    expect((await asked()).map(([id]) => id)).toEqual([customerId])
  })

  it('names e-mails that match no sender: anybody may type them at a checkout', async () => {
    const account = shop.fake.addCustomer({ email: ana })
    await bought({ customerId: account, email: ana })
    shop.fake.createOrder({ customerId: account, email: 'boss@example.test', lines: [{ sku: 'MUG-1' }] })
    const customerId = await customerOf(ana)
    await refresh(customerId)
    expect((await look(customerId)).emails).toContain('boss@example.test')
    expect(await customerOf('boss@example.test')).toBe(0n)
  })

  it('is nothing of a customer who bought nothing under any name', async () => {
    const { id } = await shop.deps.db.prisma.customer.create({
      data: { shopId: shop.shopId, name: 'By phone', createdAt: shop.desk.now.at },
    })
    shop.asked(/./)
    await refresh(id)
    expect(shop.asked(/./)).toEqual([])
    expect(await look(id)).toMatchObject({ source: 'shop', orders: 0, latest: [] })
  })

  it('is refused for a customer of another shop', async () => {
    await bought()
    const stranger = await addRecordedShop(shop.deps)
    const seen = getContext(shop.deps, { shopId: stranger, customerId: await customerOf(ana) })
    await expect(seen).rejects.toThrow(Refused)
  })
})

describe('a shop that cannot be asked about a customer', () => {
  it.each([
    ['is down', () => shop.fake.misbehave('error500')],
    ['hangs', () => shop.hang()],
  ])('because it %s leaves what is known, with the reason, and is asked again', async (_what, breakIt) => {
    await bought()
    const customerId = await customerOf(ana)
    await refresh(customerId)
    shop.pass(7 * hour)
    breakIt()
    await expect(refresh(customerId)).rejects.toThrow(ShopApiError)
    const context = await look(customerId)
    expect(context).toMatchObject({ source: 'shop', orders: 1, isStale: true, mayAsk: false })
    expect(context.problem).toMatch(/\S/)
    await expect(refresh(customerId, true)).resolves.toBeUndefined()
    shop.pass(6 * 60)
    expect((await look(customerId)).mayAsk).toBe(true)
    shop.behave()
    await refresh(customerId)
    expect(await look(customerId)).toMatchObject({ problem: undefined, isStale: false })
  })

  it('because it refuses the keys says so, and is not asked again at once', async () => {
    await bought()
    const customerId = await customerOf(ana)
    shop.fake.revokeKey('ck_0123456789abcdef0123456789abcdef01234567')
    await refresh(customerId)
    const context = await look(customerId)
    expect(context).toMatchObject({ source: 'deliveries', orders: 1, refreshedAt: undefined, mayAsk: false })
    expect(context.problem).toMatch(/key/i)
  })

  it('because it gave no keys is not asked: the orders that came to us are told', async () => {
    const bare = await addRecordedShop(shop.deps)
    await deliverOrder(shop.deps, bare, { id: 1, age: 0, email: ana })
    await deliverOrder(shop.deps, bare, { id: 2, age: 0, email: ana, refunds: [{ id: 9, total: '-25.00' }] })
    await deliverOrder(shop.deps, bare, { id: 3, age: 0, email: ana })
    await deliverOrder(shop.deps, bare, { id: 3, age: 1, email: ana, status: 'cancelled' })
    const [match] = await findByAddress(shop.deps.db, { shopId: bare, kind: 'email', value: ana })
    const customerId = match?.customerId ?? 0n
    await askForContext(shop.deps.db, { shopId: bare, customerId })
    await refreshContext(shop.deps, { shopId: bare, customerId, lastTry: false })
    const context = await getContext(shop.deps, { shopId: bare, customerId })
    expect(context).toMatchObject({
      source: 'deliveries',
      orders: 3,
      spent: [{ currency: 'EUR', amount: '225' }],
      country: 'SI',
      isStale: false,
      shop: { canBeAsked: false },
    })
    expect(context.latest.map(({ number, status }) => [number, status]).sort()).toEqual([
      ['1', 'processing'],
      ['2', 'processing'],
      ['3', 'cancelled'],
    ])
  })
})
