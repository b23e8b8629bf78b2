import type { Sql } from '../../db/database.ts'
import { type Charge, type ChargeJson, readCharge } from '../credits/balance.ts'

export interface ConversationMessage {
  id: bigint
  /** On which it was written: the ticket itself, or one that went into it. */
  ticketId: bigint
  direction: 'inbound' | 'outbound' | 'note'
  channel: 'email' | 'sms' | 'whatsapp' | 'portal' | 'note' | 'work'
  authorKind: 'agent' | 'customer' | 'system'
  authorName: string
  /** Who of the account's people wrote an inbound one. */
  contactId?: bigint
  body: string
  /** Name of the template of an automatic message. */
  template?: string
  /** undone: an agent took it back before it was sent. */
  state: 'received' | 'noted' | 'queued' | 'sending' | 'sent' | 'delivered' | 'failed' | 'unknown' | 'undone'
  /** Of a queued one: when it is sent, or tried again. */
  dueAt?: Date
  /** Its send waits for the seconds in which it can be undone; nobody outside has seen it. */
  heldBack?: true
  address?: string
  units: bigint
  charge?: Charge
  waivedUnits?: bigint
  waiveReason?: string
  segments?: number
  /** Of logged work. */
  workMinutes?: number
  /** The charge was given back: by a person, or because the send failed. */
  reversed?: true
  /** The charged reply in whose merge window this one was free (rule 8). */
  freeWith?: bigint
  error?: string
  /** What the writer of a mail quoted of earlier ones. */
  quoted?: string
  /** The mail has HTML of its own that can be looked at. */
  hasHtml?: true
  attachments: MessageAttachment[]
  createdAt: Date
}

export interface MessageAttachment {
  /** Within its message, from 1. */
  position: number
  /** '' when the sender gave none. */
  name: string
  mediaType: string
  /** In bytes. */
  size: number
  /** Shown within the HTML of the mail. */
  inline: boolean
}

interface MessageRow {
  quoted: string | null
  has_html: boolean
  attachments: MessageAttachment[] | null
  id: bigint
  ticket_id: bigint
  direction: ConversationMessage['direction']
  channel: ConversationMessage['channel']
  author_kind: ConversationMessage['authorKind']
  author_name: string
  contact_id: bigint | null
  body: string
  template: string | null
  state: ConversationMessage['state']
  address: string | null
  units: bigint
  charge: ChargeJson | null
  waived_units: bigint | null
  waive_reason: string | null
  segments: number | null
  minutes: number | null
  error: string | null
  reversed: boolean
  window_id: bigint | null
  due_at: Date | null
  held_back: boolean
  created_at: Date
}

/** Of a row of message: its send waits for the seconds of the undo. A first try that was put off has begun before. */
export const heldBackSql = `state = 'queued' and attempts = 0 and due_at is not null`

/** The newest messages of a ticket before an id, oldest first, by key: an old ticket costs no more than a new one. */
export async function loadMessages(
  sql: Sql,
  input: { shopId: bigint; ticketId: bigint; before?: bigint; limit: number },
): Promise<{ messages: ConversationMessage[]; olderBefore?: bigint }> {
  const rows = await sql.query<MessageRow>(
    'ticket-messages',
    // Of the ticket and those that went into it: of each the newest, by its key.
    `select m.* from unnest(array[$2::bigint] || array(select t.id from ticket t where t.shop_id = $1 and t.merged_into = $2)) part (id)
     cross join lateral (select id, ticket_id, direction, channel, author_kind, author_name, contact_id, body, template, address,
       case when undone_at is null then state else 'undone' end as state, due_at,
       ${heldBackSql} as held_back, units, charge, waived_units,
       waive_reason, segments, error, created_at, reversed_at is not null as reversed, window_id, case channel when 'work' then (data ->> 'minutes')::int end as minutes,
       quoted, html is not null as has_html,
       (select jsonb_agg(jsonb_build_object('position', f.position, 'name', f.name, 'mediaType', f.media_type, 'size', f.size,
          'inline', f.inline) order by f.position)
        from attachment f where f.shop_id = message.shop_id and f.ticket_id = message.ticket_id and f.message_id = message.id) as attachments
     from message where shop_id = $1 and ticket_id = part.id and id < coalesce($3, 9223372036854775807)
     order by id desc limit $4) m
     order by m.id desc limit $4`,
    [input.shopId, input.ticketId, input.before ?? null, input.limit + 1],
  )
  const shown = rows.slice(0, input.limit).reverse()
  const oldest = shown[0]
  return {
    messages: shown.map(toMessage),
    ...(rows.length > input.limit && oldest ? { olderBefore: oldest.id } : {}),
  }
}

function toMessage(row: MessageRow): ConversationMessage {
  return {
    id: row.id,
    ticketId: row.ticket_id,
    direction: row.direction,
    channel: row.channel,
    authorKind: row.author_kind,
    authorName: row.author_name,
    body: row.body,
    state: row.state,
    units: row.units,
    createdAt: row.created_at,
    ...(row.due_at === null ? {} : { dueAt: row.due_at }),
    ...(row.held_back ? { heldBack: true } : {}),
    ...(row.contact_id === null ? {} : { contactId: row.contact_id }),
    ...(row.template === null ? {} : { template: row.template }),
    ...(row.address === null ? {} : { address: row.address }),
    ...(row.charge === null ? {} : { charge: readCharge(row.charge) }),
    ...(row.waived_units === null ? {} : { waivedUnits: row.waived_units }),
    ...(row.waive_reason === null ? {} : { waiveReason: row.waive_reason }),
    ...(row.segments === null ? {} : { segments: row.segments }),
    ...(row.minutes === null ? {} : { workMinutes: row.minutes }),
    ...(row.reversed ? { reversed: true } : {}),
    ...(row.window_id === null || row.window_id === row.id ? {} : { freeWith: row.window_id }),
    ...(row.error === null ? {} : { error: row.error }),
    ...(row.quoted === null ? {} : { quoted: row.quoted }),
    ...(row.has_html ? { hasHtml: true } : {}),
    attachments: row.attachments ?? [],
  }
}
