import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { freezeAccount } from '../../../src/domain/credits/freeze-account.ts'
import { addOrderNote } from '../../../src/domain/orders/add-order-note.ts'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import { readSync } from '../../../src/domain/sync/read-sync.ts'
import { ShopApiError } from '../../../src/ports/shop.ts'
import { spend } from '../orders/order-desk.ts'
import { openShopDesk, type ShopDesk } from './shop-desk.ts'

let shop: ShopDesk
beforeEach(async () => {
  shop = await openShopDesk()
})
afterEach(() => shop.close())

async function bought(sku = 'SUPPORT-5'): Promise<number> {
  const id = shop.fake.createOrder({ email: 'ana@example.test', lines: [{ sku }] })
  await shop.deliver()
  return id
}

async function minutes(count = 1): Promise<void> {
  for (let minute = 0; minute < count; minute += 1) {
    shop.pass(60)
    await shop.sweep()
  }
  await shop.deliver()
}

/** Puts what is enqueued, and gives all notes of the shop. */
async function notes(): Promise<{ orderId: string; note: string }[]> {
  await shop.putNotes()
  return shop.fake.notes
}

const ranOut = expect.stringMatching(/^No credits left since \d+ Nov, \d\d:\d\d\. Ticket 100\d\.$/)

describe('the note that the credits ran out', () => {
  it('is put once, on the newest order that granted, and not again while there are none', async () => {
    const first = await bought()
    const second = await bought()
    await minutes()
    await spend(shop.deps, shop.shopId, first, 10)
    await minutes(15)
    const mine = (await notes()).filter(({ note }) => note.startsWith('No'))
    expect(mine).toEqual([{ orderId: String(second), note: ranOut }])
  })

  it('is put again after there were some again', async () => {
    const first = await bought()
    await spend(shop.deps, shop.shopId, first, 5)
    await minutes(2)
    const second = await bought()
    await minutes(2)
    await spend(shop.deps, shop.shopId, second, 5)
    await minutes(2)
    const mine = (await notes()).filter(({ note }) => note.startsWith('No'))
    expect(mine).toEqual([
      { orderId: String(first), note: ranOut },
      { orderId: String(second), note: ranOut },
    ])
  })

  it('is put when credits are bought and used up between two looks', async () => {
    const order = await bought()
    await spend(shop.deps, shop.shopId, order, 5)
    await minutes(20)
    expect(await notes()).toContainEqual({ orderId: String(order), note: ranOut })
    expect(await notes()).toHaveLength(2)
  })

  it.each([
    ['a refund', (order: number) => shop.fake.setStatus(order, 'refunded')],
    ['a cancellation', (order: number) => shop.fake.setStatus(order, 'cancelled')],
  ])('is put when %s took the last', async (_what, act) => {
    const order = await bought()
    await minutes()
    act(order)
    await shop.deliver()
    await minutes(2)
    expect((await notes()).filter(({ note }) => note.startsWith('No'))).toHaveLength(1)
  })

  it('is put when the validity of the last ended', async () => {
    const order = await bought()
    await shop.deps.db.query('test-ends', `update credit_grant set expires_at = $1`, [
      new Date(shop.desk.now.at.getTime() + 3_600_000),
    ])
    await shop.deps.db.query('test-ends-account', `update account set next_expiry = $1`, [
      new Date(shop.desk.now.at.getTime() + 3_600_000),
    ])
    await minutes()
    shop.pass(7_200)
    await shop.deps.db.query('test-expire', 'select lock_account(shop_id, customer_id, $1) from account', [
      shop.desk.now.at,
    ])
    await minutes(2)
    expect((await notes()).filter(({ note }) => note.startsWith('No'))).toEqual([
      { orderId: String(order), note: ranOut },
    ])
  })

  it('is not put while the account is only frozen, nor where the shop wants no notes', async () => {
    await bought()
    await minutes()
    const [account] = await shop.deps.db.query<{ id: bigint }>(
      'test-customer',
      'select customer_id as id from account',
      [],
    )
    await freezeAccount(shop.deps, {
      shopId: shop.shopId,
      customerId: account?.id ?? 0n,
      frozen: true,
      reason: 'suspicion',
      idempotencyKey: 'freeze-1',
      by: { role: 'owner', actor: 'agent:1' },
    })
    await bought()
    await minutes(2)
    expect((await notes()).filter(({ note }) => note.startsWith('No'))).toEqual([])
    await changeSettings(shop.deps, { shopId: shop.shopId, actor: 'cli', orderNotes: false })
    const other = shop.fake.createOrder({ email: 'b@example.test', lines: [{ sku: 'SUPPORT-5' }] })
    await shop.deliver()
    await spend(shop.deps, shop.shopId, other, 5)
    await minutes(2)
    expect((await notes()).filter(({ orderId }) => orderId === String(other))).toEqual([])
  })
})

describe('a note', () => {
  it('whose answer was lost stands once', async () => {
    await bought()
    // The shop took it, and then the connection broke.
    const [job] = await shop.deps.db.query<{ note: string; orderId: string }>(
      'test-note-of-job',
      `select payload ->> 'note' as note, payload ->> 'orderId' as "orderId" from graphile_worker._private_jobs where payload ->> 'note' is not null`,
      [],
    )
    await shop.putNotes()
    const again = { shopId: shop.shopId, orderId: BigInt(job?.orderId ?? 0), note: job?.note ?? '' }
    await addOrderNote(shop.deps, { ...again, firstTry: false, lastTry: false })
    expect(shop.fake.notes).toHaveLength(1)
    await addOrderNote(shop.deps, { ...again, note: 'Another', firstTry: false, lastTry: false })
    expect(shop.fake.notes.map(({ note }) => note)).toEqual(['Ticket 1001 opened, 5 credits.', 'Another'])
  })

  it('waits for a shop that is down, and is given up at the last try with a line in the log', async () => {
    await bought()
    const [order] = await shop.deps.db.query<{ id: bigint }>('test-order', 'select id from shop_order', [])
    const note = { shopId: shop.shopId, orderId: order?.id ?? 0n, note: 'A note', firstTry: false }
    shop.fake.misbehave('error500')
    await expect(addOrderNote(shop.deps, { ...note, lastTry: false })).rejects.toThrow(ShopApiError)
    expect(shop.warnings).toEqual([])
    await addOrderNote(shop.deps, { ...note, lastTry: true })
    expect(shop.warnings).toMatchObject([{ message: 'gave up putting a note on an order' }])
  })

  it('that the shop refuses is given up at once', async () => {
    const order = await bought()
    shop.fake.misbehave('noRoute')
    await shop.putNotes()
    expect(shop.warnings).toMatchObject([
      { message: 'the note on the order was refused', data: { order: String(order) } },
    ])
  })

  it('waits for another key when the shop refuses this one, and says so until it is taken', async () => {
    const order = await bought()
    const [stored] = await shop.deps.db.query<{ id: bigint }>('test-order', 'select id from shop_order', [])
    const note = { shopId: shop.shopId, orderId: stored?.id ?? 0n, note: 'A note', lastTry: false }
    const trouble = async () => (await readSync(shop.deps, { shopId: shop.shopId })).writing
    shop.fake.misbehave('error401')
    await expect(addOrderNote(shop.deps, { ...note, firstTry: true })).rejects.toThrow(ShopApiError)
    expect(await trouble()).toMatchObject({ message: expect.stringContaining('Make a new key') })
    shop.fake.behave()
    await addOrderNote(shop.deps, { ...note, firstTry: false })
    expect(shop.fake.notes).toEqual([{ orderId: String(order), note: 'A note' }])
    expect(await trouble()).toBeUndefined()
  })
})
