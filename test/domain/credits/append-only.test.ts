import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
let customerId: bigint
let grantId: bigint

beforeAll(async () => {
  world = await makeWorld()
  const made = await world.ticketWith([1000n])
  customerId = made.customerId
  grantId = made.grantId
})
afterAll(() => world.close())

describe('rule 1: entries are append-only', () => {
  it.each([
    ['changed', 'update ledger_entry set entitled = 5'],
    ['changed in what no figure depends on', `update ledger_entry set reason = 'other'`],
    ['deleted', 'delete from ledger_entry'],
    ['emptied', 'truncate ledger_entry'],
    ['emptied with all that hangs on them', 'truncate credit_grant cascade'],
  ])('the database refuses that they are %s', async (_what, statement) => {
    await expect(world.db.pool.query(statement)).rejects.toMatchObject({ code: '23001' })
    expect(await world.entries(customerId)).toHaveLength(1)
  })

  it('a grant is never deleted', async () => {
    await expect(world.db.pool.query('delete from credit_grant')).rejects.toMatchObject({ code: '23001' })
    expect((await world.grantOf(grantId)).entitled).toBe(1000n)
  })
})

/** One entry through the function that every movement goes through. */
function move(kind: string, figures: [number, number, number, number, number, number]) {
  return world.db.query(
    'test-move',
    `select ledger_move($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'test', 'k', 'test', '1', 'test', null, $11)`,
    [world.shopId, customerId, grantId, kind, ...figures, world.clock.at],
  )
}

describe('rule 3: checks stand in the database', () => {
  it.each([
    'entitled = -1',
    'consumed = -1',
    'held = -1',
    'expired = -1',
    'cleared = -1',
    'overdraft = -1',
    'promised = -1',
    'revoke_due = -1',
    'overdraft = 1',
    'live = false',
    'entitled = 0',
    'held = 1001',
  ])('a grant with 10 credits cannot be set to %s', async (figure) => {
    await expect(world.db.pool.query(`update credit_grant set ${figure}`)).rejects.toMatchObject({
      constraint: 'credit_grant_figures',
    })
  })

  it.each(['available', 'held', 'deficit', 'overdraft'])(
    'the %s of an account is never negative',
    async (figure) => {
      await expect(world.db.pool.query(`update account set ${figure} = -1`)).rejects.toMatchObject({
        constraint: 'account_figures',
      })
    },
  )

  it.each<[string, [number, number, number, number, number, number]]>([
    ['grant', [-1, 0, 0, 0, 0, 0]],
    ['restore', [0, 0, 0, 0, 0, 0]],
    ['revoke', [1, 0, 0, 0, 0, 0]],
    ['adjust', [0, 0, 0, 0, 0, 0]],
    ['spend', [0, -1, 0, 0, 0, 0]],
    ['spend', [0, 1, 0, 0, 0, 2]],
    ['reverse', [0, 1, 0, 0, 0, 0]],
    ['hold', [0, 0, -1, 0, 0, 0]],
    ['release', [0, 0, 1, 0, 0, 0]],
    ['post', [0, 1, -2, 0, 0, 0]],
    ['expire', [0, 0, 0, -1, 0, 0]],
    ['settle', [0, -1, 0, 0, 0, 0]],
    ['forgive', [0, 0, 0, 0, -1, 0]],
    ['gift', [1, 0, 0, 0, 0, 0]],
  ])('an entry of kind %s does not take %j', async (kind, figures) => {
    await expect(move(kind, figures)).rejects.toMatchObject({ code: '23514' })
    expect(await world.account(customerId)).toMatchObject({ available: 1000n, held: 0n, deficit: 0n })
  })

  it.each<[string, [number, number, number, number, number, number]]>([
    ['spend', [0, 1001, 0, 0, 0, 0]],
    ['hold', [0, 0, 1001, 0, 0, 0]],
    ['adjust', [-1001, 0, 0, 0, 0, 0]],
    ['expire', [0, 0, 0, 1001, 0, 0]],
  ])('%s never draws a grant below zero', async (kind, figures) => {
    await expect(move(kind, figures)).rejects.toMatchObject({ code: '23514' })
    expect(await world.entries(customerId)).toHaveLength(1)
  })

  it('an entry of a grant that is of another account is refused', async () => {
    const other = await world.customer()
    const mine = grantId
    await expect(
      world.db.query(
        'test-foreign-move',
        `select ledger_move($1, $2, $3, 'spend', 0, 1, 0, 0, 0, 0, 'test', 'k', 'test', '1', 'test', null, $4)`,
        [world.shopId, other, mine, world.clock.at],
      ),
    ).rejects.toMatchObject({ code: '23503' })
    expect(await world.entries(other)).toEqual([])
  })
})
