import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { verifyLedger } from '../../../src/domain/credits/verify-ledger.ts'
import { makeWorld, type World } from '../../support/world.ts'
import { failReply, setPromised } from './moves.ts'

let world: World
let customerId: bigint
let grantId: bigint
let ticketId: bigint
let repliedId: bigint

beforeAll(async () => {
  world = await makeWorld()
  ;({ customerId, grantId, ticketId } = await world.ticketWith([1000n]))
  repliedId = (await world.reply(ticketId)).messageId
  const failed = await world.reply(ticketId)
  await failReply(world, { ticketId, messageId: failed.messageId })
  await setPromised(world, { customerId, grantId }, 700n)
})
afterAll(() => world.close())

/** What verify says while these statements hold; they are taken back afterwards. */
async function verifyAfter(statement: string, values: unknown[]) {
  const client = await world.db.dedicatedClient()
  try {
    await client.query('BEGIN')
    await client.query(statement, values)
    // The same snapshot must be read from inside the transaction that tampers, so it is the connection that verifies.
    return await verifyLedger({
      transaction: (work) =>
        work({
          query: async (_name, text, parameters) =>
            text.startsWith('set transaction') ? [] : (await client.query(text, parameters)).rows,
        }),
    })
  } finally {
    await client.query('ROLLBACK')
    await client.end()
  }
}

/** Ids of the entries that move a figure of the grant, newest first. */
async function entriesOf(figure: string): Promise<string[]> {
  const entries = await world.entries(customerId)
  return entries
    .filter((entry) => (entry as unknown as Record<string, bigint>)[figure] !== 0n)
    .map((entry) => String(entry.id))
    .reverse()
}

describe('rule 2: the figures are sums of the entries', () => {
  it('finds nothing in a sound ledger, and says how much it looked at', async () => {
    expect(await verifyLedger(world.db)).toEqual({ accounts: 1, entries: 5, problems: [] })
    expect(await verifyLedger(world.db, world.shopId)).toMatchObject({ problems: [] })
    expect(await verifyLedger(world.db, world.shopId + 1n)).toEqual({ accounts: 0, entries: 0, problems: [] })
  })

  it.each([
    // A grant and a revoke; two replies and a reversal.
    ['entitled', '701', '700', 2],
    ['consumed', '99', '100', 3],
    ['expired', '7', '0', 0],
    ['cleared', '5', '0', 0],
    ['held', '5', '0', 0],
  ])('names the grant whose %s was tampered with', async (figure, stored, recomputed, entryCount) => {
    const { problems } = await verifyAfter(
      `update credit_grant set ${figure} = $3 where shop_id = $1 and id = $2`,
      [world.shopId, grantId, stored],
    )
    expect(problems).toContainEqual({
      shopId: String(world.shopId),
      customerId: String(customerId),
      grantId: String(grantId),
      figure,
      stored,
      recomputed,
      entries: (await entriesOf(figure)).slice(0, 5),
      entryCount,
    })
  })

  it.each(['available', 'held', 'deficit', 'overdraft'])(
    'names the account whose %s was tampered with',
    async (figure) => {
      const { problems } = await verifyAfter(
        `update account set ${figure} = ${figure} + 3 where customer_id = $1`,
        [customerId],
      )
      expect(problems).toMatchObject([{ customerId: String(customerId), figure }])
    },
  )

  it('names a promise that the entries do not keep', async () => {
    const { problems } = await verifyAfter('update credit_grant set promised = 650', [])
    expect(problems).toMatchObject([{ figure: 'promised', stored: '650', recomputed: '700' }])
  })

  it('names a message whose price is not what was taken', async () => {
    const { problems } = await verifyAfter('update message set units = 50 where id = $1', [repliedId])
    expect(problems).toMatchObject([
      { figure: `message ${ticketId}:${repliedId}`, stored: '50', recomputed: '100', entryCount: 1 },
    ])
  })

  it('names units that a session is said to hold and no entry holds', async () => {
    const { problems } = await verifyAfter(
      `with s as (insert into session (shop_id, ticket_id, customer_id, kind, agent_name, step_units, step_seconds, covered_seconds,
         opened_at, deadline_at) values ($1, $2, $3, 'video', 'Maja', 100, 300, 300, now(), now()) returning id)
       insert into session_hold (shop_id, session_id, grant_id, units) select $1, id, $4, 100 from s`,
      [world.shopId, ticketId, customerId, grantId],
    )
    expect(problems).toMatchObject([{ figure: 'held_by_sessions', stored: '0', recomputed: '100' }])
  })
})
