import type { Sql } from '../../../db/database.ts'
import { writeAudit } from '../../audit/write-audit.ts'
import type { Deps } from '../../deps.ts'
import { refuse, refuseField } from '../../refusal.ts'
import { mostTickets, type TicketActDone, type TicketActor } from './ticket-act.ts'

interface MergedRow {
  id: bigint
  number: number
  subject: string
  customer_id: bigint
  merged_into: bigint | null
  /** Something goes on there that belongs to this very ticket. */
  busy: boolean
  state: Record<string, unknown>
}

/**
 * Makes several tickets of one customer one. The sources keep their messages and credits where they are, since entries of the ledger
 * name them; they point to the target, whose conversation shows all of them, and whatever comes to a source is told there. Nothing is
 * charged. Refuses: not_found (ticket), invalid (into, tickets).
 */
export async function mergeTickets(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; sourceIds: readonly bigint[]; targetId: bigint; by: TicketActor },
): Promise<TicketActDone> {
  const { shopId, targetId } = input
  const sourceIds = [...new Set(input.sourceIds)].filter((id) => id !== targetId)
  if (sourceIds.length === 0) refuseField('into', 'choose another ticket of the customer')
  if (sourceIds.length >= mostTickets) refuseField('tickets', `choose at most ${mostTickets} tickets at once`)
  const at = deps.clock.now()
  return deps.db.transaction(async (sql) => {
    const rows = await lockFamily(sql, shopId, [...sourceIds, targetId])
    const target = rows.find(({ id }) => id === targetId)
    const sources = rows.filter(({ id }) => sourceIds.includes(id))
    if (!target || sources.length < sourceIds.length) return refuse({ code: 'not_found', what: 'ticket' })
    refuseUnfit(target, sources)
    const changed = await sql.query<{ id: bigint }>(
      'merge-tickets',
      `with away as (
         update ticket set status = 'closed', merged_into = $3
         where shop_id = $1 and (id = any ($2) or merged_into = any ($2)) returning id
       ), parts as (select * from ticket where shop_id = $1 and (id = any ($2) or id = $3)
       ), newest as (select * from parts order by last_message_id desc, id desc limit 1
       ), grown as (
         update ticket t set
           status = case when t.status = 'spam' or not exists (select from parts p where p.status = 'open') then t.status else 'open' end,
           waiting_since = (select min(p.waiting_since) from parts p where p.status = 'open'),
           first_response_at = coalesce(t.first_response_at, (select min(p.first_response_at) from parts p)),
           due_at = (select min(p.due_at) from parts p where p.first_response_at is null),
           assignee_id = coalesce(t.assignee_id, (select p.assignee_id from parts p where p.assignee_id is not null order by p.id desc limit 1)),
           tags = (select coalesce(array_agg(distinct tag), '{}') from parts p, unnest(p.tags) tag),
           last_message_id = n.last_message_id, last_channel = n.last_channel, preview = n.preview,
           activity_at = (select max(p.activity_at) from parts p)
         from newest n where t.shop_id = $1 and t.id = $3 returning t.id
       ) select id from away union all select id from grown`,
      [shopId, sourceIds, targetId],
    )
    const actId = await keep(
      sql,
      { ...input, at },
      rows,
      changed.map(({ id }) => id),
    )
    await tell(sql, { ...input, at }, target, sources)
    await writeAudit(sql, {
      shopId,
      customerId: target.customer_id,
      actor: input.by.actor,
      action: 'ticket_merge',
      data: { ticket: String(targetId), sources: sourceIds.map(String) },
      at,
    })
    return { actId, changed: changed.map(({ id }) => id) }
  })
}

/** By id, as everything that locks several; with what went into the sources before, which goes along. */
function lockFamily(sql: Sql, shopId: bigint, ids: bigint[]): Promise<MergedRow[]> {
  return sql.query<MergedRow>(
    'lock-ticket-family',
    `select t.id, t.number, t.subject, t.customer_id, t.merged_into, ticket_state(t) as state,
       exists (select from session s where s.shop_id = $1 and s.ticket_id = t.id and s.state = 'open')
         or exists (select from held_mail h where h.shop_id = $1 and h.ticket_id = t.id and h.decision is null)
         or exists (select from work_offer w where w.shop_id = $1 and w.ticket_id = t.id and w.state in ('open', 'agreed') and w.message_id is null) as busy
     from ticket t where t.shop_id = $1 and (t.id = any ($2) or t.merged_into = any ($2)) order by t.id for no key update`,
    [shopId, ids],
  )
}

function refuseUnfit(target: MergedRow, sources: MergedRow[]): void {
  if (target.merged_into !== null)
    refuseField('into', `#${target.number} went into another ticket itself; choose that one`)
  const gone = sources.find((source) => source.merged_into !== null)
  if (gone) refuseField('tickets', `#${gone.number} went into another ticket already`)
  const other = sources.find((source) => source.customer_id !== target.customer_id)
  if (other)
    refuseField(
      'tickets',
      `#${other.number} is another customer's; merge the customers first if they are one person`,
    )
  const busy = sources.find((source) => source.busy)
  if (busy)
    refuseField(
      'tickets',
      `on #${busy.number} a session, an offer of work or an answer by mail is open; end it first`,
    )
}

async function keep(
  sql: Sql,
  act: { shopId: bigint; by: TicketActor; at: Date },
  before: MergedRow[],
  ids: bigint[],
): Promise<bigint> {
  const [row] = await sql.query<{ id: bigint }>(
    'keep-merge',
    `insert into ticket_act (shop_id, actor, kind, tickets, at)
     select $1, $2, 'merge', jsonb_agg(jsonb_build_object('id', t.id, 'before', b.state, 'after', ticket_state(t))), $3
     from ticket t join jsonb_to_recordset($4) b (id bigint, state jsonb) on b.id = t.id
     where t.shop_id = $1 and t.id = any ($5) returning id`,
    [
      act.shopId,
      act.by.actor,
      act.at,
      JSON.stringify(before.map(({ id, state }) => ({ id: Number(id), state }))),
      ids,
    ],
  )
  if (!row) throw new Error('keeping a merge returned nothing')
  return row.id
}

async function tell(
  sql: Sql,
  act: { shopId: bigint; targetId: bigint; by: TicketActor; at: Date },
  target: MergedRow,
  sources: MergedRow[],
): Promise<void> {
  const events = sources.flatMap(({ id, number, subject }) => [
    { id: Number(act.targetId), kind: 'merged', data: { by: act.by.name, number, subject } },
    { id: Number(id), kind: 'merged_away', data: { by: act.by.name, number: target.number } },
  ])
  await sql.query(
    'tell-merge',
    `insert into ticket_event (shop_id, ticket_id, kind, data, at)
     select $1, e.id, e.kind, e.data, $3 from jsonb_to_recordset($2) e (id bigint, kind text, data jsonb)`,
    [act.shopId, JSON.stringify(events), act.at],
  )
}
