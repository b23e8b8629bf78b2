import type { LoggedInAgent } from '../../domain/agents/find-login.ts'
import type { AuditLine } from '../../domain/audit/list-audit.ts'
import { channels } from '../../domain/credits/rate-card.ts'
import { actReasons } from '../../domain/credits/supervise.ts'
import { type AuditRow, auditWords } from '../../web/audit/props.ts'
import { auditChanges } from './audit-changes.ts'
import { textIn, unitsIn } from './plain-data.ts'

const reasons: ReadonlySet<string> = new Set(Object.values(actReasons).flat())

/** A line of the audit log as the page shows it; links only where this agent may go. */
export function auditRow(line: AuditLine, agent: Pick<LoggedInAgent, 'role'>): AuditRow {
  const { data, customer } = line
  const action = auditWords.find((known) => known === line.action) ?? { unknown: line.action }
  const reason = textIn(data, 'reason')
  const known = reason !== undefined && reasons.has(reason)
  const note = textIn(data, 'note') ?? (known ? undefined : reason)
  const match = textIn(data, 'match')
  const channel = channels.find((one) => one === data.channel)
  const href = agent.role === 'owner' ? hrefOf(line) : undefined
  return {
    id: String(line.id),
    at: line.at,
    who: whoOf(line),
    action,
    units: unitsIn(data, 'units') ?? 0n,
    changes: auditChanges(line),
    ...(line.personName !== null && { person: line.personName }),
    ...(channel && { channel }),
    ...(match !== undefined && { match }),
    ...(href !== undefined && { href }),
    ...(customer && {
      customer: { name: customer.name, href: `/desk/customers/${customer.id}/statement` },
    }),
    ...(known && { reason }),
    ...(note !== undefined && { note }),
  }
}

function whoOf({ actor, actorName }: AuditLine): AuditRow['who'] {
  if (actorName !== null && actorName !== '') return { kind: 'person', name: actorName }
  const [kind = '', id = ''] = actor.split(':')
  if (kind === 'api') return { kind: 'key', id }
  if (kind === 'cli') return { kind: 'cli' }
  return kind === 'system' ? { kind: 'system' } : { kind: 'person', name: actor }
}

function hrefOf({ id, action, data }: AuditLine): string | undefined {
  const packageId = textIn(data, 'packageId')
  if (packageId !== undefined) return `/desk/packages/${packageId}`
  return action === 'import_balances' ? `/desk/import/${id}` : undefined
}
