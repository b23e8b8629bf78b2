import type { Request, Response } from 'express'
import { renderDeskPeople } from '../../web/people/page.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { pathText, queryText, readForm } from '../pages/form.ts'
import { doPeopleAct, type RefusedForm } from '../people/people-form.ts'
import { peopleProps } from '../people/people-props.ts'
import { authorOf, deskFrame } from './desk-frame.ts'

/** The people of a customer's account. `?ticket=` names the ticket to go back to. Refuses: not_found. */
export async function showDeskPeople(
  deps: HttpDeps,
  req: Request,
  res: Response,
  refused?: RefusedForm,
): Promise<void> {
  const agent = agentOf(res)
  const customerId = toId(pathText(req, 'id'))
  const ticketId = toId(queryText(req, 'ticket'))
  const { people } = await peopleProps(deps, req, {
    shopId: agent.shopId,
    customerId,
    path: `/desk/customers/${customerId}/people`,
    carried: ticketId === 0n ? {} : { ticket: String(ticketId) },
    backHref: ticketId === 0n ? '/desk' : `/desk/tickets/${ticketId}#newest`,
    ...(refused && { refused }),
  })
  res.status(refused ? 422 : 200).send(renderDeskPeople({ ...deskFrame(deps, res), people }))
}

/** POST of the page's forms; an agent of any role may do it for the customer. */
export async function changeDeskPeople(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  const customerId = toId(pathText(req, 'id'))
  const by = { actor: authorOf(agent).actor }
  const outcome = await doPeopleAct(deps, { shopId: agent.shopId, customerId, by }, readForm(req))
  if (typeof outcome !== 'string') return showDeskPeople(deps, req, res, outcome)
  const ticketId = toId(queryText(req, 'ticket'))
  const back = ticketId === 0n ? '' : `&ticket=${ticketId}`
  res.redirect(303, `/desk/customers/${customerId}/people?done=${outcome}${back}`)
}
