import type { LoggedInAgent } from '../../domain/agents/find-login.ts'
import { refuse } from '../../domain/refusal.ts'

/** What the shop earns is for supervisors and owners. */
export function mayReport({ role }: Pick<LoggedInAgent, 'role'>): boolean {
  return role !== 'agent'
}

/** Refuses: role_too_low. */
export function requireReports(agent: Pick<LoggedInAgent, 'role'>): void {
  if (!mayReport(agent)) refuse({ code: 'role_too_low', role: 'supervisor' })
}
