import fc from 'fast-check'
import { Refused } from '../../../src/domain/refusal.ts'
import { segmentsOf } from '../../../src/domain/tickets/message-text.ts'
import { type LedgerModel, type ModelSession, makeLedgerModel } from '../../support/ledger-model.ts'
import { start, type World } from '../../support/world.ts'
import { closeVideo, failReply, openVideo, setPromised } from './moves.ts'

const dayMs = 86_400_000
/** Mostly the first ones, so that several moves meet on one grant. */
const index = fc.nat({ max: 3 })

const grantStep = fc.record({
  do: fc.constant('grant' as const),
  units: fc.integer({ min: 1, max: 900 }),
  channels: fc.subarray(['email', 'sms', 'portal', 'video'] as const, { minLength: 1 }),
  email: fc.constantFrom(100, 0, 50, 130, 700),
  sms: fc.constantFrom(100, 0, 30),
  portal: fc.constantFrom(100, 0),
  video: fc.constantFrom(100, 0, 70),
  videoStep: fc.constantFrom(300, 60),
  videoFree: fc.constantFrom(0, 90),
  ofOrder: fc.boolean(),
  promotional: fc.boolean(),
  priority: fc.nat({ max: 2 }),
  /** Day on which it ends, counted from the start; few, so that the later rules of the burn order decide too. */
  end: fc.constantFrom(undefined, undefined, 10, 20, 40),
})

/** One random move; `nth` picks among what is there when it is played. */
const step = fc.oneof(
  { weight: 3, arbitrary: grantStep },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('reply' as const),
      channel: fc.constantFrom('email' as const, 'sms' as const, 'portal' as const),
      length: fc.integer({ min: 1, max: 400 }),
      ticket: fc.nat({ max: 1 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('promise' as const),
      nth: index,
      units: fc.constantFrom(0, 100, 450, 900, 2000),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fail' as const), nth: index }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('open' as const), ticket: fc.nat({ max: 1 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('close' as const),
      ticket: fc.nat({ max: 1 }),
      actual: fc.constantFrom(0, 1, 60, 61, 299, 300, 301, 1500),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('wait' as const), days: fc.nat({ max: 8 }) }) },
)

export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Programmes of about 25 moves. */
export const programmes = fc.array(step, { minLength: 20, maxLength: 30 })

/** A stage for one programme: a shop of its own with one customer, a ticket of an order and one of none, and the model beside it. */
export async function openStage(world: World) {
  world.goTo(start)
  const shopId = await world.addShop()
  const customerId = await world.customer({}, shopId)
  const orderId = await world.order(shopId)
  const to = { phone: '+38640111222' }
  const tickets = [
    await world.ticket(customerId, { ...to, orderId }, shopId),
    await world.ticket(customerId, to, shopId),
  ]
  const model = makeLedgerModel(start.getTime())
  const sessions = new Map<number, { id: string; session: ModelSession }>()
  const sent: { ticketId: bigint; messageId: bigint; parts: Parameters<LedgerModel['reverse']>[0] }[] = []

  const ids = async () =>
    (
      await world.db.query<{ id: bigint }>(
        'grant-ids',
        'select id from credit_grant where shop_id = $1 order by id',
        [shopId],
      )
    ).map((row) => row.id)

  /** Plays one move on both; what each answered, to be compared. */
  async function play(move: Step): Promise<[unknown, unknown]> {
    switch (move.do) {
      case 'wait': {
        world.goTo(new Date(world.clock.at.getTime() + move.days * dayMs))
        model.goTo(world.clock.at.getTime())
        return [0, 0]
      }
      case 'grant': {
        const expiresAt = move.end === undefined ? undefined : world.day(move.end)
        const prices = {
          email: { per: 'reply', units: move.email },
          portal: { per: 'reply', units: move.portal },
          sms: { per: 'segment', units: move.sms },
          video: {
            per: 'minutes',
            units: move.video,
            step: move.videoStep / 60,
            freeSeconds: move.videoFree,
          },
        } as const
        const { promotional, priority, channels } = move
        await world.grant(
          customerId,
          {
            units: BigInt(move.units),
            channels,
            prices,
            promotional,
            priority,
            ...(expiresAt ? { expiresAt } : {}),
            ...(move.ofOrder ? { orderId } : {}),
          },
          shopId,
        )
        model.addGrant({ ...move, expiresAt: expiresAt?.getTime() })
        return [0, 0]
      }
      case 'promise': {
        const nth = move.nth % Math.max(model.grants.length, 1)
        const [grantId, grant] = [(await ids())[nth], model.grants[nth]]
        if (grantId === undefined || !grant) return [0, 0]
        const before = grant.promised
        model.setPromised(grant, move.units)
        const change = await setPromised(world, { shopId, customerId, grantId }, BigInt(move.units))
        return [Number(change), move.units - before]
      }
      case 'reply': {
        const body = 'x'.repeat(move.length)
        const ticketId = tickets[move.ticket] ?? 0n
        const expected = model.reply(
          move.channel,
          move.channel === 'sms' ? segmentsOf(body) : 1,
          move.ticket === 0,
        )
        try {
          const { charge, messageId } = await world.reply(ticketId, { shopId, channel: move.channel, body })
          if (expected.code === 'ok' && move.channel !== 'portal')
            sent.push({ ticketId, messageId, parts: expected.parts })
          return [
            ['ok', Number(charge.units), charge.entries.map((entry) => Number(entry.units))],
            [
              expected.code,
              expected.price,
              expected.code === 'ok' ? expected.parts.map((part) => part.units) : [],
            ],
          ]
        } catch (error) {
          if (!(error instanceof Refused)) throw error
          const { refusal } = error
          const required = refusal.code === 'insufficient_credits' ? Number(refusal.requiredUnits) : undefined
          return [
            [refusal.code, required],
            [expected.code, expected.price ?? required],
          ]
        }
      }
      case 'fail': {
        const [message] = sent.splice(move.nth % Math.max(sent.length, 1), 1)
        if (!message) return [0, 0]
        model.reverse(message.parts)
        const given = await failReply(world, { shopId, ...message })
        return [Number(given), message.parts.reduce((sum, part) => sum + part.units, 0)]
      }
      case 'open': {
        const ticketId = tickets[move.ticket] ?? 0n
        if (sessions.has(move.ticket))
          return [(await openVideo(world, { shopId, ticketId })).code, 'session_open']
        const { plan, session } = model.open(move.ticket === 0)
        const answer = await openVideo(world, { shopId, ticketId })
        if (session && answer.sessionId) sessions.set(move.ticket, { id: answer.sessionId, session })
        return [answer.code, plan.code]
      }
      case 'close': {
        const running = sessions.get(move.ticket)
        if (!running) return [0, 0]
        sessions.delete(move.ticket)
        const bill = model.close(running.session, move.actual)
        const answer = await closeVideo(world, {
          shopId,
          sessionId: running.id,
          actualSeconds: move.actual,
        })
        return [answer.charge?.units, bill]
      }
    }
  }

  /** All figures of both, in one shape. What is over counts as expired although its entry may not be written yet. */
  async function figures() {
    const rows = await world.db.query<{ figures: number[] }>(
      'programme-figures',
      `select array[entitled, consumed, held,
         expired + case when expires_at <= $2 then greatest(entitled - consumed - held - expired, 0) else 0 end,
         promised, revoke_due]::int[] as figures
       from credit_grant where shop_id = $1 order by id`,
      [shopId, world.clock.at],
    )
    const [balance] = await world.db.query<{ balance: Record<string, number> }>(
      'programme-balance',
      'select account_balance($1, $2, $3) as balance',
      [shopId, customerId, world.clock.at],
    )
    return {
      stored: { grants: rows.map((row) => row.figures), balance: balance?.balance },
      expected: {
        grants: model.grants.map((g) => [g.entitled, g.consumed, g.held, g.expired, g.promised, g.revokeDue]),
        balance: { ...model.balance(), overdraft: 0 },
      },
    }
  }

  return { shopId, play, figures }
}
