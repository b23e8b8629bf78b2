import { DateTime } from 'luxon'
import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'

/** Asks, in the caller's transaction, that agents are told of what came to a ticket. `messageId` 0: of the ticket itself. */
export async function queueAgentNews(
  sql: Sql,
  of: { shopId: bigint; ticketId: bigint; messageId: bigint },
): Promise<void> {
  await enqueueJob(sql, 'notify_agents', {
    shopId: String(of.shopId),
    ticketId: String(of.ticketId),
    messageId: String(of.messageId),
  })
}

interface Reader {
  id: bigint
  quietFrom: number | null
  quietUntil: number | null
  timezone: string
}

/**
 * Queues one mail for each agent who is to be told: whose the ticket is, else all who watch. During an agent's quiet hours the
 * mail waits for their end. Done again it queues nothing twice.
 */
export async function notifyAgents(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  of: { shopId: bigint; ticketId: bigint; messageId: bigint },
): Promise<void> {
  const readers = await deps.db.query<Reader>(
    'agents-to-tell',
    `select a.id, a.quiet_from as "quietFrom", a.quiet_until as "quietUntil", s.timezone
     from ticket t
     join shop s on s.id = t.shop_id
     join agent a on a.shop_id = t.shop_id and a.deactivated_at is null
     where t.shop_id = $1 and t.id = $2 and t.status <> 'spam'
       and case when t.assignee_id is null then a.told_of = 'all' else a.id = t.assignee_id and a.told_of <> 'none' end
     order by a.id`,
    [of.shopId, of.ticketId],
  )
  const now = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    for (const reader of readers) {
      const runAt = endOfQuiet(reader, now)
      await enqueueJob(
        sql,
        'tell_agent',
        {
          shopId: String(of.shopId),
          ticketId: String(of.ticketId),
          messageId: String(of.messageId),
          agentId: String(reader.id),
        },
        {
          key: `tell:${of.shopId}:${of.ticketId}:${of.messageId}:${reader.id}`,
          ...(runAt && { runAt }),
        },
      )
    }
  })
  deps.wakeWorkers()
}

/** When the quiet hours end in which this moment lies, on the shop's clock; undefined when it lies in none. */
export function endOfQuiet(
  { quietFrom, quietUntil, timezone }: Omit<Reader, 'id'>,
  now: Date,
): Date | undefined {
  if (quietFrom === null || quietUntil === null || quietFrom === quietUntil) return undefined
  const local = DateTime.fromJSDate(now, { zone: timezone })
  const minute = local.hour * 60 + local.minute
  const overnight = quietFrom > quietUntil
  const quiet = overnight
    ? minute >= quietFrom || minute < quietUntil
    : minute >= quietFrom && minute < quietUntil
  if (!quiet) return undefined
  const day = overnight && minute >= quietFrom ? local.plus({ days: 1 }) : local
  return day
    .startOf('day')
    .set({ hour: Math.floor(quietUntil / 60), minute: quietUntil % 60 })
    .toJSDate()
}
