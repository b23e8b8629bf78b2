import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import { refuse } from '../../../domain/refusal.ts'
import { addNote } from '../../../domain/tickets/add-note.ts'
import { type ReplyResult, replyToTicket } from '../../../domain/tickets/reply-to-ticket.ts'
import { resolveUnknown } from '../../../domain/tickets/resolve-unknown.ts'
import { undoMessage } from '../../../domain/tickets/undo-message.ts'
import { toId } from '../../ids.ts'
import { authorOf } from '../author.ts'
import { agentName, credits, filledText, id, idempotencyKey, time } from '../fields.ts'
import { balanceJson, chargeJson, toBalanceJson, toChargeJson } from '../json/credits.ts'
import { apiRoute } from '../route.ts'
import { requireScope } from '../scopes.ts'

const author = z.object({ kind: z.literal('agent'), name: z.string() })

const replyBody = z.object({
  channel: z.enum(['email', 'sms', 'whatsapp', 'portal']),
  body: filledText(100_000),
  idempotencyKey,
  agent: agentName,
  waive: z
    .object({ reason: filledText(500) })
    .nullish()
    .meta({ description: 'Sends at no charge. Needs the scope supervise.' }),
  lastSeenMessageId: z
    .string()
    .regex(/^\d{1,19}$/, { message: 'give the id of a message of this ticket' })
    .nullish()
    .meta({ description: 'The newest message that the author has seen; something newer stops the reply.' }),
})

const replyAnswer = z.object({
  message: z.object({
    id,
    direction: z.literal('outbound'),
    channel: z.string(),
    author,
    body: z.string(),
    state: z.enum(['queued', 'delivered']),
    credits,
    waived: z.object({ worth: credits, reason: z.string() }).nullable(),
    createdAt: time,
  }),
  charge: chargeJson,
  balance: balanceJson,
})

export const replyRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/replies',
  summary:
    'Answers the customer and charges the price of the channel, together. A failed send gives the credits back.',
  scope: 'write',
  body: replyBody,
  example: {
    channel: 'email',
    body: 'Please restart the router, then print a test page.',
    idempotencyKey: 'reply-7f3a',
  },
  status: 201,
  answer: replyAnswer,
  problems: [402, 404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    if (body.waive) requireScope(caller, 'supervise')
    // A channel of the trade that this version cannot send on is off, not a mistake in the request.
    if (body.channel === 'whatsapp') return refuse({ code: 'channel_not_configured', channel: body.channel })
    const writer = await authorOf(deps, caller, body.agent)
    const result = await replyToTicket(deps, {
      shopId: caller.shopId,
      ticketId: ids.id,
      channel: body.channel,
      body: body.body,
      idempotencyKey: body.idempotencyKey,
      agent: writer,
      ...(body.waive && { waive: body.waive }),
      ...(body.lastSeenMessageId && { lastSeenMessageId: toId(body.lastSeenMessageId) }),
    })
    return toReplyJson(result, body, writer.name)
  },
})

/** Made of the first result and the input alone, so that a repeat is answered with the very same words. */
function toReplyJson(
  result: ReplyResult,
  body: z.output<typeof replyBody>,
  name: string,
): z.input<typeof replyAnswer> {
  return {
    message: {
      id: String(result.messageId),
      direction: 'outbound',
      channel: body.channel,
      author: { kind: 'agent', name },
      body: body.body,
      state: result.state,
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
}

const noteAnswer = z.object({
  message: z.object({
    id,
    direction: z.literal('note'),
    channel: z.literal('note'),
    author,
    body: z.string(),
    state: z.literal('noted'),
    createdAt: time,
  }),
})

export const noteRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/notes',
  summary: 'Adds a note that only agents see. Free.',
  scope: 'write',
  body: z.object({ body: filledText(100_000), agent: agentName }),
  example: { body: 'Called her; the router is an old one.' },
  status: 201,
  answer: noteAnswer,
  problems: [404, 422],
  async handle(deps, { caller, ids, body }) {
    const writer = await authorOf(deps, caller, body.agent)
    const note = await addNote(deps, {
      shopId: caller.shopId,
      ticketId: ids.id,
      body: body.body,
      agent: writer,
    })
    return {
      message: {
        id: String(note.messageId),
        direction: 'note' as const,
        channel: 'note' as const,
        author: { kind: 'agent' as const, name: writer.name },
        body: body.body,
        state: 'noted' as const,
        createdAt: note.createdAt.toISOString(),
      },
    }
  },
})

export const resolveRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/messages/{messageId}/resolve',
  summary: 'Says what became of a send of unknown outcome. Lost: the credits go back.',
  scope: 'write',
  body: z.object({ outcome: z.enum(['arrived', 'lost']), agent: agentName }),
  example: { outcome: 'lost' },
  status: 200,
  answer: z.object({ id, state: z.enum(['sent', 'failed']) }),
  problems: [404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    const writer = await authorOf(deps, caller, body.agent)
    const arrived = body.outcome === 'arrived'
    await resolveUnknown(deps, {
      shopId: caller.shopId,
      ticketId: ids.id,
      messageId: ids.messageId,
      arrived,
      actor: writer.actor,
    })
    return { id: String(ids.messageId), state: arrived ? ('sent' as const) : ('failed' as const) }
  },
})

export const undoRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/messages/{messageId}/undo',
  summary: 'Takes an answer back that is still queued, with its charge. 409 when its sending has begun.',
  scope: 'write',
  body: z.object({ agent: agentName }).prefault({}),
  example: {},
  status: 200,
  answer: z.object({
    id,
    state: z.literal('undone'),
    channel: z.string(),
    body: z.string(),
    credits: credits.meta({ description: 'What went back to the account.' }),
    balance: balanceJson,
  }),
  problems: [404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    const writer = await authorOf(deps, caller, body.agent)
    const undone = await undoMessage(deps, {
      shopId: caller.shopId,
      ticketId: ids.id,
      messageId: ids.messageId,
      actor: writer.actor,
    })
    return {
      id: String(ids.messageId),
      state: 'undone' as const,
      channel: undone.channel,
      body: undone.body,
      credits: toCredits(undone.units),
      balance: toBalanceJson(undone.balance),
    }
  },
})
