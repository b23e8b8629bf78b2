import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { grantCredits } from '../../../src/domain/customers/grant-credits.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld({ poolSize: 12 })
})
afterAll(() => world.close())

const conflict = { refusal: { code: 'idempotency_conflict' } }

describe('rule 4: an idempotency key', () => {
  it('gives the first result again for the same input, and charges once', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const first = await world.reply(ticketId, { idempotencyKey: 'once' })
    await world.reply(ticketId)
    const again = await world.reply(ticketId, { idempotencyKey: 'once' })
    expect(again).toEqual({ ...first, replayed: true })
    expect(first).toMatchObject({ replayed: false, state: 'queued', charge: { units: 100n } })
    expect(first.balance.available).toBe(900n)
    expect((await world.account(customerId)).available).toBe(800n)
    expect((await world.ticketOf(ticketId)).emails).toBe(2)
  })

  it('is asked before anything else: the repeat is answered although the credits are gone', async () => {
    const { ticketId } = await world.ticketWith([100n])
    const first = await world.reply(ticketId, { idempotencyKey: 'last credit' })
    const again = await world.reply(ticketId, { idempotencyKey: 'last credit', lastSeenMessageId: 0n })
    expect(again.messageId).toBe(first.messageId)
  })

  it.each([
    ['body', { body: 'Something else' }],
    ['channel', { channel: 'portal' as const }],
    ['waiver', { waive: { reason: 'our fault' } }],
    ['agent', { agent: { name: 'Iva', actor: 'agent:2' } }],
  ])('is refused with another %s', async (what, change) => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    await world.reply(ticketId, { idempotencyKey: `key ${what}` })
    await expect(world.reply(ticketId, { idempotencyKey: `key ${what}`, ...change })).rejects.toMatchObject(
      conflict,
    )
    expect((await world.account(customerId)).available).toBe(900n)
  })

  it('may be used again after a refusal, which stores nothing', async () => {
    const { ticketId, customerId } = await world.ticketWith([50n])
    const attempt = () => world.reply(ticketId, { idempotencyKey: 'poor' })
    await expect(attempt()).rejects.toMatchObject({ refusal: { code: 'insufficient_credits' } })
    expect((await world.ticketOf(ticketId)).emails).toBe(0)
    await world.grant(customerId, { units: 50n })
    expect(await attempt()).toMatchObject({ replayed: false, charge: { units: 100n } })
  })

  it('taken at the same moment by eight repeats charges once', async () => {
    const { ticketId, customerId } = await world.ticketWith([1000n])
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => world.reply(ticketId, { idempotencyKey: 'double click' })),
    )
    expect(new Set(answers.map((answer) => answer.messageId)).size).toBe(1)
    expect(answers.filter((answer) => !answer.replayed)).toHaveLength(1)
    expect((await world.account(customerId)).available).toBe(900n)
  })

  it('taken at the same moment on two tickets belongs to one of them', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [one, two] = [await world.ticketWith([1000n]), await world.ticketWith([1000n])]
      const results = await Promise.allSettled(
        [one, two].map(({ ticketId }) => world.reply(ticketId, { idempotencyKey: `twice ${round}` })),
      )
      const refused = results.filter((result) => result.status === 'rejected')
      expect(refused).toMatchObject([{ reason: conflict }])
      const spent = [await world.account(one.customerId), await world.account(two.customerId)]
      expect(spent.reduce((sum, account) => sum + account.available, 0n)).toBe(1900n)
    }
  })

  it('belongs to one shop: another may use the same', async () => {
    const { ticketId } = await world.ticketWith([1000n])
    const otherShop = await world.addShop()
    const stranger = await world.customer({}, otherShop)
    await world.grant(stranger, { units: 1000n }, otherShop)
    const theirs = await world.ticket(stranger, {}, otherShop)
    await world.reply(ticketId, { idempotencyKey: 'same words' })
    const answer = await world.reply(theirs, { shopId: otherShop, idempotencyKey: 'same words' })
    expect(answer.replayed).toBe(false)
  })

  it('of a grant gives the same grant again, and none for another sum', async () => {
    const customerId = await world.customer()
    const give = (credits: number) =>
      grantCredits(world.deps, {
        shopId: world.shopId,
        customerId,
        credits,
        reason: 'sorry',
        idempotencyKey: 'gift',
        by: { actor: 'agent:1' },
      })
    const first = await give(2.5)
    expect(await give(2.5)).toEqual(first)
    await expect(give(3)).rejects.toMatchObject(conflict)
    expect((await world.account(customerId)).available).toBe(250n)
  })
})
