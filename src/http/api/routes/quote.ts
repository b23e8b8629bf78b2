import { z } from 'zod'
import type { Quote } from '../../../domain/credits/quote.ts'
import { toCredits } from '../../../domain/credits/units.ts'
import { replyChannels } from '../../../domain/tickets/message-text.ts'
import { quoteTicket } from '../../../domain/tickets/quote-ticket.ts'
import { quoteWork } from '../../../domain/tickets/quote-work.ts'
import { mostWorkMinutes } from '../../../domain/tickets/work-input.ts'
import { toId } from '../../ids.ts'
import { credits, id, text, time } from '../fields.ts'
import { balanceJson, toBalanceJson } from '../json/credits.ts'
import { apiRoute } from '../route.ts'

const asked = z.discriminatedUnion('channel', [
  z.object({ channel: z.enum(replyChannels), body: text(100_000) }),
  z.object({
    channel: z.literal('work'),
    minutes: z.int().min(1).max(mostWorkMinutes),
    offerId: id.nullish().meta({ description: 'An offer that the customer agreed to.' }),
  }),
])

const quoteJson = z
  .object({
    code: z.enum(['ok', 'insufficient_credits', 'channel_not_covered']),
    credits: credits.meta({ description: 'What it would cost.' }),
    leaves: credits.nullable().meta({ description: 'What would be left; null when it cannot be charged.' }),
    overdraft: credits.meta({ description: 'How much of the price an overdraft would lend.' }),
    freeUntil: time.nullable().meta({ description: 'Free in a merge window that ends then.' }),
    segments: z.number().int().nullable().meta({ description: 'Of an SMS.' }),
    grants: z
      .array(z.object({ id, name: z.string(), credits, overdraft: credits, expiresAt: time.nullable() }))
      .meta({ description: 'Which grants would pay, in the order in which they do.' }),
    balance: balanceJson,
  })
  .meta({ id: 'Quote' })

export const quoteRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/quote',
  summary:
    'What an answer or logged work would cost now and which grants would pay, by the function that charges.',
  scope: 'read',
  body: asked,
  example: { channel: 'sms', body: 'It works again.' },
  status: 200,
  answer: quoteJson,
  problems: [404, 422],
  async handle(deps, { caller, ids, body }) {
    const ticket = { shopId: caller.shopId, ticketId: ids.id }
    if (body.channel !== 'work') {
      const quote = await quoteTicket(deps, { ...ticket, ...body })
      return toQuoteJson(quote, quote.segments)
    }
    const { minutes, offerId } = body
    const quote = await quoteWork(deps, { ...ticket, minutes, ...(offerId && { offerId: toId(offerId) }) })
    return toQuoteJson(quote, null)
  },
})

function toQuoteJson(quote: Quote, segments: number | null): z.input<typeof quoteJson> {
  return {
    code: quote.code,
    credits: toCredits(quote.units),
    leaves: quote.leaves === undefined ? null : toCredits(quote.leaves),
    overdraft: toCredits(quote.beyond),
    freeUntil: quote.freeUntil?.toISOString() ?? null,
    segments,
    grants: quote.payers.map((payer) => ({
      id: payer.grantId,
      name: payer.name,
      credits: toCredits(payer.units),
      overdraft: toCredits(payer.beyond),
      expiresAt: payer.until?.toISOString() ?? null,
    })),
    balance: toBalanceJson(quote.balance),
  }
}
