import type { Sql } from '../../db/database.ts'
import type { MessageKey } from '../tickets/load-outgoing.ts'
import type { DraftKey } from './save-draft.ts'
import { draftIsSentSql } from './sent-draft.ts'

/**
 * Makes an answer that was taken back the draft of whoever took it back, with its files, before what they have written meanwhile.
 * A note stays a note: what was meant for colleagues must not become a part of an answer unseen. The message may be of a ticket that went
 * into the draft's.
 */
export async function bringBackDraft(
  sql: Sql,
  input: DraftKey & { message: MessageKey; channel: string; body: string; formKey: string; at: Date },
): Promise<void> {
  await sql.query(
    'bring-back-draft',
    `with kept as (
       insert into draft as d (shop_id, ticket_id, agent_id, channel, body, form_key, saved_at) values ($1, $2, $3, $5, $6, $7, $8)
       on conflict (shop_id, ticket_id, agent_id) do update set saved_at = excluded.saved_at,
         channel = case when d.channel = 'note' and d.body <> '' and not (${draftIsSentSql}) then d.channel else excluded.channel end,
         body = case when d.body = '' or (${draftIsSentSql}) then excluded.body else excluded.body || E'\\n\\n' || d.body end,
         form_key = case when ${draftIsSentSql} then excluded.form_key else d.form_key end
       returning form_key)
     insert into draft_file (shop_id, ticket_id, agent_id, form_key, name, media_type, size, blob, at)
     select f.shop_id, $2, $3, kept.form_key, f.name, f.media_type, f.size, f.blob, $8
     from kept join attachment f on f.shop_id = $1 and f.ticket_id = $9 and f.message_id = $4 order by f.position`,
    [
      input.shopId,
      input.ticketId,
      input.agentId,
      input.message.messageId,
      input.channel,
      input.body,
      input.formKey,
      input.at,
      input.message.ticketId,
    ],
  )
}
