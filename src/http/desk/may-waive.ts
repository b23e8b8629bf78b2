import type { Role } from '../../domain/agents/add-agent.ts'

/** Rule 9: sending at no charge is limited by role. */
export function mayWaive(role: Role): boolean {
  return role !== 'agent'
}
