import type { Sql } from '../../db/database.ts'

/** A mail that became no message by itself. */
export interface ListedMail {
  id: bigint
  state: 'held' | 'failed' | 'ignored'
  verdict: string
  reason: string | null
  /** '' when it names none. */
  sender: string
  subject: string
  receivedAt: Date
  /** Whether its raw bytes are still there. */
  kept: boolean
}

/**
 * Mail of a shop that became no message, newest first: what waits for a person, or with `ignored` what nobody needs to look at.
 * Mail of which nobody can tell the shop is shown where there is one shop only.
 */
export async function listMails(
  deps: { db: Sql },
  of: { shopId: bigint; ignored: boolean; before?: bigint; limit: number },
): Promise<{ mails: ListedMail[]; next?: bigint }> {
  const rows = await deps.db.query<ListedMail>(
    'list-mails',
    `select id, state, verdict, reason, coalesce(sender, '') as sender, coalesce(subject, '') as subject,
       received_at as "receivedAt", purged_at is null as kept
     from incoming_mail m
     where (m.shop_id = $1 or (m.shop_id is null and not exists (select from shop s where s.id <> $1)))
       and m.id < coalesce($2, 9223372036854775807)
       and case when $3 then m.state = 'ignored' else m.state in ('held', 'failed') and m.verdict <> 'agent_held' end
     order by m.id desc limit $4`,
    [of.shopId, of.before ?? null, of.ignored, of.limit + 1],
  )
  const mails = rows.slice(0, of.limit)
  const last = mails.at(-1)
  return { mails, ...(rows.length > of.limit && last && { next: last.id }) }
}
