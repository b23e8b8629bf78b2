import { DateTime } from 'luxon'
import type { Sql } from '../../db/database.ts'
import { wordsFor } from '../../words/words.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob, type enqueueQuietly } from '../enqueue.ts'
import { tellNews } from '../live/tell-news.ts'

/** Asks, in the caller's transaction, that agents are told of what came to a ticket. `messageId` 0: of the ticket itself. */
export async function queueAgentNews(
  sql: Sql,
  of: { shopId: bigint; ticketId: bigint; messageId: bigint },
  enqueue: typeof enqueueQuietly = enqueueJob,
): Promise<void> {
  await enqueue(sql, 'notify_agents', {
    shopId: String(of.shopId),
    ticketId: String(of.ticketId),
    messageId: String(of.messageId),
  })
}

interface Quiet {
  quietFrom: number | null
  quietUntil: number | null
  timezone: string
}

interface Reader extends Quiet {
  id: bigint
  byMail: boolean
  locale: string
  customerName: string
  subject: string
  body: string | null
}

/**
 * Tells the browsers of each agent who is to be told, and queues a mail unless they want none: whose the ticket is, else all who watch. During an
 * agent's quiet hours the mail waits for their end, and the browser is told nothing. Done again it queues nothing twice.
 */
export async function notifyAgents(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  of: { shopId: bigint; ticketId: bigint; messageId: bigint },
): Promise<void> {
  const readers = await deps.db.query<Reader>(
    'agents-to-tell',
    `select a.id, a.told_by_mail as "byMail", a.quiet_from as "quietFrom", a.quiet_until as "quietUntil", s.timezone,
       s.locale, c.name as "customerName", t.subject, left(m.body, 300) as body
     from ticket t
     join shop s on s.id = t.shop_id
     join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     left join message m on m.shop_id = t.shop_id and m.ticket_id = t.id and m.id = $3
     join agent a on a.shop_id = t.shop_id and a.deactivated_at is null
     where t.shop_id = $1 and t.id = $2 and t.status <> 'spam'
       and case when t.assignee_id is null then a.told_of = 'all' else a.id = t.assignee_id and a.told_of <> 'none' end
     order by a.id`,
    [of.shopId, of.ticketId, of.messageId],
  )
  const now = deps.clock.now()
  await deps.db.transaction(async (sql) => {
    for (const reader of readers) {
      if (!reader.byMail) continue
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
  const awake = readers.filter((reader) => !endOfQuiet(reader, now))
  const [one] = awake
  if (one) await tellNews(deps.db, { ...of, agentIds: awake.map(({ id }) => id), ...newsWords(of, one) })
}

/** As the browser shows it: who, then the subject and how it begins. */
function newsWords({ messageId }: { messageId: bigint }, { locale, customerName, subject, body }: Reader) {
  const { t } = wordsFor(locale)
  const name = customerName || t('desk:noName')
  return {
    title: t(messageId === 0n ? 'notifications:news.ticket' : 'notifications:news.answer', { name }),
    text: [subject, (body ?? '').replace(/\s+/g, ' ').trim()].filter((line) => line !== '').join('\n'),
  }
}

/** When the quiet hours end in which this moment lies, on the shop's clock; undefined when it lies in none. */
export function endOfQuiet({ quietFrom, quietUntil, timezone }: Quiet, now: Date): Date | undefined {
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
