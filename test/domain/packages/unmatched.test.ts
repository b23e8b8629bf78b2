import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { dismissUnmatched } from '../../../src/domain/packages/dismiss-unmatched.ts'
import { listUnmatched, type UnmatchedFilter } from '../../../src/domain/packages/list-unmatched.ts'
import type { Refused } from '../../../src/domain/refusal.ts'
import { type FakeShop, startFakeShop } from '../../support/fakes/shop.ts'
import {
  addBareShop,
  deliverOrder,
  type MadeOrder,
  type OrderDesk,
  openOrderDesk,
} from '../orders/order-desk.ts'
import { addShopOf, readAll, workOff } from '../products/product-desk.ts'

let desk: OrderDesk
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  shopId = await addBareShop(desk.deps)
})

const list = (filter: Partial<UnmatchedFilter> = {}) =>
  listUnmatched(desk.deps, { shopId, limit: 20, ...filter })
const hear = (made: MadeOrder) => deliverOrder(desk.deps, shopId, made)
const dismiss = (subject: string, dismissed = true, shop = shopId) =>
  dismissUnmatched(desk.deps, { shopId: shop, subject, dismissed, actor: 'agent:1' })
const subjects = async () => (await list()).products.map(({ subject }) => subject)

const help = { id: 1, productId: 21, sku: '', name: 'Podpora na daljavo' }
const mug = { id: 2, productId: 15, sku: 'MUG-1', name: 'Mug' }

describe('orders that may need a package', () => {
  it('are listed by article, the newest first, with why; mugs are not', async () => {
    await hear({ id: 1, age: 0, lines: [help, mug] })
    await hear({ id: 2, age: 0, lines: [{ ...help, name: 'Podpora (new name)' }] })
    await hear({ id: 3, age: 0, lines: [{ id: 1, productId: 0, sku: 'HELP-5', name: 'Gone' }] })
    await hear({ id: 4, age: 0, lines: [{ id: 1, productId: 0, sku: '', name: 'Old support' }] })
    await hear({ id: 5, age: 0, lines: [mug] })
    expect(await list()).toEqual({
      orderCount: 4,
      dismissedCount: 0,
      products: [
        {
          ...{ subject: 'name:Old support', name: 'Old support', sku: '', hint: 'name', proposedUnits: null },
          ...{ orderCount: 1, orders: [{ id: '4', number: '4' }] },
        },
        {
          ...{ subject: 'sku:HELP-5', name: 'Gone', sku: 'HELP-5', hint: 'sku', proposedUnits: null },
          ...{ orderCount: 1, orders: [{ id: '3', number: '3' }] },
        },
        {
          ...{
            subject: 'product:21',
            name: 'Podpora (new name)',
            sku: '',
            hint: 'name',
            proposedUnits: null,
          },
          orderCount: 2,
          orders: [
            { id: '2', number: '2' },
            { id: '1', number: '1' },
          ],
        },
      ],
    })
  })

  it('go on page by page', async () => {
    for (const id of [1, 2, 3]) {
      await hear({
        id,
        age: 0,
        lines: [1, 2].map((line) => ({ ...help, id: line, productId: id * 10 + line })),
      })
    }
    const seen: string[] = []
    let after: UnmatchedFilter['after']
    do {
      const page = await list({ limit: 4, ...(after && { after }) })
      expect(page.orderCount).toBe(3)
      seen.push(...page.products.map(({ subject }) => subject))
      after = page.next
    } while (after)
    expect(seen).toEqual(['product:31', 'product:32', 'product:21', 'product:22', 'product:11', 'product:12'])
  })

  it('empty when a package matches, and come back for nobody', async () => {
    await hear({ id: 1, age: 0, lines: [help, mug] })
    await hear({ id: 2, age: 0, lines: [help] })
    await addPackage(desk.deps, { shopId, actor: 'cli', match: 'product:21', credits: 5 })
    await workOff(desk)
    expect(await list()).toEqual({ orderCount: 0, dismissedCount: 0, products: [] })
    await hear({ id: 1, age: 1, lines: [help, mug] })
    expect(await subjects()).toEqual([])
  })

  it('follow the order: not while unpaid or refunded whole, gone with it, and with each line', async () => {
    await hear({ id: 1, age: 0, paid: false, status: 'pending', lines: [help] })
    expect(await subjects()).toEqual([])
    await hear({ id: 1, age: 1, lines: [help] })
    expect(await subjects()).toEqual(['product:21'])
    await hear({ id: 1, age: 2, lines: [{ ...help, productId: 22 }] })
    expect(await subjects()).toEqual(['product:22'])
    await hear({ id: 1, age: 3, status: 'cancelled', lines: [help] })
    expect(await subjects()).toEqual([])
    await hear({ id: 2, age: 0, lines: [{ ...help, quantity: 0 }] })
    expect(await subjects()).toEqual([])
    await hear({ id: 3, age: 0, lines: [help, { ...help }] })
    expect(await list()).toMatchObject({ orderCount: 1, products: [{ orderCount: 1 }] })
  })

  it('are asked about because their SKU is like that of a package, also of one that was added later', async () => {
    const care = { id: 1, productId: 31, sku: 'CARE-20', name: 'Big one' }
    await hear({ id: 1, age: 0, lines: [care] })
    expect(await subjects()).toEqual([])
    await addPackage(desk.deps, { shopId, actor: 'cli', match: 'sku:CARE-10', credits: 5 })
    await workOff(desk)
    expect(await list()).toMatchObject({ products: [{ subject: 'product:31', hint: 'similar' }] })
  })

  it('of another shop are seen and dismissed by nobody else', async () => {
    await hear({ id: 1, age: 0, lines: [help] })
    const other = await addBareShop(desk.deps)
    expect((await list({ shopId: other })).products).toEqual([])
    const refusal = await dismiss('product:21', true, other).catch(
      (error: unknown) => (error as Refused).refusal,
    )
    expect(refusal).toEqual({ code: 'not_found', what: 'product' })
    expect(await subjects()).toEqual(['product:21'])
  })

  it('are found by their index among many lines of mugs', async () => {
    await desk.db.query(
      'test-many-mugs',
      `with o as (insert into shop_order (shop_id, external_id, created_at, updated_at)
         select $1, 'mug-' || n, now(), now() from generate_series(1, 5000) n returning id)
       insert into unmatched_line (shop_id, order_id, line_id, product_id, subject, name, sku) select $1, id, '1', '15', 'product:15', 'Mug', '' from o`,
      [shopId],
    )
    await desk.db.pool.query('analyze unmatched_line')
    const client = await desk.db.dedicatedClient()
    const { rows } = await client.query(
      `explain select u.subject from unmatched_line u where u.shop_id = ${shopId} and u.hint is not null group by u.subject`,
    )
    await client.end()
    expect(JSON.stringify(rows)).toContain('unmatched_line_hinted')
  })
})

describe('what is said to be no support', () => {
  it('is remembered for orders to come, taken back, and written into the audit log', async () => {
    await hear({ id: 1, age: 0, lines: [help] })
    await dismiss('product:21')
    await dismiss('product:21')
    await hear({ id: 2, age: 0, lines: [help] })
    expect(await list()).toEqual({ orderCount: 0, dismissedCount: 1, products: [] })
    expect(await list({ dismissed: true })).toMatchObject({
      orderCount: 2,
      products: [{ subject: 'product:21', orderCount: 2 }],
    })
    await dismiss('product:21', false)
    await dismiss('product:21', false)
    expect(await subjects()).toEqual(['product:21'])
    const lines = await desk.db.query(
      'test-audit-lines',
      'select actor, action, data from audit_log where shop_id = $1 order by id',
      [shopId],
    )
    expect(lines).toEqual([
      { actor: 'agent:1', action: 'not_support', data: { match: 'product:21' } },
      { actor: 'agent:1', action: 'maybe_support', data: { match: 'product:21' } },
    ])
  })

  it('may still become a package', async () => {
    await hear({ id: 1, age: 0, lines: [help] })
    await dismiss('product:21')
    await addPackage(desk.deps, { shopId, actor: 'cli', match: 'product:21', credits: 5 })
    await workOff(desk)
    const rows = await desk.db.query('test-grants', 'select from credit_grant where shop_id = $1', [shopId])
    expect(rows).toHaveLength(1)
  })

  it.each(['product:15', 'product:99', '', 'a\u0000', 'name:x'])(
    'is not %j, which no order asks about',
    async (subject) => {
      await hear({ id: 1, age: 0, lines: [help, mug] })
      await expect(dismiss(subject)).rejects.toThrow('not_found')
    },
  )
})

describe('a product that proposes credits', () => {
  let fake: FakeShop
  beforeEach(async () => {
    fake = await startFakeShop()
    shopId = await addShopOf(desk, fake)
  })
  afterEach(() => fake.close())

  it('is asked about whatever its name, and tells how many it proposes', async () => {
    await workOff(desk)
    fake.setCredits(15, '7')
    await readAll(desk, shopId)
    const order = fake.createOrder({ lines: [{ productId: 15 }] })
    await hear({ id: order, age: 0 })
    expect(await list()).toMatchObject({
      products: [{ subject: 'product:15', name: 'Mug', hint: 'proposal', proposedUnits: 700n }],
    })
  })

  it('is asked about from the moment at which it begins to propose, and until it stops', async () => {
    await workOff(desk)
    const order = fake.createOrder({ lines: [{ productId: 15 }] })
    await hear({ id: order, age: 0 })
    expect(await subjects()).toEqual([])
    fake.setCredits(15, '7')
    await readAll(desk, shopId)
    expect(await subjects()).toEqual(['product:15'])
    fake.setCredits(15, null)
    await readAll(desk, shopId)
    expect(await subjects()).toEqual([])
  })

  it('never becomes a package by itself', async () => {
    await readAll(desk, shopId)
    const order = fake.createOrder({ lines: [{ productId: 11 }, { productId: 14 }] })
    await hear({ id: order, age: 0 })
    await workOff(desk)
    expect((await list()).products.map(({ subject, hint }) => [subject, hint])).toEqual([
      ['product:11', 'proposal'],
      ['variation:14', 'proposal'],
    ])
    const rows = await desk.db.query('test-grants', 'select from credit_grant where shop_id = $1', [shopId])
    expect(rows).toEqual([])
  })
})
