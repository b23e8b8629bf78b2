import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { check, patienceMs, runsOf } from '../../support/runs.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { compareFigures } from './programme/figures.ts'
import { type Rush, rushes } from './programme/intents.ts'
import { keepOrder, readOrder } from './programme/order.ts'
import { makePlayer, type Played } from './programme/play.ts'
import { makeReplay, type Replay, type Spend } from './programme/replay.ts'
import { choose, type Move, openStage, type Stage } from './programme/stage.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld({ poolSize: 16 })
  await keepOrder(world)
})
afterAll(() => world.close())

interface Done {
  move: Move
  played: Played
}

describe('rules 4 and 5: eight clients at once', () => {
  it(
    'come to what the model says when it plays their moves in the order of the commits',
    async () => {
      await check(fc.asyncProperty(rushes(8), rush), { runs: runsOf(100, 2_000) })
    },
    patienceMs,
  )
})

async function rush(rounds: Rush[]): Promise<void> {
  const stage = await openStage(world)
  const play = makePlayer(world, stage)
  const model = makeReplay(stage)
  for (const { before, clients } of rounds) {
    const quiet = choose(stage, before)
    if (quiet) model.replay(quiet, await play(quiet))
    const done: Done[] = []
    await Promise.all(
      clients.map(async (intents) => {
        for (const intent of intents) {
          const move = choose(stage, intent)
          if (move) done.push({ move, played: await play(move) })
        }
      }),
    )
    await replayInOrder(stage, model, done)
    const { stored, expected } = await compareFigures(world, stage, model)
    expect(stored).toEqual(expected)
  }
  expect((await verifyLedger(world.db, stage.shopId)).problems).toEqual([])
}

/** What was refused has no place, because it wrote nothing; a refused spend must have been right at some moment of the round. */
async function replayInOrder(stage: Stage, model: Replay, done: readonly Done[]): Promise<void> {
  const places = await readOrder(world, stage.shopId)
  const placeOf = ({ played }: Done) => places.get(played.key)
  const inOrder = done
    .filter((one) => placeOf(one) !== undefined)
    .sort((a, b) => Number((placeOf(a) ?? 0n) - (placeOf(b) ?? 0n)))
  let refused = done.filter((one) => placeOf(one) === undefined && isSpend(one.move))
  const forgetTheRight = () => {
    refused = refused.filter(({ move, played }) => !isSpend(move) || !model.refuses(move, played))
  }
  forgetTheRight()
  for (const { move, played } of inOrder) {
    const expected = model.replay(move, played)
    expect({ move, ...played.answer }).toEqual({
      move,
      ...played.answer,
      ...expected,
      units: expected.units ?? played.answer.units,
    })
    forgetTheRight()
  }
  expect(refused).toEqual([])
}

function isSpend(move: Move): move is Spend & Move {
  return move.do === 'reply' || move.do === 'work'
}
