import type { Request, Response } from 'express'
import type { LoggedInAgent } from '../../domain/agents/find-login.ts'
import { adjustGrant } from '../../domain/credits/adjust-grant.ts'
import { expiryOf } from '../../domain/credits/expiry.ts'
import { forgiveDeficit } from '../../domain/credits/forgive-deficit.ts'
import { freezeAccount } from '../../domain/credits/freeze-account.ts'
import { reverseMessage } from '../../domain/credits/reverse-message.ts'
import { settleDeficit } from '../../domain/credits/settle-deficit.ts'
import { type ActInput, requireReason } from '../../domain/credits/supervise.ts'
import { grantCredits } from '../../domain/customers/grant-credits.ts'
import { resolveReview } from '../../domain/orders/resolve-review.ts'
import { Refused, refuse, refuseField } from '../../domain/refusal.ts'
import { getTicket } from '../../domain/tickets/get-ticket.ts'
import { wordsFor } from '../../words/words.ts'
import { toProblem } from '../errors.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { formKey, pathText, readForm } from '../pages/form.ts'
import { authorOf } from './desk-frame.ts'
import { sendTicketPage } from './ticket-page.ts'

type Form = Record<string, string>

/** POST of the panel of acts by hand. Done: to the ticket. Refused: the page again, with the reason in the panel. */
export async function superviseForm(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  // Before anything is read: whoever may not act learns nothing about what is wrong with the form.
  if (agent.role === 'agent') refuse({ code: 'role_too_low', role: 'supervisor' })
  const ticketId = toId(pathText(req, 'id'))
  try {
    await act(deps, agent, ticketId, readForm(req))
    res.redirect(303, `/desk/tickets/${ticketId}#side`)
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code === 'not_found') throw error
    const { status, detail } = toProblem(error.refusal)
    await sendTicketPage(deps, res, { ticketId, notDone: { status, text: detail } })
  }
}

async function act(deps: HttpDeps, agent: LoggedInAgent, ticketId: bigint, form: Form): Promise<unknown> {
  const { shopId } = agent
  const by = { ...authorOf(agent), role: agent.role }
  const note = (form.note ?? '').trim().slice(0, 500)
  const said = note === '' ? {} : { note }
  if (form.act === 'review') {
    const decision = form.decision === 'accept' ? 'accept' : 'dismiss'
    return resolveReview(deps, { shopId, reviewId: toId(form.reviewId ?? ''), decision, by, ...said })
  }
  const input = { shopId, by, reason: form.reason ?? '', idempotencyKey: formKey(form), ...said }
  if (form.act === 'reverse') {
    return reverseMessage(deps, { ...input, ticketId, messageId: toId(form.messageId ?? '') })
  }
  const { customer } = await getTicket(deps, { shopId, ticketId, messageLimit: 1 })
  return actOnAccount(deps, agent, { ...input, customerId: customer.id }, form)
}

function actOnAccount(
  deps: HttpDeps,
  agent: LoggedInAgent,
  input: ActInput & { customerId: bigint },
  form: Form,
): Promise<unknown> {
  const grantId = toId(form.grantId ?? '')
  switch (form.act) {
    case 'adjust':
      return adjustGrant(deps, { ...input, grantId, credits: creditsIn(form) })
    case 'settle':
      return settleDeficit(deps, { ...input, grantId, payerId: toId(form.payerId ?? '') })
    case 'forgive':
      return forgiveDeficit(deps, { ...input, grantId })
    case 'freeze':
    case 'unfreeze':
      return freezeAccount(deps, {
        ...input,
        frozen: form.act === 'freeze',
        ...(form.grantId ? { grantId } : {}),
      })
    case 'goodwill':
      return giveGoodwill(deps, agent, input, form)
    default:
      return refuseField('act', 'choose one of the acts of the page')
  }
}

function giveGoodwill(
  deps: HttpDeps,
  agent: LoggedInAgent,
  input: ActInput & { customerId: bigint },
  form: Form,
): Promise<unknown> {
  requireReason('goodwill', input.reason)
  const days = Number(form.days)
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    return refuseField('days', 'give whole days, from 1 to 3650')
  }
  return grantCredits(deps, {
    shopId: input.shopId,
    customerId: input.customerId,
    by: input.by,
    credits: creditsIn(form),
    reasonCode: input.reason,
    // The customer reads it on the statement.
    reason: input.note ?? wordsFor(agent.locale).t(`supervise:reason.${input.reason}`),
    expiresAt: expiryOf(deps.clock.now(), days, agent.timezone),
    idempotencyKey: input.idempotencyKey,
  })
}

/** People type a comma, and the true minus sign. */
function creditsIn(form: Form): number {
  const text = (form.credits ?? '').trim().replace(',', '.').replace('−', '-')
  return text === '' ? Number.NaN : Number(text)
}
