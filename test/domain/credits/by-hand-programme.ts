import fc from 'fast-check'
import { Refused } from '../../../src/domain/refusal.ts'
import { start, type World } from '../../support/world.ts'
import { hands } from './by-hand.ts'
import { closeVideo, failReply, openVideo, setPromised } from './moves.ts'

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

/** Programmes of about 20 moves on one customer. */
export const programmes = fc.array(
  fc.record({
    act: fc.constantFrom(...acts),
    nth: fc.nat({ max: 3 }),
    other: fc.nat({ max: 3 }),
    size: fc.integer({ min: 1, max: 9 }),
    whole: fc.boolean(),
  }),
  { minLength: 15, maxLength: 30 },
)

export type Move = typeof programmes extends fc.Arbitrary<(infer T)[]> ? T : never

/** One customer of a shop of its own, or of this one, on whom the moves are played; a refusal is a move that did nothing. */
export async function openStage(world: World, ofShop?: bigint) {
  world.goTo(start)
  const shopId = ofShop ?? (await world.addShop())
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
        const paid = { total: `${size}.3${other}`, tax: '0.22', currency: nth > 1 ? 'JPY' : 'EUR' }
        return grants.push(
          await hand.purchase(customerId, BigInt(size * 60), { paid, ...(expiresAt && { expiresAt }) }),
        )
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
    customerId,
    play: (one: Move) =>
      move(one).catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error
      }),
  }
}
