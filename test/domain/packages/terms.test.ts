import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addPackage, type NewPackage } from '../../../src/domain/packages/add-package.ts'
import { type EditPackage, editPackage } from '../../../src/domain/packages/edit-package.ts'
import { getPackage, listPackages } from '../../../src/domain/packages/list-packages.ts'
import { listRates } from '../../../src/domain/packages/list-rates.ts'
import { retirePackage } from '../../../src/domain/packages/retire-package.ts'
import { setRate } from '../../../src/domain/packages/set-rate.ts'
import type { Refused } from '../../../src/domain/refusal.ts'
import {
  addBareShop,
  balanceOf,
  deliverOrder,
  type OrderDesk,
  openOrderDesk,
  spend,
} from '../orders/order-desk.ts'

let desk: OrderDesk
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  desk.now.at = new Date('2026-11-22T00:00:00Z')
  shopId = await addBareShop(desk.deps)
})

/** The clock of the desk, in hours after the beginning of the day. */
function goTo(hour: number): void {
  desk.now.at = new Date(Date.UTC(2026, 10, 22, hour))
}
const paidAt = (hour: number) => `2026-11-22T${String(hour).padStart(2, '0')}:00:00`

async function pack(terms: Partial<NewPackage> = {}): Promise<bigint> {
  const { id } = await addPackage(desk.deps, {
    actor: 'cli',
    shopId,
    match: 'sku:SUPPORT-10',
    credits: 10,
    ...terms,
  })
  return BigInt(id)
}

const edit = (packageId: bigint, changes: Partial<EditPackage>) =>
  editPackage(desk.deps, { actor: 'cli', shopId, packageId, ...changes })

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'not refused',
    (error: unknown) => (error as Refused).refusal,
  )
}

async function grants(): Promise<Record<string, unknown>[]> {
  return await desk.db.query(
    'test-terms-grants',
    `select g.name, g.units_each::int as each, g.entitled::int, g.consumed::int, g.priority, g.promotional,
       g.overdraft_limit::int as overdraft, g.prices, g.channels, g.terms_version as version, g.package_id as "packageId"
     from credit_grant g where g.shop_id = $1 order by g.id`,
    [shopId],
  )
}

describe('editing a package', () => {
  it('makes a version with the given fields changed, and keeps the others and the earlier versions', async () => {
    const id = await pack({ name: 'Small', days: 30, prices: { sms: { price: 0.5 } } })
    goTo(1)
    expect(
      await edit(id, {
        credits: 12.5,
        priority: 3,
        promotional: true,
        overdraft: 2,
        furtherOrder: 'open_ticket',
        prices: { video: { price: 2, step: 10, free: 60 } },
      }),
    ).toEqual({ version: 2 })
    goTo(2)
    expect(await edit(id, { days: null, prices: { sms: null } })).toEqual({ version: 3 })
    const { versions, ...newest } = await getPackage(desk.deps, { shopId, packageId: id })
    expect(newest).toMatchObject({
      match: 'sku:SUPPORT-10',
      version: 3,
      name: 'Small',
      unitsEach: 1250n,
      days: null,
      priority: 3,
      promotional: true,
      overdraftUnits: 200n,
      furtherOrder: 'open_ticket',
      prices: { video: { per: 'minutes', units: 200, step: 10, freeSeconds: 60 } },
    })
    expect(versions.map(({ version, days, createdAt }) => [version, days, createdAt.getUTCHours()])).toEqual([
      [3, null, 2],
      [2, 30, 1],
      [1, 30, 0],
    ])
    expect(versions[1]?.prices).toEqual({
      sms: { per: 'reply', units: 50 },
      video: { per: 'minutes', units: 200, step: 10, freeSeconds: 60 },
    })
  })

  it('makes no version when nothing changes', async () => {
    const id = await pack({
      channels: ['sms', 'email'],
      prices: { video: { price: 2 }, email: { price: 1 } },
    })
    const same = {
      credits: 10,
      channels: ['email', 'sms'],
      prices: { email: { price: 1 }, video: { price: 2, per: 'minutes', step: 5, free: 0 } },
    }
    expect(await edit(id, same)).toEqual({ version: 1 })
    expect(await edit(id, {})).toEqual({ version: 1 })
  })

  it('loses none of several at once, and refuses what was decided on an older version', async () => {
    const id = await pack()
    const changes = [{ credits: 20 }, { days: 9 }, { priority: 5 }, { name: 'Many' }, { overdraft: 1 }]
    const versions = await Promise.all(changes.map((change) => edit(id, change)))
    expect(versions.map(({ version }) => version).sort()).toEqual([2, 3, 4, 5, 6])
    expect(await getPackage(desk.deps, { shopId, packageId: id })).toMatchObject({
      unitsEach: 2000n,
      days: 9,
      priority: 5,
      name: 'Many',
      overdraftUnits: 100n,
    })
    const seen = await Promise.allSettled([
      edit(id, { version: 6, credits: 1 }),
      edit(id, { version: 6, credits: 2 }),
    ])
    expect(seen.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await refusalOf(edit(id, { version: 6, credits: 3 }))).toEqual({
      code: 'package_changed',
      version: 7,
    })
  })

  it('names every wrong field at once and writes nothing', async () => {
    const id = await pack()
    const refused = edit(id, {
      credits: 0,
      days: 1.5,
      channels: ['fax'],
      priority: 1.5,
      overdraft: -1,
      furtherOrder: 'both',
      prices: {
        sms: { price: -1, per: 'minutes' },
        video: { price: 1, step: 0, free: -5 },
        email: { price: 0.001, step: 5 },
        fax: { price: 1 },
      },
    })
    const { fields } = (await refusalOf(refused)) as { fields: { field: string }[] }
    expect(fields.map(({ field }) => field).sort()).toEqual([
      'channels',
      'credits',
      'days',
      'furtherOrder',
      'overdraft',
      'prices.email.price',
      'prices.email.step',
      'prices.fax',
      'prices.sms.per',
      'prices.sms.price',
      'prices.video.free',
      'prices.video.step',
      'priority',
    ])
    expect(await getPackage(desk.deps, { shopId, packageId: id })).toMatchObject({ version: 1 })
  })

  it('knows no package of another shop', async () => {
    const id = await pack()
    const other = await addBareShop(desk.deps)
    for (const work of [
      editPackage(desk.deps, { actor: 'cli', shopId: other, packageId: id, credits: 1 }),
      retirePackage(desk.deps, { actor: 'cli', shopId: other, packageId: id }),
      getPackage(desk.deps, { shopId: other, packageId: id }),
    ]) {
      expect(await refusalOf(work)).toEqual({ code: 'not_found', what: 'package' })
    }
    expect((await listPackages(desk.deps, { shopId: other, limit: 10 })).packages).toEqual([])
  })
})

describe('rule 14: the snapshot, not today’s package, decides later changes of the line', () => {
  it('across an edit: an earlier purchase grows and shrinks as it was sold, a later one by the new terms', async () => {
    const id = await pack({ name: 'Small' })
    goTo(1)
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, paidAt: paidAt(1), lines: [{ id: 7 }] })
    goTo(2)
    await edit(id, { credits: 3, channels: ['email'], prices: { email: { price: 2 } } })
    const grown = [{ id: 7, quantity: 3 }]
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, paidAt: paidAt(1), lines: grown })
    expect(await balanceOf(desk.db, shopId, 1)).toEqual({ available: 3000, deficit: 0 })
    goTo(3)
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, paidAt: paidAt(3), lines: [{ id: 8 }] })
    const shrunk = [{ id: 7, quantity: 2 }]
    await deliverOrder(desk.deps, shopId, { id: 1, age: 2, paidAt: paidAt(1), lines: shrunk })
    expect(await grants()).toMatchObject([
      { each: 1000, entitled: 2000, version: 1, prices: { email: { units: 100 } } },
      { each: 300, entitled: 300, version: 2, prices: { email: { units: 200 } }, channels: ['email'] },
    ])
  })

  it('serves news that comes late by the terms and prices that were in force at the payment', async () => {
    const id = await pack()
    await setRate(desk.deps, { actor: 'cli', shopId, channel: 'sms', price: 0.5 })
    goTo(5)
    await edit(id, { credits: 3 })
    await setRate(desk.deps, { actor: 'cli', shopId, channel: 'sms', price: 9 })
    goTo(6)
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, paidAt: paidAt(4) })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, paidAt: paidAt(5) })
    expect(await grants()).toMatchObject([
      { entitled: 1000, version: 1, prices: { sms: { units: 50 } } },
      { entitled: 300, version: 2, prices: { sms: { units: 900 } } },
    ])
  })

  it('serves an order that is older than the package by what is sold today', async () => {
    goTo(5)
    const id = await pack()
    await edit(id, { credits: 3 })
    await setRate(desk.deps, { actor: 'cli', shopId, channel: 'sms', price: 0.5 })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, paidAt: paidAt(2) })
    expect(await grants()).toMatchObject([{ entitled: 300, version: 2, prices: { sms: { units: 50 } } }])
  })
})

describe('what the terms promise reaches the grant', () => {
  it('rule 6: priority and promotional decide what is spent first', async () => {
    await addPackage(desk.deps, { actor: 'cli', shopId, match: 'sku:PAID', credits: 10, name: 'paid' })
    await addPackage(desk.deps, {
      actor: 'cli',
      shopId,
      match: 'sku:FIRST',
      credits: 10,
      name: 'first',
      priority: 2,
    })
    await addPackage(desk.deps, {
      actor: 'cli',
      ...{ shopId, match: 'sku:GIFT', credits: 1, name: 'gift' },
      promotional: true,
    })
    const lines = ['PAID', 'FIRST', 'GIFT'].map((sku, index) => ({ id: index + 1, sku }))
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, lines })
    await spend(desk.deps, shopId, 1, 3)
    expect((await grants()).map(({ name, consumed }) => [name, consumed])).toEqual([
      ['paid', 0],
      ['first', 200],
      ['gift', 100],
    ])
  })

  it('the overdraft limit and the prices of its own, which e-mail shares with the private page', async () => {
    await setRate(desk.deps, { actor: 'cli', shopId, channel: 'portal', price: 7 })
    await pack({ overdraft: 2.5, prices: { email: { price: 3 }, sms: { price: 0.2, per: 'segment' } } })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, paidAt: paidAt(1) })
    expect(await grants()).toMatchObject([
      {
        overdraft: 250,
        prices: {
          email: { per: 'reply', units: 300 },
          portal: { per: 'reply', units: 300 },
          sms: { per: 'segment', units: 20 },
          video: { per: 'minutes', units: 100, step: 5 },
        },
      },
    ])
  })

  it('goes along when the order goes to another customer', async () => {
    await pack({ overdraft: 2.5, priority: 4, promotional: true })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, email: 'ana@example.test' })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, email: 'anna@example.test' })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, email: 'ana@example.test' })
    const moved = (await grants()).filter(({ entitled }) => entitled === 1000)
    expect(moved).toHaveLength(2)
    for (const grant of moved) {
      expect(grant).toMatchObject({ overdraft: 250, priority: 4, promotional: true })
    }
  })
})

describe('retiring a package', () => {
  it('matches no new lines; what was sold goes on, also under a new line id', async () => {
    const packageId = await pack()
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, paidAt: paidAt(1), lines: [{ id: 7 }] })
    goTo(5)
    const { retiredAt } = await retirePackage(desk.deps, { actor: 'cli', shopId, packageId })
    goTo(6)
    expect(await retirePackage(desk.deps, { actor: 'cli', shopId, packageId })).toEqual({ retiredAt })
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, paidAt: paidAt(6) })
    // Paid while it was sold, heard of later.
    await deliverOrder(desk.deps, shopId, { id: 3, age: 0, paidAt: paidAt(4), email: 'late@example.test' })
    const grown = [{ id: 8, quantity: 2 }]
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, paidAt: paidAt(1), lines: grown })
    expect(await grants()).toMatchObject([{ entitled: 2000 }, { entitled: 1000 }])
    expect(await refusalOf(edit(packageId, { credits: 1 }))).toEqual({ code: 'package_retired' })
  })

  it('lets the same match be sold again as another package', async () => {
    const former = await pack()
    await deliverOrder(desk.deps, shopId, { id: 1, age: 0, paidAt: paidAt(1), lines: [{ id: 7 }] })
    goTo(5)
    await retirePackage(desk.deps, { actor: 'cli', shopId, packageId: former })
    const again = await pack({ credits: 4 })
    goTo(6)
    await deliverOrder(desk.deps, shopId, { id: 2, age: 0, paidAt: paidAt(6) })
    await deliverOrder(desk.deps, shopId, { id: 1, age: 1, paidAt: paidAt(1), lines: [{ id: 9 }] })
    expect(await grants()).toMatchObject([
      { entitled: 1000, packageId: former },
      { entitled: 400, packageId: again },
    ])
    const listed = (filter: object) => listPackages(desk.deps, { shopId, limit: 10, ...filter })
    expect((await listed({})).packages).toMatchObject([{ id: again, sold: 1, retiredAt: null }])
    expect((await listed({ retired: true })).packages).toMatchObject([
      { id: former, sold: 1, retiredAt: new Date('2026-11-22T05:00:00Z') },
      { id: again },
    ])
    const first = await listed({ retired: true, limit: 1 })
    expect(first).toMatchObject({ packages: [{ id: former }], next: former })
    expect((await listed({ retired: true, limit: 1, after: first.next })).packages).toMatchObject([
      { id: again },
    ])
  })
})

describe('the rate card', () => {
  it('lists every channel with the default until it is set, and what it was before', async () => {
    await setRate(desk.deps, { actor: 'cli', shopId, channel: 'sms', price: 0.5, per: 'message' })
    goTo(1)
    await setRate(desk.deps, { actor: 'cli', shopId, channel: 'sms', price: 0.75, per: 'segment' })
    await setRate(desk.deps, { actor: 'cli', shopId, channel: 'email', price: 2 })
    const rates = await listRates(desk.deps, { shopId })
    expect(rates.map(({ channel, version, price }) => [channel, version, price.per, price.units])).toEqual([
      ['email', 1, 'reply', 200],
      ['sms', 2, 'segment', 75],
      ['whatsapp', 0, 'reply', 100],
      ['portal', 0, 'reply', 200],
      ['video', 0, 'minutes', 100],
      ['voice', 0, 'minutes', 100],
      ['work', 0, 'minutes', 100],
    ])
    expect(rates[1]?.history.map(({ version, price }) => [version, price.per])).toEqual([
      [2, 'segment'],
      [1, 'reply'],
    ])
  })
})
