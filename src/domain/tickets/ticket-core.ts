import type { Sql } from '../../db/database.ts'
import { linesOfAccount } from '../audit/list-audit.ts'
import type { BalanceJson } from '../credits/balance.ts'
import { type ContextJson, contextColumn } from '../customers/context/context.ts'
import { draftIsSentSql } from '../drafts/sent-draft.ts'
import { type QuotedChannel, type QuoteRows, quotesColumn } from './channel-quotes.ts'
import { type GrantRow, grantsColumn } from './ticket-grants.ts'

type Status = 'open' | 'waiting' | 'snoozed' | 'closed' | 'spam'

/** One row with everything of a ticket but its messages. */
export interface CoreRow {
  id: bigint
  number: number
  subject: string
  status: Status
  reply_email: string | null
  reply_phone: string | null
  link_version: number
  created_at: Date
  activity_at: Date
  last_message_id: bigint
  emails: number
  texts: number
  whatsapps: number
  portals: number
  video_seconds: number
  work_minutes: number
  customer_id: bigint
  customer_name: string
  company: string
  locale: string
  order_id: bigint | null
  external_id: string | null
  order_number: string | null
  open_session: bigint | null
  balance: BalanceJson
  grants: GrantRow[]
  contacts: { kind: 'email' | 'phone'; value: string }[]
  reviews: { id: number; kind: string; order_number: string | null; data: Record<string, unknown> }[]
  other_tickets: { id: number; number: number; subject: string; status: Status; at: string }[]
  offers: {
    id: number
    minutes: number
    body: string
    units: number
    agent: string
    state: 'open' | 'agreed'
  }[]
  events: { id: number; kind: string; data: Record<string, unknown>; at: string }[]
  tags: string[]
  due_at: Date | null
  snoozed_until: Date | null
  waiting_since: Date | null
  first_response_at: Date | null
  merged_into: bigint | null
  assignee_id: bigint | null
  assignee: string | null
  requester: { id: number; name: string; buyer: boolean } | null
  people?: { id: number; name: string; owner: boolean; units: number }[]
  asker?: { country: string; buyer: boolean; browserZone: string | null } | null
  quotes?: QuoteRows | null
  context?: ContextJson
  account_frozen?: boolean
  draft?: {
    channel: string
    body: string
    key: string
    at: string
    files: { id: number; name: string; size: number }[]
  } | null
  held_mails?: {
    id: number
    agent: string
    sender: string
    why: string
    detail: string
    text: string
    at: string
  }[]
  audit?: {
    id: number
    action: string
    agentName: string | null
    data: Record<string, unknown>
    /** Of a line from before a merge: whose account it was. */
    former: string | null
    at: string
  }[]
}

// Lists beside the conversation are the newest few, so that a page costs the same for an old customer as for a new one. A merge is told
// by the ticket that took the others in; theirs would say it a second time.
const columns = `
  select t.id, t.number, t.subject, t.status, t.reply_email, t.reply_phone, t.link_version, t.created_at, t.activity_at,
    t.last_message_id, t.emails + f.emails as emails, t.texts + f.texts as texts, t.whatsapps + f.whatsapps as whatsapps,
    t.portals + f.portals as portals, t.video_seconds + f.video_seconds as video_seconds, t.work_minutes + f.work_minutes as work_minutes,
    t.customer_id,
    c.name as customer_name, c.company, c.locale, t.order_id, o.external_id, o.number as order_number,
    (select s.id from session s where s.shop_id = t.shop_id and s.ticket_id = t.id and s.state = 'open') as open_session,
    account_balance(t.shop_id, t.customer_id, $3) as balance, ${grantsColumn},
    coalesce((select json_agg(json_build_object('kind', x.kind, 'value', x.value) order by x.created_at, x.value)
      from contact x where x.shop_id = t.shop_id and x.customer_id = t.customer_id), '[]') as contacts,
    coalesce((select json_agg(json_build_object('id', r.id, 'kind', r.kind, 'order_number', o.number, 'data', r.data) order by r.id)
      from review r where r.shop_id = t.shop_id and (r.ticket_id = t.id or r.ticket_id = any (f.ids)) and r.resolved_at is null), '[]') as reviews,
    coalesce((select json_agg(z) from (
      select u.id, u.number, u.subject, u.status, u.activity_at as at from ticket u
      where u.shop_id = t.shop_id and u.customer_id = t.customer_id and u.id <> t.id and u.merged_into is null order by u.id desc limit 5) z), '[]') as other_tickets,
    coalesce((select json_agg(f) from (
      select w.id, w.minutes, w.body, w.units, w.agent_name as agent, w.state from work_offer w
      where w.shop_id = t.shop_id and w.ticket_id = t.id and w.state in ('open', 'agreed') and w.message_id is null
      order by w.id desc limit 5) f), '[]') as offers,
    coalesce((select json_agg(e order by e.id) from (
      select n.id, n.kind, n.data, n.at from ticket_event n
      where n.shop_id = t.shop_id and (n.ticket_id = t.id or n.ticket_id = any (f.ids) and n.kind <> 'merged_away')
      order by n.id desc limit $4) e), '[]') as events,
    t.tags, case when t.first_response_at is null then t.due_at end as due_at, t.snoozed_until, t.waiting_since, t.first_response_at,
    t.merged_into, t.assignee_id,
    (select b.name from agent b where b.shop_id = t.shop_id and b.id = t.assignee_id) as assignee,
    (select json_build_object('id', r.id, 'name', case when r.buyer then c.name else r.name end, 'buyer', r.buyer)
      from authorised_contact r where r.shop_id = t.shop_id and r.id = t.requester_id) as requester`

// What was done to the account by hand, for the desk's page.
const auditColumns = `
  (select a.frozen from account a where a.shop_id = t.shop_id and a.customer_id = t.customer_id) as account_frozen,
  coalesce((select json_agg(l) from (
    select l.id, l.action, a.name as "agentName", l.data, l.at, f.name as former
    from (${linesOfAccount({ shop: 't.shop_id', customer: 't.customer_id', before: 'null::bigint', limit: '8' })}) l
    left join agent a on a.shop_id = l.shop_id and l.actor = 'agent:' || a.id
    left join customer f on f.shop_id = l.shop_id and f.id = l.customer_id and f.id <> t.customer_id
    order by l.id desc) l), '[]') as audit`

// What came by mail in an agent's name and waits for a person; for the desk's page.
const agentColumns = `
  coalesce((select json_agg(h) from (
    select h.id, b.name as agent, h.sender, h.why, h.wanted ->> 'detail' as detail, h.wanted ->> 'text' as text, h.at
    from held_mail h join agent b on b.shop_id = h.shop_id and b.id = h.agent_id
    where h.shop_id = t.shop_id and h.ticket_id = t.id and h.decision is null order by h.id limit 5) h), '[]') as held_mails`

// What the reader is writing.
const draftColumn = `
  (select json_build_object('channel', d.channel, 'body', d.body, 'key', d.form_key, 'at', d.saved_at, 'files', coalesce((
      select json_agg(json_build_object('id', f.id, 'name', f.name, 'size', f.size) order by f.id) from draft_file f
      where f.shop_id = d.shop_id and f.ticket_id = d.ticket_id and f.agent_id = d.agent_id and f.form_key = d.form_key
        and f.sent_at is null), '[]'))
    from draft d where d.shop_id = t.shop_id and d.ticket_id = t.id and d.agent_id = $5 and not (${draftIsSentSql})) as draft`

// What each of several people used since the first of the month; most customers are alone and cost nothing here.
const peopleColumn = `
  case when (select count(*) from authorised_contact a
      where a.shop_id = t.shop_id and a.customer_id = t.customer_id and a.removed_at is null) > 1
    then (select json_agg(y) from (
      select a.id, case when a.buyer then c.name else a.name end as name, a.owner, coalesce(u.units, 0) as units
      from shop s
      cross join authorised_contact a
      left join contact_tally(t.shop_id, t.customer_id,
        date_trunc('month', $3 at time zone s.timezone) at time zone s.timezone, 'infinity') u on u.contact_id = a.id
      where s.id = t.shop_id and a.shop_id = t.shop_id and a.customer_id = t.customer_id and a.removed_at is null
      order by a.id limit 20) y)
    else '[]' end as people`

// What tells the clock of whoever asks.
const askerColumn = `
  (select json_build_object('country', c.country, 'buyer', a.buyer, 'browserZone', a.time_zone) from authorised_contact a
   where a.shop_id = t.shop_id and a.customer_id = t.customer_id
     and case when t.requester_id is null then a.buyer else a.id = t.requester_id end limit 1) as asker`

const tables = `
  from ticket t
  join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
  left join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
  -- Those that went into it; one row also where there are none.
  cross join lateral (
    select coalesce(array_agg(s.id), '{}') as ids, coalesce(sum(s.emails), 0)::int as emails, coalesce(sum(s.texts), 0)::int as texts,
      coalesce(sum(s.whatsapps), 0)::int as whatsapps, coalesce(sum(s.portals), 0)::int as portals,
      coalesce(sum(s.video_seconds), 0)::int as video_seconds, coalesce(sum(s.work_minutes), 0)::int as work_minutes
    from ticket s where s.shop_id = t.shop_id and s.merged_into = t.id) f
  where t.shop_id = $1 and t.id = $2`

/** One round trip, also with the quotes. */
export async function loadTicketCore(
  sql: Sql,
  input: {
    shopId: bigint
    ticketId: bigint
    quotes?: readonly QuotedChannel[] | undefined
    agentId?: bigint
    at: Date
    eventLimit: number
  },
): Promise<CoreRow | undefined> {
  const values = [input.shopId, input.ticketId, input.at, input.eventLimit]
  const [core] = input.quotes
    ? await sql.query<CoreRow>(
        'ticket-core-quotes',
        `${columns}, ${quotesColumn}, ${auditColumns}, ${agentColumns}, ${draftColumn}, ${peopleColumn}, ${askerColumn}, ${contextColumn('t.shop_id', 't.customer_id')} as context${tables}`,
        [...values, input.agentId ?? null, input.quotes],
      )
    : await sql.query<CoreRow>('ticket-core', `${columns}${tables}`, values)
  return core
}
