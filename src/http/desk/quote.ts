import type { Request, Response } from 'express'
import { z } from 'zod'
import { toCredits } from '../../domain/credits/units.ts'
import { replyChannels } from '../../domain/tickets/message-text.ts'
import { quoteTicket } from '../../domain/tickets/quote-ticket.ts'
import { quoteWork } from '../../domain/tickets/quote-work.ts'
import { mostWorkMinutes } from '../../domain/tickets/work-input.ts'
import { payersText } from '../../web/desk/payers.tsx'
import { wordsFor } from '../../words/words.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { pathText } from '../pages/form.ts'

const asked = z.union([
  z.object({ channel: z.enum(replyChannels), body: z.string().max(100_000) }),
  z.object({
    channel: z.literal('work'),
    minutes: z.int().min(1).max(mostWorkMinutes),
    offerId: z.string().max(20).optional(),
  }),
])

/** POST …/quote: what the text, or the work, in the composer would cost now, for the client script. Credits as numbers. */
export async function answerQuote(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const wanted = asked.parse(req.body)
  const agent = agentOf(res)
  const ticket = { shopId: agent.shopId, ticketId: toId(pathText(req, 'id')) }
  const quote =
    wanted.channel === 'work'
      ? await quoteWork(deps, {
          ...ticket,
          minutes: wanted.minutes,
          ...(wanted.offerId && { offerId: toId(wanted.offerId) }),
        })
      : await quoteTicket(deps, { ...ticket, channel: wanted.channel, body: wanted.body })
  res.json({
    credits: toCredits(quote.units),
    leaves: toCredits(quote.leaves ?? 0n),
    payers: payersText(wordsFor(agent.locale), quote, { now: deps.clock.now(), timeZone: agent.timezone }),
    segments: 'segments' in quote ? quote.segments : null,
    available: toCredits(quote.balance.available),
    code: quote.code,
  })
}
