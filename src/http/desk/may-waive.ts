import type { LoggedInAgent } from '../../domain/agents/find-login.ts'
import { countWaivers } from '../../domain/tickets/count-waivers.ts'
import type { HttpDeps } from '../http-deps.ts'

/** Rule 9: sending at no charge is limited by role; an agent has a number of replies a day, 0 unless the shop sets it. */
export function mayWaive(agent: Pick<LoggedInAgent, 'role' | 'agentWaiversPerDay'>): boolean {
  return agent.role !== 'agent' || agent.agentWaiversPerDay > 0
}

/** Whether this agent may send one more today. */
export async function mayWaiveNow(
  deps: Pick<HttpDeps, 'db' | 'clock'>,
  agent: LoggedInAgent,
): Promise<boolean> {
  if (agent.role !== 'agent' || agent.agentWaiversPerDay === 0) return mayWaive(agent)
  return (await countWaivers(deps, agent)) < agent.agentWaiversPerDay
}
