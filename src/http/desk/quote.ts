import type { Request, Response } from 'express'
import { z } from 'zod'
import { toCredits } from '../../domain/credits/units.ts'
import { replyChannels } from '../../domain/tickets/message-text.ts'
import { quoteTicket } from '../../domain/tickets/quote-ticket.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { pathText } from '../pages/form.ts'

const asked = z.object({ channel: z.enum(replyChannels), body: z.string().max(100_000) })

/** POST …/quote: what the text in the composer would cost now, for the client script. Credits as numbers. */
export async function answerQuote(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const { channel, body } = asked.parse(req.body)
  const quote = await quoteTicket(deps, {
    shopId: agentOf(res).shopId,
    ticketId: toId(pathText(req, 'id')),
    channel,
    body,
  })
  const left = quote.balance.available - quote.units
  res.json({
    credits: toCredits(quote.units),
    leaves: toCredits(left > 0n ? left : 0n),
    segments: quote.segments,
    available: toCredits(quote.balance.available),
    code: quote.code,
  })
}
