import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { openStage, programmes } from './programme.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

describe('rules 2, 3, 6, 10, 11, 13 and 14 together', () => {
  it('after every move of a random programme, the figures are those of a simple model', async () => {
    await fc.assert(
      fc.asyncProperty(programmes, async (programme) => {
        const stage = await openStage(world)
        for (const [number, move] of programme.entries()) {
          const [answer, expectedAnswer] = await stage.play(move)
          const { stored, expected } = await stage.figures()
          expect({ number, move, answer, ...stored }).toEqual({
            number,
            move,
            answer: expectedAnswer,
            ...expected,
          })
        }
        expect((await verifyLedger(world.db, stage.shopId)).problems).toEqual([])
      }),
      { numRuns: 500 },
    )
  }, 120_000)
})
