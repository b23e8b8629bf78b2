import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { openStage, programmes } from './by-hand-programme.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

describe('rules 2, 3 and 14: acts by hand among everything else', () => {
  it('leave the projections what the entries say, and settlements what was cleared', async () => {
    await fc.assert(
      fc.asyncProperty(programmes, async (programme) => {
        const stage = await openStage(world)
        for (const one of programme) await stage.play(one)
        expect((await verifyLedger(world.db, stage.shopId)).problems).toEqual([])
        const misfits = await world.db.query(
          'settlement-misfits',
          `select g.id, g.cleared from credit_grant g join (
             select shop_id, grant_id, sum(units - returned) as paid from settlement where shop_id = $1 group by 1, 2) s
           on s.shop_id = g.shop_id and s.grant_id = g.id where s.paid > g.cleared`,
          [stage.shopId],
        )
        expect(misfits).toEqual([])
      }),
      { numRuns: 60 },
    )
  }, 120_000)
})
