import type { Database, Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { addAttachments, type NewAttachment } from './add-attachments.ts'
import { problemOfBody } from './message-text.ts'

export interface NoteInput {
  shopId: bigint
  ticketId: bigint
  body: string
  agent: { id?: bigint; name: string }
}

/** A note that only agents see. Free, and news to a colleague who is writing a reply. Refuses: invalid, not_found. */
export async function addNote(
  deps: { db: Sql } & Pick<Deps, 'clock'>,
  input: NoteInput & { providerId?: string },
): Promise<{ messageId: bigint; createdAt: Date }> {
  const problem = problemOfBody(input.body, 'note')
  if (problem) refuse({ code: 'invalid', fields: [problem] })
  const now = deps.clock.now()
  const [row] = await deps.db.query<{ id: bigint }>(
    'add-note',
    `with noted as (
       update ticket set last_message_id = nextval('message_id_seq'), activity_at = $5
       where shop_id = $1 and id = $2 returning last_message_id)
     insert into message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, state, created_at, provider_id)
     select $1, $2, last_message_id, 'note', 'note', 'agent', $3, $4, $6, 'noted', $5, $7 from noted
     returning id`,
    [
      input.shopId,
      input.ticketId,
      input.agent.id ?? null,
      input.agent.name,
      now,
      input.body,
      input.providerId ?? null,
    ],
  )
  if (!row) return refuse({ code: 'not_found', what: 'ticket' })
  return { messageId: row.id, createdAt: now }
}

/**
 * The same from a form, with its files: sent twice it is one note. The ticket's lock makes the second wait for the first. Refuses as
 * addNote does; idempotency_conflict when the key was another text's.
 */
export async function addNoteOnce(
  deps: { db: Pick<Database, 'transaction'> } & Pick<Deps, 'clock'>,
  input: NoteInput & { idempotencyKey: string; attachments: readonly NewAttachment[] },
): Promise<{ messageId: bigint }> {
  const { shopId, ticketId } = input
  const providerId = `note:${ticketId}:${input.idempotencyKey}`
  return deps.db.transaction(async (sql) => {
    await sql.query('lock-ticket-of-note', 'select 1 from ticket where shop_id = $1 and id = $2 for update', [
      shopId,
      ticketId,
    ])
    const [known] = await sql.query<{ id: bigint; body: string }>(
      'known-note',
      'select id, body from message where shop_id = $1 and provider_id = $2',
      [shopId, providerId],
    )
    if (known && known.body !== input.body) return refuse({ code: 'idempotency_conflict' })
    if (known) return { messageId: known.id }
    const { messageId } = await addNote({ db: sql, clock: deps.clock }, { ...input, providerId })
    if (input.attachments.length > 0) await addAttachments(sql, input, messageId, input.attachments)
    return { messageId }
  })
}
