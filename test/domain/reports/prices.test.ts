import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readPrices } from '../../../src/domain/reports/prices.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { hands } from '../credits/by-hand.ts'
import { setPromised } from '../credits/moves.ts'

let world: World
let shopId: bigint
let customerId: bigint

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.goTo(start)
  shopId = await world.addShop()
  customerId = await world.customer({}, shopId)
})

const buy = (units: bigint, packageId: bigint, total: string, currency = 'EUR') =>
  hands(world, shopId).purchase(customerId, units, {
    packageId,
    name: `Pack ${packageId}`,
    paid: { total, tax: '1.1', currency },
  })
const read = (input: { from?: string; to?: string } = {}) => readPrices(world.deps, { shopId, ...input })

describe('the price of a credit', () => {
  it('is what was paid without tax, by the credits that it bought, for each package and currency', async () => {
    await buy(1000n, 1n, '125.00')
    await buy(1000n, 1n, '100.00')
    await buy(2000n, 1n, '99', 'USD')
    await buy(300n, 2n, '10')
    const { rows } = await read()
    expect(rows.map(({ origin, currency, all }) => [origin.name, currency, all])).toEqual([
      ['Pack 1', 'EUR', { purchases: 2, units: 2000n, paid: '225.00', tax: '2.20', perCredit: '11.2500' }],
      ['Pack 1', 'USD', { purchases: 1, units: 2000n, paid: '99.00', tax: '1.10', perCredit: '4.9500' }],
      ['Pack 2', 'EUR', { purchases: 1, units: 300n, paid: '10.00', tax: '1.10', perCredit: '3.3333' }],
    ])
  })

  it('stands for each month of the period in which something was bought, and since ever', async () => {
    await buy(1000n, 1n, '100')
    world.goTo(new Date('2026-05-02T00:00:00Z'))
    await buy(1000n, 1n, '50')
    const [row] = (await read()).rows
    expect(row?.months.map(({ month, perCredit }) => [month, perCredit])).toEqual([
      ['2026-03', '10.0000'],
      ['2026-05', '5.0000'],
    ])
    const [may] = (await read({ from: '2026-05-01', to: '2026-05-31' })).rows
    expect([may?.months.map(({ month }) => month), may?.all.perCredit]).toEqual([['2026-05'], '7.5000'])
  })

  it('is not changed by what happens later, and counts what was free to the customer', async () => {
    const grantId = await buy(2000n, 1n, '100')
    await setPromised(world, { shopId, customerId, grantId }, 1000n)
    await hands(world, shopId).adjust(customerId, grantId, 3)
    await buy(2000n, 1n, '0')
    const [row] = (await read()).rows
    expect(row?.all).toMatchObject({ purchases: 2, units: 4000n, paid: '100.00', perCredit: '2.5000' })
  })

  it('is rounded by the digits of the currency', async () => {
    await buy(100n, 1n, '1000.4', 'JPY')
    await buy(100n, 1n, '1.2345', 'KWD')
    const { rows } = await read()
    expect(rows.map(({ currency, all }) => [currency, all.paid, all.tax])).toEqual([
      ['JPY', '1000', '1'],
      ['KWD', '1.235', '1.100'],
    ])
  })

  it('has no row for what nobody paid for, nor for another shop', async () => {
    await world.grant(customerId, { units: 500n }, shopId)
    expect((await read()).rows).toEqual([])
    await buy(100n, 1n, '1')
    expect((await readPrices(world.deps, { shopId: await world.addShop() })).rows).toEqual([])
  })
})
