import type { Response } from 'express'
import type { LoggedInAgent } from '../../domain/agents/find-login.ts'
import { mostCounted } from '../../domain/tickets/views.ts'
import type { DeskFrame } from '../../web/desk/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { csrfTokenFor } from '../middleware/csrf-token.ts'
import { agentOf, loginTokenOf } from '../middleware/require-agent.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { mayReport } from './may-report.ts'

/** The frame of every desk page, in the shop's language and on the shop's clock. */
export function deskFrame(deps: HttpDeps, res: Response, counts: DeskFrame['counts'] = {}): DeskFrame {
  const agent = agentOf(res)
  return {
    ...pageFrame(deps, {
      locale: agent.locale,
      timeZone: agent.timezone,
      csrf: csrfTokenFor(deps.keyring, loginTokenOf(res)),
    }),
    tells: !agent.needsSecondFactor,
    shopName: agent.shopName,
    agentName: agent.name,
    counts,
    mostCounted,
    lowBalance: agent.lowBalanceUnits,
    ledgerProblems: agent.ledgerProblems,
    ...(agent.shopProblem && {
      shopProblem: { ...agent.shopProblem, since: new Date(agent.shopProblem.since) },
    }),
    seesReports: mayReport(agent),
    setsUp: agent.role === 'owner',
  }
}

/** Who an act of the desk is written down to. */
export function authorOf(agent: LoggedInAgent): { id: bigint; name: string; actor: string } {
  return { id: agent.id, name: agent.name, actor: `agent:${agent.id}` }
}
