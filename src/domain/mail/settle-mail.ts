import type { Sql } from '../../db/database.ts'

/** What became of a mail. */
export type MailVerdict =
  | 'answer'
  | 'new_ticket'
  | 'no_package'
  | 'nowhere'
  | 'no_sender'
  | 'duplicate'
  | 'auto_reply'
  | 'list'
  | 'own'
  | 'loop'
  | 'bounce'
  | 'bounce_unknown'
  | 'unreadable'
  | 'agent_answer'
  | 'agent_held'
  | 'agent_gone'
  | 'agent_stray'

export interface MailOutcome {
  mailId: bigint
  state: 'processed' | 'ignored' | 'held' | 'failed'
  verdict: MailVerdict
  /** For people: why, where the verdict alone does not say it. */
  reason?: string
  sender?: string
  subject?: string
  shopId?: bigint
  ticketId?: bigint
  messageId?: bigint
  at: Date
}

/** Records what became of a mail; in the transaction of what follows from it. One that has its outcome keeps it. */
export async function settleMail(sql: Sql, outcome: MailOutcome): Promise<void> {
  await sql.query(
    'settle-mail',
    `update incoming_mail set state = $2, verdict = $3, reason = $4, sender = $5, subject = $6, shop_id = $7, ticket_id = $8,
       message_id = $9, processed_at = $10
     where id = $1 and state = 'pending'`,
    [
      outcome.mailId,
      outcome.state,
      outcome.verdict,
      outcome.reason?.slice(0, 1_000) ?? null,
      outcome.sender?.slice(0, 320) ?? null,
      outcome.subject ?? null,
      outcome.shopId ?? null,
      outcome.ticketId ?? null,
      outcome.messageId ?? null,
      outcome.at,
    ],
  )
}
