import type { Deps } from '../../deps.ts'
import { refuse } from '../../refusal.ts'
import type { TicketActKind, TicketActor } from './ticket-act.ts'

/** For so long an act can be taken back. */
const undoableHours = 24

/**
 * Puts the tickets of an act back as they were, but for those that somebody, or a message, changed since: those stay. Once.
 * Refuses: not_found (act; also when it was taken back, or is too old).
 */
export async function undoTicketAct(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; actId: bigint; by: TicketActor },
): Promise<{ restored: bigint[]; left: bigint[] }> {
  const [row] = await deps.db.query<{ kind: TicketActKind; restored: string[]; asked: string[] }>(
    'undo-ticket-act',
    `with act as (
       update ticket_act set undone_at = $3
       where shop_id = $1 and id = $2 and undone_at is null and at > $3::timestamptz - interval '${undoableHours} hours'
       returning kind, tickets
     ), wanted as materialized (
       select (x ->> 'id')::bigint as id, x -> 'before' as b, x -> 'after' as a from act, jsonb_array_elements(act.tickets) x
     ), back as (
       update ticket t set
         status = w.b ->> 'status', assignee_id = (w.b ->> 'assignee')::bigint,
         tags = array(select jsonb_array_elements_text(w.b -> 'tags')), snoozed_until = (w.b ->> 'snoozedUntil')::timestamptz,
         waiting_since = (w.b ->> 'waitingSince')::timestamptz, due_at = (w.b ->> 'dueAt')::timestamptz,
         first_response_at = (w.b ->> 'firstResponseAt')::timestamptz, merged_into = (w.b ->> 'mergedInto')::bigint,
         activity_at = (w.b ->> 'activityAt')::timestamptz, last_message_id = (w.b ->> 'lastMessageId')::bigint,
         last_channel = w.b ->> 'lastChannel', preview = w.b ->> 'preview'
       from wanted w where t.shop_id = $1 and t.id = w.id and ticket_state(t) = w.a
       returning t.id, t.reply_email, t.customer_id
     ), told as (
       insert into ticket_event (shop_id, ticket_id, kind, data, at)
       select $1, b.id, 'undone', jsonb_build_object('by', $4::text, 'act', act.kind), $3 from back b, act where act.kind <> 'tag'
     ), forgiven as (
       delete from spam_sender d using act, (
         select lower(b.reply_email) as address, b.customer_id from back b
         union select lower(m.address), b.customer_id from back b join message m on m.shop_id = $1 and m.ticket_id = b.id
         where m.direction = 'inbound' and m.channel = 'email') s
       where act.kind = 'spam' and d.shop_id = $1 and d.address = s.address
         -- Another ticket of the sender, marked by another act, is spam still.
         and not exists (select from ticket o where o.shop_id = $1 and o.customer_id = s.customer_id and o.status = 'spam'
           and lower(o.reply_email) = s.address and o.id not in (select id from back))
     )
     select act.kind, coalesce((select array_agg(id order by id) from back), '{}') as restored,
       coalesce((select array_agg(id order by id) from wanted), '{}') as asked from act`,
    [input.shopId, input.actId, deps.clock.now(), input.by.name],
  )
  if (!row) return refuse({ code: 'not_found', what: 'act' })
  return {
    restored: row.restored.map(BigInt),
    left: row.asked.filter((id) => !row.restored.includes(id)).map(BigInt),
  }
}
