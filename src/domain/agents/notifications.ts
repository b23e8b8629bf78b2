import type { Sql } from '../../db/database.ts'
import { changesOf } from '../audit/changes.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { type FieldProblem, refuse } from '../refusal.ts'

/** all: of their own tickets and of those that are nobody's. mine: of their own. none: of nothing. */
export const toldOfChoices = ['all', 'mine', 'none'] as const
export type ToldOf = (typeof toldOfChoices)[number]

/** What an agent is told of, and when not. */
export interface Notifications {
  toldOf: ToldOf
  /** Without it only their browsers tell them what customers do; answers that could not be delivered come by mail all the same. */
  byMail: boolean
  /** "22:00" on the shop's clock; '' for both where there are no quiet hours. They may go over midnight. */
  quietFrom: string
  quietUntil: string
}

interface Change {
  toldOf?: string
  byMail?: boolean
  quietFrom?: string
  quietUntil?: string
}

interface AgentKey {
  shopId: bigint
  agentId: bigint
}

/** Refuses: not_found (agent). */
export async function readNotifications(deps: { db: Sql }, of: AgentKey): Promise<Notifications> {
  const [agent] = await deps.db.query<{
    toldOf: ToldOf
    byMail: boolean
    from: number | null
    until: number | null
  }>(
    'read-notifications',
    `select told_of as "toldOf", told_by_mail as "byMail", quiet_from as "from", quiet_until as "until" from agent where shop_id = $1 and id = $2`,
    [of.shopId, of.agentId],
  )
  if (!agent) return refuse({ code: 'not_found', what: 'agent' })
  const { toldOf, byMail, from, until } = agent
  return { toldOf, byMail, quietFrom: timeOf(from), quietUntil: timeOf(until) }
}

/** Sets what is given and leaves the rest. Refuses: invalid (each field), not_found (agent). */
export async function changeNotifications(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: AgentKey & Change & { actor: string },
): Promise<Notifications> {
  const { shopId, agentId, actor } = input
  return deps.db.transaction(async (sql) => {
    await sql.query('lock-agent', 'select from agent where shop_id = $1 and id = $2 for no key update', [
      shopId,
      agentId,
    ])
    const before = await readNotifications({ db: sql }, input)
    const after = readChange(input, before)
    await sql.query(
      'change-notifications',
      'update agent set told_of = $3, told_by_mail = $4, quiet_from = $5, quiet_until = $6 where shop_id = $1 and id = $2',
      [shopId, agentId, after.toldOf, after.byMail, minuteOf(after.quietFrom), minuteOf(after.quietUntil)],
    )
    const changes = changesOf({ ...before }, { ...after })
    if (changes) {
      await writeAudit(sql, {
        shopId,
        actor,
        action: 'notifications_change',
        data: { agentId: String(agentId), ...changes },
        at: deps.clock.now(),
      })
    }
    return after
  })
}

/** Every field that is wrong is named. */
function readChange(input: Change, before: Notifications): Notifications {
  const fields: FieldProblem[] = []
  const toldOf = toldOfChoices.find((one) => one === (input.toldOf ?? before.toldOf))
  if (toldOf === undefined) {
    fields.push({ field: 'toldOf', message: `give one of ${toldOfChoices.join(', ')}` })
  }
  const quietFrom = readTime('quietFrom', input.quietFrom ?? before.quietFrom, fields)
  const quietUntil = readTime('quietUntil', input.quietUntil ?? before.quietUntil, fields)
  if (fields.length === 0 && (quietFrom === '') !== (quietUntil === '')) {
    const field = quietFrom === '' ? 'quietFrom' : 'quietUntil'
    fields.push({ field, message: 'give both times, or neither for no quiet hours' })
  } else if (fields.length === 0 && quietFrom !== '' && quietFrom === quietUntil) {
    fields.push({ field: 'quietUntil', message: 'give another time than quietFrom' })
  }
  if (toldOf === undefined || fields.length > 0) return refuse({ code: 'invalid', fields })
  return { toldOf, byMail: input.byMail ?? before.byMail, quietFrom, quietUntil }
}

function readTime(field: string, typed: string, fields: FieldProblem[]): string {
  const text = typed.trim()
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(text) ?? []
  if (text === '') return ''
  if (hour === '' || Number(hour) > 23 || Number(minute) > 59) {
    fields.push({ field, message: 'give a time such as 22:00, or nothing' })
    return ''
  }
  return `${hour.padStart(2, '0')}:${minute}`
}

function minuteOf(time: string): number | null {
  return time === '' ? null : Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function timeOf(minute: number | null): string {
  if (minute === null) return ''
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}
