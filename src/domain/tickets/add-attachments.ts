import type { Sql } from '../../db/database.ts'

/** A file whose bytes are kept already. */
export interface NewAttachment {
  name: string
  mediaType: string
  /** In bytes. */
  size: number
  blob: string
  contentId?: string
  inline?: boolean
}

/** Names the files of a message, in the transaction that makes it. */
export async function addAttachments(
  sql: Sql,
  ticket: { shopId: bigint; ticketId: bigint },
  messageId: bigint,
  attachments: readonly NewAttachment[],
): Promise<void> {
  await sql.query(
    'add-attachments',
    `insert into attachment (shop_id, ticket_id, message_id, position, name, media_type, size, blob, content_id, inline)
     select $1, $2, $3, n, a ->> 'name', a ->> 'mediaType', (a ->> 'size')::int, a ->> 'blob', a ->> 'contentId',
       coalesce((a ->> 'inline')::boolean, false)
     from jsonb_array_elements($4) with ordinality as t (a, n)`,
    [ticket.shopId, ticket.ticketId, messageId, JSON.stringify(attachments)],
  )
}
