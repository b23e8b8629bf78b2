import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { Refused } from '../../../src/domain/refusal.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { closeVideo, failReply, openVideo, setPromised } from './moves.ts'

let world: World

beforeAll(async () => {
  world = await makeWorld({ poolSize: 16 })
})
afterAll(() => world.close())

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work
    return 'ok'
  } catch (error) {
    if (error instanceof Refused) return error.refusal.code
    throw error
  }
}

describe('rule 5: concurrent spends', () => {
  it('64 replies at once on 10 credits: exactly 10 are sent, 54 refused', async () => {
    const { ticketId, customerId } = await world.ticketWith([300n, 700n])
    const codes = await Promise.all(Array.from({ length: 64 }, () => codeOf(world.reply(ticketId))))
    expect(codes.filter((code) => code === 'ok')).toHaveLength(10)
    expect(codes.filter((code) => code === 'insufficient_credits')).toHaveLength(54)
    const spends = (await world.entries(customerId)).filter((entry) => entry.kind === 'spend')
    expect(spends).toHaveLength(10)
    expect(spends.every((entry) => entry.consumed === 100n)).toBe(true)
    expect((await world.account(customerId)).available).toBe(0n)
    expect((await world.ticketOf(ticketId)).emails).toBe(10)
    expect((await verifyLedger(world.db)).problems).toEqual([])
  })

  it('eight clients that spend, fail, grow, shrink and hold on three accounts lose nothing', async () => {
    const accounts = await Promise.all([0, 1, 2].map(() => world.ticketWith([1500n, 400n, 900n])))
    let refusals = 0
    async function client(seed: number) {
      for (let round = 0; round < 30; round += 1) {
        const roll = seed * 31 + round * 17
        const account = accounts[roll % 3]
        if (!account) throw new Error('no account')
        const { ticketId, customerId, grantIds } = account
        switch (roll % 7) {
          case 0: {
            const grantId = grantIds[roll % grantIds.length] ?? 0n
            await setPromised(world, { customerId, grantId }, BigInt((roll % 5) * 300))
            break
          }
          case 1: {
            const opened = await openVideo(world, { ticketId })
            if (opened.code === 'ok' && opened.sessionId)
              await closeVideo(world, { sessionId: opened.sessionId, actualSeconds: (roll % 4) * 200 })
            break
          }
          case 2: {
            const sent = await world.reply(ticketId).catch(() => undefined)
            // Two at once: the failure counts once.
            if (sent)
              await Promise.all([
                failReply(world, { ticketId, ...sent }),
                failReply(world, { ticketId, ...sent }),
              ])
            break
          }
          default:
            if ((await codeOf(world.reply(ticketId, { channel: 'portal' }))) !== 'ok') refusals += 1
        }
      }
    }
    await Promise.all(Array.from({ length: 8 }, (_, seed) => client(seed)))
    expect((await verifyLedger(world.db)).problems).toEqual([])
    expect(refusals).toBeGreaterThan(0)
    for (const { customerId } of accounts) {
      const entries = await world.entries(customerId)
      const grants = await world.grantsOf(customerId)
      const consumed = entries.reduce((sum, entry) => sum + entry.consumed, 0n)
      expect(grants.reduce((sum, grant) => sum + grant.consumed, 0n)).toBe(consumed)
      const [answered] = await world.db.query<{ units: bigint }>(
        'answered-units',
        `select (select coalesce(sum(m.units), 0) from message m join ticket t on t.shop_id = m.shop_id and t.id = m.ticket_id
             where t.customer_id = $1 and m.state <> 'failed')
           + (select coalesce(sum(units), 0) from session where customer_id = $1) as units`,
        [customerId],
      )
      expect(String(answered?.units)).toBe(String(consumed))
    }
  })

  it('thirty rounds of spends from eight clients on three accounts add up', async () => {
    const accounts = await Promise.all([0, 1, 2].map(() => world.ticketWith([2000n, 2000n, 6000n])))
    await Promise.all(
      Array.from({ length: 8 }, async (_, seed) => {
        for (let round = 0; round < 30; round += 1) {
          const account = accounts[(seed + round) % 3]
          if (account) await codeOf(world.reply(account.ticketId))
        }
      }),
    )
    const balances = await Promise.all(accounts.map(({ customerId }) => world.account(customerId)))
    expect(balances.map((account) => account.available)).toEqual([2000n, 2000n, 2000n])
    expect((await verifyLedger(world.db)).problems).toEqual([])
  })
})
