import type { Response } from 'express'
import { expiryOf } from '../../domain/credits/expiry.ts'
import { requireReason } from '../../domain/credits/supervise.ts'
import { toCredits } from '../../domain/credits/units.ts'
import { grantCredits } from '../../domain/customers/grant-credits.ts'
import { refuse } from '../../domain/refusal.ts'
import { replyChannels } from '../../domain/tickets/message-text.ts'
import { quoteTicket, type TicketQuote } from '../../domain/tickets/quote-ticket.ts'
import { requireTicket } from '../../domain/tickets/require-ticket.ts'
import { wordsFor } from '../../words/words.ts'
import type { HttpDeps } from '../http-deps.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { authorOf } from './desk-frame.ts'
import type { SentForm } from './read-sent.ts'
import { act } from './send-act.ts'

/** Goodwill that an answer was sent on is spent at once; what is left of it should not lie there for ever. */
const goodwillDays = 30

/** What the answer in the form would cost now. */
export function quoteForm(deps: HttpDeps, res: Response, form: SentForm): Promise<TicketQuote> {
  const channel = replyChannels.find((one) => one === form.channel) ?? 'email'
  return quoteTicket(deps, { shopId: agentOf(res).shopId, ticketId: form.ticketId, channel, body: form.body })
}

/**
 * Gives the credits that the answer lacks, as goodwill, and sends it. Both have keys of the form, so that the same form sent again, also
 * after a crash between the two, gives once and sends once. Refuses as grantCredits and the answer do.
 */
export async function giveAndSend(deps: HttpDeps, res: Response, form: SentForm): Promise<string> {
  const agent = agentOf(res)
  const { shopId } = agent
  if (agent.role === 'agent') refuse({ code: 'role_too_low', role: agent.role })
  requireReason('goodwill', form.goodwillReason)
  const { customerId } = await requireTicket(deps, { shopId, ticketId: form.ticketId })
  const quote = await quoteForm(deps, res, form)
  if (quote.code === 'insufficient_credits') {
    await grantCredits(deps, {
      shopId,
      customerId,
      by: { ...authorOf(agent), role: agent.role },
      credits: toCredits(quote.units - quote.balance.available),
      reasonCode: form.goodwillReason,
      reason: wordsFor(agent.locale).t(`supervise:reason.${form.goodwillReason}`),
      expiresAt: expiryOf(deps.clock.now(), goodwillDays, agent.timezone),
      idempotencyKey: `${form.idempotencyKey}-goodwill`,
    })
  }
  return act(deps, res, form)
}
