import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import { endSession } from '../../../domain/sessions/end-session.ts'
import { openSession } from '../../../domain/sessions/open-session.ts'
import { readSession } from '../../../domain/sessions/session-state.ts'
import { authorOf } from '../author.ts'
import { agentName, credits, id, orNull, time } from '../fields.ts'
import { balanceJson, chargeJson, toBalanceJson, toChargeJson } from '../json/credits.ts'
import { apiRoute } from '../route.ts'

const state = z
  .enum(['open', 'ended', 'void'])
  .meta({ description: 'void: nobody met, nothing was charged.' })
const actualSeconds = z.number().int().meta({ description: 'Seconds in which both sides were connected.' })
const billedSeconds = z.number().int().meta({ description: 'What was charged for, in whole steps.' })

export const openSessionRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/sessions',
  summary: 'Opens a metered video session, holds its first step and invites the customer.',
  scope: 'write',
  body: z.object({ kind: z.enum(['video']), agent: agentName }),
  example: { kind: 'video' },
  status: 201,
  answer: z.object({
    id,
    agentUrl: z.url(),
    customerUrl: z
      .url()
      .meta({ description: "The customer's own; whoever has it is counted as the customer." }),
    agentSocket: z.url(),
    customerSocket: z.url(),
  }),
  problems: [402, 404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    const agent = await authorOf(deps, caller, body.agent)
    const { sessionId, ...links } = await openSession(deps, {
      shopId: caller.shopId,
      ticketId: ids.id,
      kind: body.kind,
      agent,
      actor: agent.actor,
    })
    return { id: sessionId, ...links }
  },
})

export const getSessionRoute = apiRoute({
  method: 'get',
  path: '/sessions/{id}',
  summary: 'A session as it stands: seconds so far while it is open, the bill once it is over.',
  scope: 'read',
  status: 200,
  answer: z
    .object({
      id,
      ticketId: id,
      customerId: id,
      kind: z.string(),
      state,
      agentName: z.string(),
      agentPresent: z.boolean(),
      customerPresent: z.boolean(),
      actualSeconds,
      billedSeconds,
      held: credits,
      remainingSeconds: z.number().int().nullable().meta({ description: 'Given when the credits soon end.' }),
      price: z.object({ credits, stepSeconds: z.number().int(), freeSeconds: z.number().int() }),
      charge: orNull(chargeJson),
      openedAt: time,
      endedAt: time.nullable(),
      endReason: z.string().nullable(),
    })
    .meta({ id: 'Session' }),
  problems: [404],
  async handle(deps, { caller, ids }) {
    const session = await readSession(deps, { shopId: caller.shopId, sessionId: ids.id })
    return {
      id: session.id,
      ticketId: session.ticketId,
      customerId: session.customerId,
      kind: session.kind,
      state: session.state,
      agentName: session.agentName,
      agentPresent: session.agentPresent,
      customerPresent: session.customerPresent,
      actualSeconds: session.togetherSeconds,
      billedSeconds: session.billedSeconds,
      held: session.heldUnits / 100,
      remainingSeconds: session.remainingSeconds,
      price: {
        credits: toCredits(session.price.units),
        stepSeconds: session.price.stepSeconds,
        freeSeconds: session.price.freeSeconds,
      },
      charge: session.charge && toChargeJson(session.charge),
      openedAt: session.openedAt.toISOString(),
      endedAt: session.endedAt?.toISOString() ?? null,
      endReason: session.endReason,
    }
  },
})

export const endSessionRoute = apiRoute({
  method: 'post',
  path: '/sessions/{id}/end',
  summary: 'Ends a session and bills it. A second end gives the first result again.',
  scope: 'write',
  body: z.object({ agent: agentName }),
  example: {},
  status: 200,
  answer: z.object({ id, state, actualSeconds, billedSeconds, charge: chargeJson, balance: balanceJson }),
  problems: [404, 422],
  async handle(deps, { caller, ids, body }) {
    const { actor } = await authorOf(deps, caller, body.agent)
    const closed = await endSession(deps, { shopId: caller.shopId, sessionId: ids.id, actor })
    return {
      id: closed.sessionId,
      state: closed.state,
      actualSeconds: closed.actualSeconds,
      billedSeconds: closed.billedSeconds,
      charge: toChargeJson(closed.charge),
      balance: toBalanceJson(closed.balance),
    }
  },
})
