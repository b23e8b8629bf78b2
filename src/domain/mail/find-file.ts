import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import type { ConversationMessage } from '../tickets/load-messages.ts'
import { heldBackSql } from '../tickets/load-messages.ts'

export interface MailFile {
  /** '' when the sender gave none. */
  name: string
  mediaType: string
  blob: string
  /** That it came with, or goes out with. */
  message: Pick<ConversationMessage, 'direction' | 'channel' | 'template' | 'state' | 'heldBack'>
}

type FileRow = Pick<MailFile, 'name' | 'mediaType' | 'blob'> &
  Pick<ConversationMessage, 'direction' | 'channel' | 'state'> & {
    template: string | null
    heldBack: boolean
  }

/** One attachment. Refuses: not_found. */
export async function findFile(
  deps: Pick<Deps, 'db' | 'blobs'>,
  key: { shopId: bigint; ticketId: bigint; messageId: bigint; position: bigint },
): Promise<{ file: MailFile; bytes: Buffer }> {
  const [row] = await deps.db.query<FileRow>(
    'find-attachment',
    `select f.name, f.media_type as "mediaType", f.blob, m.direction, m.channel, m.template,
       case when m.undone_at is null then m.state else 'undone' end as state, ${heldBackSql} as "heldBack"
     from attachment f
     join message m on m.shop_id = f.shop_id and m.ticket_id = f.ticket_id and m.id = f.message_id
     where f.shop_id = $1 and f.message_id = $3 and f.position = $4
       -- Also of a ticket that went into this one.
       and f.ticket_id in (select $2::bigint union all select t.id from ticket t where t.shop_id = $1 and t.merged_into = $2)`,
    [key.shopId, key.ticketId, key.messageId, key.position],
  )
  const bytes = row && (await deps.blobs.get(row.blob))
  return row && bytes ? { file: toFile(row), bytes } : refuse({ code: 'not_found', what: 'attachment' })
}

function toFile({ name, mediaType, blob, direction, channel, state, template, heldBack }: FileRow): MailFile {
  return {
    name,
    mediaType,
    blob,
    message: {
      direction,
      channel,
      state,
      ...(template === null ? {} : { template }),
      ...(heldBack ? { heldBack } : {}),
    },
  }
}

/** A mail as its sender formatted it, sanitised, with the positions of its pictures by content id. Refuses: not_found. */
export async function findMailHtml(
  deps: Pick<Deps, 'db'>,
  key: { shopId: bigint; ticketId: bigint; messageId: bigint },
): Promise<{ html: string; pictures: Map<string, number> }> {
  const [row] = await deps.db.query<{ html: string | null; pictures: [string, number][] | null }>(
    'find-mail-html',
    `select html, (select jsonb_agg(jsonb_build_array(f.content_id, f.position)) from attachment f
       where f.shop_id = $1 and f.ticket_id = $2 and f.message_id = $3 and f.content_id is not null) as pictures
     from message where shop_id = $1 and ticket_id = $2 and id = $3`,
    [key.shopId, key.ticketId, key.messageId],
  )
  if (row?.html == null) return refuse({ code: 'not_found', what: 'message' })
  return { html: row.html, pictures: new Map(row.pictures) }
}
