import type { LoggedInAgent } from '../../domain/agents/find-login.ts'
import { actReasons } from '../../domain/credits/supervise.ts'
import type { TicketView } from '../../domain/tickets/get-ticket.ts'
import type { SupervisionProps } from '../../web/desk/side-props.ts'
import { auditActions } from '../../web/desk/side-props.ts'
import { newFormKey } from '../pages/form.ts'
import { textIn, unitsIn } from './plain-data.ts'

/** The panel of acts by hand; undefined for an agent, who sees the figures only. */
export function supervisionProps(
  agent: Pick<LoggedInAgent, 'role'>,
  view: TicketView,
  error: string | undefined,
): SupervisionProps | undefined {
  if (agent.role === 'agent') return undefined
  return {
    action: `/desk/tickets/${view.id}/credits`,
    mergeHref: `/desk/customers/${view.customer.id}/merge?ticket=${view.id}`,
    key: newFormKey(),
    reasons: actReasons,
    grants: view.grants.map(({ id, name, remainder, owed, frozen }) => ({
      id: String(id),
      name,
      remainder,
      owed,
      frozen,
    })),
    charged: view.messages
      .filter(
        (message) =>
          message.units > 0n && message.state !== 'failed' && message.state !== 'undone' && !message.reversed,
      )
      .map(({ id, units, body }) => ({ id: String(id), units, preview: body.slice(0, 40) }))
      .reverse(),
    accountFrozen: view.accountFrozen,
    audit: view.audit.flatMap((line) => {
      const action = auditActions.find((known) => known === line.action)
      if (action === undefined) return []
      const note = textIn(line.data, 'note')
      return [
        {
          action,
          who: line.agentName ?? '',
          units: unitsIn(line.data, 'units') ?? 0n,
          at: line.at,
          ...(note === undefined ? {} : { note }),
          ...(line.former !== null && { former: line.former }),
        },
      ]
    }),
    ...(error === undefined ? {} : { error }),
  }
}
