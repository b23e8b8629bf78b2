import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import { askForWork } from '../../../domain/tickets/ask-for-work.ts'
import { withdrawWorkOffer } from '../../../domain/tickets/close-work-offer.ts'
import { logWork } from '../../../domain/tickets/log-work.ts'
import { mostWorkMinutes } from '../../../domain/tickets/work-input.ts'
import { listWorkOffers, type WorkOffer } from '../../../domain/tickets/work-offers.ts'
import { toId } from '../../ids.ts'
import { authorOf } from '../author.ts'
import { agentName, credits, filledText, id, idempotencyKey, time } from '../fields.ts'
import { balanceJson, chargeJson, toBalanceJson, toChargeJson } from '../json/credits.ts'
import { apiRoute } from '../route.ts'
import { requireScope } from '../scopes.ts'

const minutes = z.int().min(1).max(mostWorkMinutes)

const workBody = z.object({
  minutes,
  body: filledText(100_000).meta({ description: 'What was done, as the customer reads it.' }),
  idempotencyKey,
  agent: agentName,
  waive: z
    .object({ reason: filledText(500) })
    .nullish()
    .meta({ description: 'Logs at no charge. Needs the scope supervise.' }),
  offerId: id
    .nullish()
    .meta({ description: 'An offer that the customer agreed to: the work costs at most its credits. Once.' }),
})

export const workRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/work',
  summary: 'Logs minutes of work with a text for the customer, and charges its price, together.',
  scope: 'write',
  body: workBody,
  example: { minutes: 20, body: 'Moved the shop to PHP 8.4.', idempotencyKey: 'work-7f3a' },
  status: 201,
  answer: z.object({
    message: z.object({
      id,
      direction: z.literal('outbound'),
      channel: z.literal('work'),
      author: z.object({ kind: z.literal('agent'), name: z.string() }),
      body: z.string(),
      minutes,
      state: z.literal('delivered'),
      credits,
      waived: z.object({ worth: credits, reason: z.string() }).nullable(),
      createdAt: time,
    }),
    charge: chargeJson,
    balance: balanceJson,
  }),
  problems: [402, 404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    if (body.waive) requireScope(caller, 'supervise')
    const writer = await authorOf(deps, caller, body.agent)
    const result = await logWork(deps, {
      shopId: caller.shopId,
      ticketId: ids.id,
      minutes: body.minutes,
      body: body.body,
      idempotencyKey: body.idempotencyKey,
      agent: writer,
      ...(body.waive && { waive: body.waive }),
      ...(body.offerId && { offerId: toId(body.offerId) }),
    })
    // Made of the first result and the input alone, so that a repeat is answered with the very same words.
    return {
      message: {
        id: String(result.messageId),
        direction: 'outbound' as const,
        channel: 'work' as const,
        author: { kind: 'agent' as const, name: writer.name },
        body: body.body,
        minutes: body.minutes,
        state: 'delivered' as const,
        credits: toCredits(result.charge.units),
        waived:
          result.waivedUnits === undefined
            ? null
            : { worth: toCredits(result.waivedUnits), reason: body.waive?.reason ?? '' },
        createdAt: result.createdAt.toISOString(),
      },
      charge: toChargeJson(result.charge),
      balance: toBalanceJson(result.balance),
    }
  },
})

const offerJson = z
  .object({
    id,
    minutes,
    body: z.string(),
    credits: credits.meta({ description: 'What the customer is asked to agree to.' }),
    agent: z.string(),
    state: z
      .enum(['open', 'agreed', 'declined', 'withdrawn', 'used'])
      .meta({ description: 'used: agreed, and work was logged under it.' }),
    askedAt: time,
    answeredAt: time.nullable(),
    answeredBy: z
      .string()
      .nullable()
      .meta({ description: 'Who answered or withdrew.', example: 'customer:7' }),
  })
  .meta({ id: 'WorkOffer' })

function toOfferJson(offer: WorkOffer): z.input<typeof offerJson> {
  return {
    id: String(offer.id),
    minutes: offer.minutes,
    body: offer.body,
    credits: toCredits(offer.units),
    agent: offer.agentName,
    state: offer.state,
    askedAt: offer.askedAt.toISOString(),
    answeredAt: offer.answeredAt?.toISOString() ?? null,
    answeredBy: offer.answeredBy ?? null,
  }
}

export const askRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/work-offers',
  summary: 'Asks the customer to agree to the price of work before it is done. Charges nothing.',
  scope: 'write',
  body: z.object({
    minutes,
    body: filledText(100_000).meta({ description: 'What would be done, as the customer reads it.' }),
    idempotencyKey,
    agent: agentName,
  }),
  example: { minutes: 20, body: 'Move the shop to PHP 8.4.', idempotencyKey: 'ask-7f3a' },
  status: 201,
  answer: z.object({ id, minutes, body: z.string(), credits, agent: z.string(), askedAt: time }),
  problems: [402, 404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    const writer = await authorOf(deps, caller, body.agent)
    const asked = await askForWork(deps, {
      shopId: caller.shopId,
      ticketId: ids.id,
      minutes: body.minutes,
      body: body.body,
      idempotencyKey: body.idempotencyKey,
      agent: writer,
    })
    return {
      id: String(asked.offerId),
      minutes: body.minutes,
      body: body.body,
      credits: toCredits(asked.units),
      agent: writer.name,
      askedAt: asked.askedAt.toISOString(),
    }
  },
})

export const listOffersRoute = apiRoute({
  method: 'get',
  path: '/tickets/{id}/work-offers',
  summary: 'What the customer was asked to agree to, with the answers; the newest 100, newest first.',
  scope: 'read',
  status: 200,
  answer: z.object({ data: z.array(offerJson) }),
  problems: [404],
  async handle(deps, { caller, ids }) {
    const offers = await listWorkOffers(deps, { shopId: caller.shopId, ticketId: ids.id })
    return { data: offers.map(toOfferJson) }
  },
})

export const withdrawRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/work-offers/{offerId}/withdraw',
  summary: 'Takes back an offer that the customer has not answered.',
  scope: 'write',
  body: z.object({ agent: agentName }),
  example: {},
  status: 200,
  answer: offerJson,
  problems: [404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    const writer = await authorOf(deps, caller, body.agent)
    const offer = await withdrawWorkOffer(deps, {
      shopId: caller.shopId,
      ticketId: ids.id,
      offerId: ids.offerId,
      agent: writer,
    })
    return toOfferJson(offer)
  },
})
