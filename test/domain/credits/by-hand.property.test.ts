import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import { makeWorld, start, type World } from '../../support/world.ts'
import { hands } from './by-hand.ts'
import { closeVideo, failReply, openVideo, setPromised } from './moves.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world.close())

const acts = [
  'purchase',
  'gift',
  'reply',
  'reply',
  'promise',
  'promise',
  'adjust',
  'settle',
  'forgive',
  'freeze',
  'unfreeze',
  'reverse',
  'fail',
  'open',
  'close',
  'wait',
] as const

const programmes = fc.array(
  fc.record({
    act: fc.constantFrom(...acts),
    nth: fc.nat({ max: 3 }),
    other: fc.nat({ max: 3 }),
    size: fc.integer({ min: 1, max: 9 }),
    whole: fc.boolean(),
  }),
  { minLength: 15, maxLength: 30 },
)

type Move = typeof programmes extends fc.Arbitrary<(infer T)[]> ? T : never

/** One customer of a shop of its own, on whom the moves are played; a refusal is a move that did nothing. */
async function openStage() {
  world.goTo(start)
  const shopId = await world.addShop()
  const customerId = await world.customer({}, shopId)
  const ticketId = await world.ticket(customerId, {}, shopId)
  const hand = hands(world, shopId)
  const grants: bigint[] = []
  const sent: bigint[] = []
  let session: string | undefined

  async function move({ act, nth, other, size, whole }: Move): Promise<unknown> {
    const grantId = grants[nth % Math.max(grants.length, 1)] ?? 0n
    const payerId = grants[other % Math.max(grants.length, 1)] ?? 0n
    const messageId = sent[nth % Math.max(sent.length, 1)] ?? 0n
    const some = whole ? {} : { credits: size / 2 }
    switch (act) {
      case 'purchase': {
        const expiresAt = whole ? undefined : new Date(world.clock.at.getTime() + size * 86_400_000)
        return grants.push(await hand.purchase(customerId, BigInt(size * 60), expiresAt))
      }
      case 'gift':
        return grants.push(await world.grant(customerId, { units: BigInt(size * 40) }, shopId))
      case 'reply': {
        const channel = whole ? 'portal' : 'email'
        return sent.push((await world.reply(ticketId, { shopId, channel })).messageId)
      }
      case 'promise':
        return grantId && setPromised(world, { shopId, customerId, grantId }, BigInt(whole ? 0 : size * 70))
      case 'adjust':
        return hand.adjust(customerId, grantId, whole ? size / 2 : -size / 2)
      case 'settle':
        return hand.settle(customerId, grantId, payerId, some)
      case 'forgive':
        return hand.forgive(customerId, grantId, some)
      case 'freeze':
        return hand.freeze(customerId, size > 2 ? { grantId } : {})
      case 'unfreeze':
        return hand.unfreeze(customerId, whole ? { grantId } : {})
      case 'reverse':
        return hand.reverse(ticketId, messageId)
      case 'fail':
        return messageId && failReply(world, { shopId, ticketId, messageId })
      case 'open':
        session ??= (await openVideo(world, { shopId, ticketId })).sessionId
        return session
      case 'close': {
        const ended = session
        session = undefined
        return ended && closeVideo(world, { shopId, sessionId: ended, actualSeconds: whole ? 0 : size * 200 })
      }
      case 'wait':
        return world.goTo(new Date(world.clock.at.getTime() + size * 40_000_000))
    }
  }

  return {
    shopId,
    play: (one: Move) =>
      move(one).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error
      }),
  }
}

describe('rules 2, 3 and 14: acts by hand among everything else', () => {
  it('leave the projections what the entries say, and settlements what was cleared', async () => {
    await fc.assert(
      fc.asyncProperty(programmes, async (programme) => {
        const stage = await openStage()
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
