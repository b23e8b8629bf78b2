import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { check, patienceMs, runsOf } from '../../support/runs.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { compareFigures } from './programme/figures.ts'
import { type Intent, programmes } from './programme/intents.ts'
import { keepOrder } from './programme/order.ts'
import { makePlayer } from './programme/play.ts'
import { makeReplay } from './programme/replay.ts'
import { choose, openStage } from './programme/stage.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
  await keepOrder(world)
})
afterAll(() => world.close())

describe('all rules together', () => {
  it(
    'after every move of a random programme, answer and figures are those of a simple model',
    async () => {
      await check(fc.asyncProperty(programmes, playThrough), { runs: runsOf(300, 20_000) })
    },
    patienceMs,
  )
})

async function playThrough(programme: Intent[]): Promise<void> {
  const stage = await openStage(world)
  const play = makePlayer(world, stage)
  const model = makeReplay(stage)
  for (const [number, intent] of programme.entries()) {
    const move = choose(stage, intent)
    if (!move) continue
    const played = await play(move)
    const expectedAnswer = model.replay(move, played)
    const { stored, expected } = await compareFigures(world, stage, model)
    expect({ number, move, answer: played.answer, stored }).toEqual({
      number,
      move,
      answer: { ...played.answer, ...expectedAnswer, units: expectedAnswer.units ?? played.answer.units },
      stored: expected,
    })
  }
  expect((await verifyLedger(world.db, stage.shopId)).problems).toEqual([])
}
