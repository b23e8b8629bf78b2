import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { currentRateCard } from '../../../src/domain/credits/rate-card.ts'
import { addPackage, type NewPackage } from '../../../src/domain/packages/add-package.ts'
import { loadPackages } from '../../../src/domain/packages/load-packages.ts'
import { matchPackage } from '../../../src/domain/packages/match-package.ts'
import { type NewRate, setRate } from '../../../src/domain/packages/set-rate.ts'
import type { Refused } from '../../../src/domain/refusal.ts'
import { addBareShop, type OrderDesk, openOrderDesk } from '../orders/order-desk.ts'

let desk: OrderDesk
let shopId: bigint
beforeAll(async () => {
  desk = await openOrderDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  shopId = await addBareShop(desk.deps)
})

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'not refused',
    (error: unknown) => (error as Refused).refusal,
  )
}

describe('which package a line carries', () => {
  const packages = [
    ['sku', 'SUP*'],
    ['sku', 'SUPPORT-*'],
    ['sku', 'SUPPORT-10'],
    ['product', '12'],
    ['variation', '13'],
  ].map(([matchKind = '', matchValue = ''], index) => ({
    id: BigInt(index),
    priority: 0,
    matchKind,
    matchValue,
  }))

  it.each([
    [{ productId: '12', variationId: '13', sku: 'SUPPORT-10' }, '13'],
    [{ productId: '12', variationId: '14', sku: 'SUPPORT-10' }, '12'],
    [{ productId: '11', sku: 'support-10' }, 'SUPPORT-10'],
    [{ productId: '11', sku: ' Support-99' }, 'SUPPORT-*'],
    [{ productId: '11', sku: 'SUPPER' }, 'SUP*'],
    [{ productId: '11', sku: 'SU' }, undefined],
    [{ productId: '13', sku: '' }, undefined],
    [{ productId: '11', sku: 'SUP*' }, 'SUP*'],
  ])('%j is %s', (line, value) => {
    expect(matchPackage(packages, line)?.matchValue).toBe(value)
  })
})

describe('adding a package', () => {
  it('keeps its terms and has earlier orders looked at again', async () => {
    const { id } = await addPackage(desk.deps, {
      actor: 'cli',
      shopId,
      match: 'sku:support-10',
      credits: 2.5,
      days: 365,
      channels: ['email', 'sms', 'email'],
      name: 'Small',
    })
    expect(await loadPackages(desk.db, shopId, desk.now.at)).toEqual([
      {
        id: BigInt(id),
        matchKind: 'sku',
        matchValue: 'SUPPORT-10',
        version: 1,
        termsAt: new Date('2026-11-22T02:00:00.999Z'),
        retired: false,
        name: 'Small',
        unitsEach: 250n,
        days: 365,
        channels: ['email', 'sms'],
        priority: 0,
        promotional: false,
        overdraftUnits: 0n,
        prices: {},
        furtherOrder: 'new_ticket',
        firstResponse: null,
      },
    ])
    const jobs = await desk.db.query(
      'test-rematch',
      'select count(*)::int as n from graphile_worker.jobs where key = $1',
      [`rematch:${shopId}`],
    )
    expect(jobs).toEqual([{ n: 1 }])
  })

  it('refuses an equal match and names the package that has it', async () => {
    const { id } = await addPackage(desk.deps, { actor: 'cli', shopId, match: 'sku:SUPPORT-10', credits: 10 })
    const again = addPackage(desk.deps, { actor: 'cli', shopId, match: 'sku:support-10', credits: 20 })
    expect(await refusalOf(again)).toEqual({ code: 'package_exists', packageId: id })
    await addPackage(desk.deps, {
      actor: 'cli',
      shopId: await addBareShop(desk.deps),
      match: 'sku:SUPPORT-10',
      credits: 1,
    })
    expect(await loadPackages(desk.db, shopId, desk.now.at)).toHaveLength(1)
  })

  it.each([
    [{ match: 'category:' }, 'match', /slug/],
    [{ match: 'category:a b' }, 'match', /slug/],
    [{ match: 'category:*' }, 'match', /slug/],
    [{ match: 'sku:*' }, 'match', /SUPPORT-\*/],
    [{ match: 'sku:A*B' }, 'match', /end/],
    [{ match: 'sku:' }, 'match', /sku/],
    [{ match: 'variation:x' }, 'match', /id/],
    [{ match: 'product:0' }, 'match', /id/],
    [{ match: 'SUPPORT-10' }, 'match', /product:11/],
    [{ credits: 0 }, 'credits', /above 0/],
    [{ credits: Number.NaN }, 'credits', /above 0/],
    [{ credits: 1.005 }, 'credits', /two decimals/],
    [{ days: 0 }, 'days', /whole days/],
    [{ days: 1.5 }, 'days', /whole days/],
    [{ channels: ['email', 'fax'] }, 'channels', /fax.*video/],
    [{ channels: [] }, 'channels', /choose/],
  ] satisfies [Partial<NewPackage>, string, RegExp][])('refuses %j', async (changes, field, message) => {
    const refused = addPackage(desk.deps, {
      actor: 'cli',
      shopId,
      match: 'product:11',
      credits: 10,
      ...changes,
    })
    expect(await refusalOf(refused)).toMatchObject({
      code: 'invalid',
      fields: [{ field, message: expect.stringMatching(message) }],
    })
  })

  it('refuses a shop that is not there', async () => {
    const refused = addPackage(desk.deps, {
      actor: 'cli',
      shopId: 999_999n,
      match: 'product:11',
      credits: 10,
    })
    expect(await refusalOf(refused)).toEqual({ code: 'not_found', what: 'shop' })
  })
})

describe('setting a rate', () => {
  it('makes a new version that is in force from then on', async () => {
    expect(
      await setRate(desk.deps, { actor: 'cli', shopId, channel: 'sms', price: 0.5, per: 'segment' }),
    ).toEqual({
      version: 1,
    })
    expect(await setRate(desk.deps, { actor: 'cli', shopId, channel: 'sms', price: 0.75 })).toEqual({
      version: 2,
    })
    await setRate(desk.deps, { actor: 'cli', shopId, channel: 'video', price: 2, step: 10, free: 60 })
    expect(await currentRateCard(desk.db, shopId)).toMatchObject({
      email: { per: 'reply', units: 100 },
      sms: { per: 'reply', units: 75 },
      video: { per: 'minutes', units: 200, step: 10, freeSeconds: 60 },
    })
  })

  it('gives each of several at once a version of its own', async () => {
    const set = [1, 2, 3].map((price) =>
      setRate(desk.deps, { actor: 'cli', shopId, channel: 'email', price }),
    )
    const versions = (await Promise.all(set)).map(({ version }) => version)
    expect(versions.sort()).toEqual([1, 2, 3])
  })

  it.each([
    [{ channel: 'fax' }, 'channel'],
    [{ price: -1 }, 'price'],
    [{ price: 0.001 }, 'price'],
    [{ per: 'minutes' }, 'per'],
    [{ per: 'segment' }, 'per'],
    [{ channel: 'video', per: 'reply' }, 'per'],
    [{ step: 5 }, 'step'],
    [{ free: 5 }, 'free'],
    [{ channel: 'video', step: 0 }, 'step'],
    [{ channel: 'video', free: -1 }, 'free'],
  ] satisfies [Partial<NewRate>, string][])('refuses %j', async (changes, field) => {
    const refused = setRate(desk.deps, { actor: 'cli', shopId, channel: 'email', price: 1, ...changes })
    expect(await refusalOf(refused)).toMatchObject({ code: 'invalid', fields: [{ field }] })
  })
})
