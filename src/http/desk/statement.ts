import type { Request, Response } from 'express'
import { renderDeskStatement } from '../../web/statement/page.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { queryText } from '../pages/form.ts'
import { showStatement } from '../statement/statement-page.ts'
import { deskFrame } from './desk-frame.ts'

/** A customer's statement for agents. `?ticket=` names the ticket to go back to. Refuses: not_found. */
export async function showDeskStatement(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  const customerId = toId(req.params.id)
  const ticketId = toId(queryText(req, 'ticket'))
  await showStatement(
    deps,
    req,
    res,
    {
      shopId: agent.shopId,
      customerId,
      audience: 'shop',
      locale: agent.locale,
      path: `/desk/customers/${customerId}/statement`,
      carried: ticketId === 0n ? {} : { ticket: String(ticketId) },
      backHref: ticketId === 0n ? '/desk' : `/desk/tickets/${ticketId}#newest`,
      hrefOf: ({ ticket, message }) =>
        ticket && `/desk/tickets/${ticket.id}#${message ? `m-${message.id}` : 'newest'}`,
    },
    (_statement, props) => renderDeskStatement({ ...deskFrame(deps, res), statement: props }),
  )
}
