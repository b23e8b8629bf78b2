import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { problemOfBody } from './message-text.ts'

/** A note that only agents see. Free, and news to a colleague who is writing a reply. Refuses: invalid, not_found. */
export async function addNote(
  deps: { db: Sql } & Pick<Deps, 'clock'>,
  input: { shopId: bigint; ticketId: bigint; body: string; agent: { id?: bigint; name: string } },
): Promise<{ messageId: bigint; createdAt: Date }> {
  const problem = problemOfBody(input.body, 'note')
  if (problem) refuse({ code: 'invalid', fields: [problem] })
  const now = deps.clock.now()
  const [row] = await deps.db.query<{ id: bigint }>(
    'add-note',
    `with noted as (
       update ticket set last_message_id = nextval('message_id_seq'), activity_at = $5
       where shop_id = $1 and id = $2 returning last_message_id)
     insert into message (shop_id, ticket_id, id, direction, channel, author_kind, author_id, author_name, body, state, created_at)
     select $1, $2, last_message_id, 'note', 'note', 'agent', $3, $4, $6, 'noted', $5 from noted
     returning id`,
    [input.shopId, input.ticketId, input.agent.id ?? null, input.agent.name, now, input.body],
  )
  if (!row) return refuse({ code: 'not_found', what: 'ticket' })
  return { messageId: row.id, createdAt: now }
}
