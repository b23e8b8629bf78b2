import type { Deps } from '../../deps.ts'
import { refuse, refuseField } from '../../refusal.ts'
import { readTags } from './tags.ts'
import { mostTickets, type TicketActDone, type TicketActInput, type TicketActor } from './ticket-act.ts'

/** Longest that a ticket may rest, in days. */
const longestSnooze = 366

/** How an act is said in SQL. $1 shop, $2 tickets, $3 now, $4 actor, $5 name; its own values from $6 on. */
interface ActSql {
  set: string
  /** Tickets that it changes; others stand so already, or it is none of theirs. */
  where: string
  /** Data of the line in the conversation; absent: it leaves none. */
  event?: { kind: string; data: string }
  /** Further statements beside it, over `changed` and `old`. */
  also?: string
  values: unknown[]
}

const by = "jsonb_build_object('by', $5::text)"

/**
 * Does one thing with up to 200 tickets, in one statement and so to all or none. What it found and left is kept for undoTicketAct.
 * Refuses: invalid (tickets, agent, tags, until), not_found (ticket; when it is the only one).
 */
export async function actOnTickets(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; ticketIds: readonly bigint[]; act: TicketActInput; by: TicketActor },
): Promise<TicketActDone> {
  const now = deps.clock.now()
  const ids = [...new Set(input.ticketIds)]
  if (ids.length === 0) refuseField('tickets', 'choose one ticket at least')
  if (ids.length > mostTickets) refuseField('tickets', `choose at most ${mostTickets} tickets at once`)
  const act = sqlOf(input.act, now)
  const [row] = await deps.db.query<{ act: bigint | null; changed: string[]; found: number }>(
    `act-on-tickets-${input.act.kind}${input.act.kind === 'assign' && input.act.agentId === null ? '-none' : ''}`,
    `with old as materialized (
       select t.id, ticket_state(t) as state, t.customer_id, t.reply_email from ticket t
       where t.shop_id = $1 and t.id = any ($2) and t.merged_into is null and ${act.where}
       order by t.id for no key update
     ), changed as (
       update ticket t set ${act.set} from old where t.shop_id = $1 and t.id = old.id returning t.id, ticket_state(t) as state
     ), told as (
       ${
         act.event
           ? `insert into ticket_event (shop_id, ticket_id, kind, data, at)
       select $1, id, '${act.event.kind}', ${act.event.data}, $3 from changed`
           : 'select $5::text'
       }
     ), kept as (
       insert into ticket_act (shop_id, actor, kind, tickets, at)
       select $1, $4, '${input.act.kind}', jsonb_agg(jsonb_build_object('id', c.id, 'before', o.state, 'after', c.state)), $3::timestamptz
       from changed c join old o on o.id = c.id having count(*) > 0 returning id
     )${act.also ?? ''}
     select (select id from kept) as act, coalesce((select array_agg(id order by id) from changed), '{}') as changed,
       (select count(*)::int from ticket t where t.shop_id = $1 and t.id = any ($2)) as found`,
    [input.shopId, ids, now, input.by.actor, input.by.name, ...act.values],
  )
  if (!row || row.found === 0) return refuse({ code: 'not_found', what: 'ticket' })
  return { changed: row.changed.map(BigInt), ...(row.act !== null && { actId: row.act }) }
}

function sqlOf(act: TicketActInput, now: Date): ActSql {
  switch (act.kind) {
    case 'assign':
      if (act.agentId === null) {
        return {
          set: 'assignee_id = null',
          where: 't.assignee_id is not null',
          event: { kind: 'unassigned', data: by },
          values: [],
        }
      }
      return {
        set: 'assignee_id = $6::bigint',
        // An agent of another shop is nobody.
        where: `t.assignee_id is distinct from $6::bigint and exists (select from agent a where a.shop_id = $1 and a.id = $6::bigint)`,
        event: {
          kind: 'assigned',
          data: `jsonb_build_object('by', $5::text, 'to', (select a.name from agent a where a.shop_id = $1 and a.id = $6::bigint))`,
        },
        values: [act.agentId],
      }
    case 'tag':
      return tagSql(readTags(act.add, 'add'), readTags(act.remove, 'remove'))
    case 'snooze':
      return snoozeSql(act.until, now)
    case 'wake':
      return {
        set: "status = 'open', activity_at = $3",
        where: "t.status = 'snoozed'",
        event: { kind: 'woken', data: by },
        values: [],
      }
    case 'close':
      return {
        set: "status = 'closed', activity_at = $3",
        where: "t.status <> 'closed'",
        event: { kind: 'closed', data: by },
        values: [],
      }
    case 'reopen':
      return {
        set: "status = 'open', activity_at = $3",
        where: "t.status in ('closed', 'waiting')",
        event: { kind: 'reopened', data: by },
        values: [],
      }
    case 'spam':
    case 'not_spam':
      return spamSql(act.kind)
  }
}

function tagSql(add: string[], remove: string[]): ActSql {
  if (add.length === 0 && remove.length === 0) refuseField('tags', 'write a tag to add or to take off')
  return {
    // In the order of their adding; one that is there already stays where it is.
    set: `tags = (select coalesce(array_agg(tag order by at), '{}') from (
      select tag, min(at) as at from unnest(t.tags || $6::text[]) with ordinality u (tag, at) group by tag) w where tag <> all ($7::text[]))`,
    where: 'not t.tags @> $6::text[] or t.tags && $7::text[]',
    also: `, remembered as (
       insert into shop_tag (shop_id, name, used_at) select $1, tag, $3 from unnest($6::text[]) tag
       on conflict (shop_id, name) do update set used_at = excluded.used_at)`,
    values: [add, remove],
  }
}

function snoozeSql(until: Date, now: Date): ActSql {
  const ahead = until.getTime() - now.getTime()
  if (Number.isNaN(ahead)) refuseField('until', 'give a day and a time')
  if (ahead <= 0) refuseField('until', 'give a time that is still to come')
  if (ahead > longestSnooze * 86_400_000) refuseField('until', `give a day within ${longestSnooze} days`)
  return {
    set: "status = 'snoozed', snoozed_until = $6::timestamptz",
    where: `t.status in ('open', 'waiting', 'snoozed') and t.snoozed_until is distinct from $6::timestamptz`,
    event: { kind: 'snoozed', data: `jsonb_build_object('by', $5::text, 'until', $6::timestamptz)` },
    values: [until],
  }
}

// Whose mails they are: the address that answers go to, and those that wrote on the ticket by mail.
const senders = `select distinct lower(x.address) as address from (
    select o.reply_email as address from old o join changed c on c.id = o.id
    union all
    select m.address from changed c join message m on m.shop_id = $1 and m.ticket_id = c.id
    where m.direction = 'inbound' and m.channel = 'email') x
  where x.address is not null`

function spamSql(kind: 'spam' | 'not_spam'): ActSql {
  const audited = `, audited as (
    insert into audit_log (shop_id, customer_id, actor, action, data, at)
    select $1, o.customer_id, $4, 'ticket_${kind}', jsonb_build_object('ticket', o.id::text), $3::timestamptz
    from old o join changed c on c.id = o.id)`
  if (kind === 'spam') {
    return {
      set: "status = 'spam'",
      where: "t.status <> 'spam'",
      event: { kind: 'spam', data: by },
      also: `, marked as (insert into spam_sender (shop_id, address, at) select $1, address, $3 from (${senders}) s on conflict do nothing)${audited}`,
      values: [],
    }
  }
  return {
    set: "status = 'open', activity_at = $3",
    where: "t.status = 'spam'",
    event: { kind: 'not_spam', data: by },
    also: `, unmarked as (delete from spam_sender d using (${senders}) s where d.shop_id = $1 and d.address = s.address)${audited}`,
    values: [],
  }
}
