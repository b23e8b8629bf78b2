import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { auditActions } from '../../../src/domain/audit/actions.ts'
import { listAudit } from '../../../src/domain/audit/list-audit.ts'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { editPackage } from '../../../src/domain/packages/edit-package.ts'
import { retirePackage } from '../../../src/domain/packages/retire-package.ts'
import { setRate } from '../../../src/domain/packages/set-rate.ts'
import { setRates } from '../../../src/domain/packages/set-rates.ts'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import { auditWords } from '../../../src/web/audit/props.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
let shopId: bigint
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  shopId = await world.addShop()
})

const actor = 'agent:7'
const by = () => ({ shopId, actor })
const pack = async () =>
  BigInt((await addPackage(world.deps, { ...by(), match: 'sku:SUPPORT-10', credits: 10, days: 365 })).id)

/** The lines of the shop, the newest first. */
const lines = async () => (await listAudit(world.deps, { shopId, limit: 100 })).lines
const whatWasDone = async () => (await lines()).map(({ action, data }) => [action, data])

describe('the audit log', () => {
  it('has a word on the page for each action that it can hold', () => {
    expect([...auditWords].sort()).toEqual([...auditActions].sort())
  })

  it('says of a package what was added, what an edit changed, and that it was retired', async () => {
    const packageId = await pack()
    const id = String(packageId)
    const match = 'sku:SUPPORT-10'
    await editPackage(world.deps, {
      ...by(),
      packageId,
      days: null,
      credits: 12.5,
      prices: { sms: { price: 0.5 } },
    })
    await editPackage(world.deps, { ...by(), packageId, prices: { sms: null } })
    await retirePackage(world.deps, { ...by(), packageId })
    await retirePackage(world.deps, { ...by(), packageId })
    const sms = { price: 0.5, per: 'reply' }
    expect(await whatWasDone()).toEqual([
      ['package_retire', { packageId: id, match }],
      [
        'package_edit',
        { packageId: id, match, version: 3, before: { 'prices.sms': sms }, after: { 'prices.sms': null } },
      ],
      [
        'package_edit',
        {
          packageId: id,
          match,
          version: 2,
          before: { credits: 10, days: 365, 'prices.sms': null },
          after: { credits: 12.5, days: null, 'prices.sms': sms },
        },
      ],
      [
        'package_add',
        {
          packageId: id,
          match,
          before: expect.objectContaining({ credits: null, days: null }),
          after: expect.objectContaining({ credits: 10, days: 365, promotional: false }),
        },
      ],
    ])
    expect((await lines())[0]).toMatchObject({ actor, actorName: null, customer: null, at: world.clock.at })
  })

  it('says of a price what it was before, also where that was the default', async () => {
    await setRate(world.deps, { ...by(), channel: 'video', price: 2, step: 10, free: 60 })
    await setRates(world.deps, {
      ...by(),
      prices: { video: { price: 3, step: 10, free: 60 }, sms: { price: 1 } },
    })
    const was = { price: 2, per: 'minutes', step: 10, free: 60 }
    expect(await whatWasDone()).toEqual([
      [
        'rate_set',
        { channel: 'video', version: 2, before: { price: was }, after: { price: { ...was, price: 3 } } },
      ],
      [
        'rate_set',
        {
          channel: 'video',
          version: 1,
          before: { price: { price: 1, per: 'minutes', step: 5, free: 0 } },
          after: { price: was },
        },
      ],
    ])
  })

  it('says of settings only what changed', async () => {
    await changeSettings(world.deps, { ...by(), supervisorCredits: 20.5, agentWaivers: 0, mergeWindow: 5 })
    await changeSettings(world.deps, { ...by(), mergeWindow: 5 })
    expect(await whatWasDone()).toEqual([
      [
        'settings_change',
        {
          before: { supervisorCredits: 50, mergeWindow: 0 },
          after: { supervisorCredits: 20.5, mergeWindow: 5 },
        },
      ],
    ])
  })

  it('has no line of what changed nothing or was refused', async () => {
    const packageId = await pack()
    const before = (await lines()).length
    await editPackage(world.deps, { ...by(), packageId, credits: 10 })
    for (const refused of [
      editPackage(world.deps, { ...by(), packageId, credits: -1 }),
      editPackage(world.deps, { ...by(), packageId, credits: 11, version: 9 }),
      addPackage(world.deps, { ...by(), match: 'sku:SUPPORT-10', credits: 1 }),
      setRate(world.deps, { ...by(), channel: 'sms', price: 0.001 }),
      changeSettings(world.deps, { ...by(), mergeWindow: -1 }),
    ]) {
      await expect(refused).rejects.toThrow()
    }
    expect(await lines()).toHaveLength(before)
  })

  it('tells each of several changes at once from the one before it', async () => {
    const packageId = await pack()
    const numbers = [1, 2, 3, 4, 5, 6]
    await Promise.all(
      numbers.flatMap((n) => [
        changeSettings(world.deps, { ...by(), mergeWindow: n }),
        setRate(world.deps, { ...by(), channel: 'sms', price: n }),
        editPackage(world.deps, { ...by(), packageId, credits: 10 + n }),
      ]),
    )
    const all = (await lines()).reverse()
    for (const [action, field, first] of [
      ['settings_change', 'mergeWindow', 0],
      ['package_edit', 'credits', 10],
    ] as const) {
      const chain = all.filter((line) => line.action === action).map(({ data }) => data as never as Steps)
      expect(chain).toHaveLength(6)
      chain.reduce((last, { before, after }) => {
        expect(before[field]).toBe(last)
        return after[field]
      }, first as unknown)
    }
    const prices = all.filter((line) => line.action === 'rate_set').map(({ data }) => data as never as Steps)
    expect(prices.map(({ before }) => before.price).slice(1)).toEqual(
      prices.map(({ after }) => after.price).slice(0, -1),
    )
  })

  it('goes on where a page ended, and parts the shop from its customers', async () => {
    for (const n of [1, 2, 3]) await changeSettings(world.deps, { ...by(), mergeWindow: n })
    const customerId = await world.customer({ name: 'Ana' }, shopId)
    await world.db.prisma.auditLog.create({
      data: { shopId, customerId, actor: 'api:3', action: 'freeze', data: {}, at: world.clock.at },
    })
    const first = await listAudit(world.deps, { shopId, limit: 3 })
    expect(first.lines.map(({ action }) => action)).toEqual(['freeze', 'settings_change', 'settings_change'])
    expect(first.lines[0]?.customer).toEqual({ id: String(customerId), name: 'Ana' })
    const { next } = first
    if (next === undefined) throw new Error('there is a second page')
    const rest = await listAudit(world.deps, { shopId, limit: 3, before: next })
    expect([rest.lines.map(({ data }) => (data as never as Steps).after.mergeWindow), rest.next]).toEqual([
      [1],
      undefined,
    ])
    const counts = await Promise.all(
      (['shop', 'customers'] as const).map(
        async (about) => (await listAudit(world.deps, { shopId, about, limit: 9 })).lines.length,
      ),
    )
    expect(counts).toEqual([3, 1])
    expect((await listAudit(world.deps, { shopId: world.shopId, limit: 9 })).lines).toEqual([])
  })
})

interface Steps {
  before: Record<string, unknown>
  after: Record<string, unknown>
}
