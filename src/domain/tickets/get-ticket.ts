import { type Balance, type BalanceJson, readBalance } from '../credits/balance.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { type ConversationMessage, loadMessages } from './load-messages.ts'

export interface TicketEvent {
  id: string
  kind: string
  data: Record<string, unknown>
  at: Date
}

export interface TicketGrant {
  id: bigint
  name: string
  source: string
  orderNumber?: string
  entitled: bigint
  consumed: bigint
  held: bigint
  remainder: bigint
  expiresAt?: Date
  frozen: boolean
}

export interface TicketReview {
  id: string
  kind: string
  orderNumber?: string
  data: Record<string, unknown>
}

export interface TicketView {
  id: bigint
  number: number
  subject: string
  status: 'open' | 'waiting' | 'snoozed' | 'closed' | 'spam'
  replyEmail?: string
  replyPhone?: string
  linkVersion: number
  createdAt: Date
  activityAt: Date
  lastMessageId: bigint
  customer: { id: bigint; name: string; company: string; locale: string; emails: string[]; phones: string[] }
  order?: { id: bigint; externalId: string; number: string }
  openSessionId?: bigint
  balance: Balance
  tally: {
    email: number
    sms: number
    whatsapp: number
    portal: number
    videoSeconds: number
    workMinutes: number
  }
  grants: TicketGrant[]
  reviews: TicketReview[]
  orders: { number: string; status: string; total: string; currency: string; at: Date }[]
  otherTickets: { id: string; number: number; subject: string; status: TicketView['status']; at: Date }[]
  /** Oldest first; the newest 300 unless asked for older ones. */
  messages: ConversationMessage[]
  events: TicketEvent[]
  /** Id to ask for older messages with; undefined when all are there. */
  olderBefore?: bigint
}

interface CoreRow {
  id: bigint
  number: number
  subject: string
  status: TicketView['status']
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
  contacts: { kind: 'email' | 'phone'; value: string }[]
  reviews: { id: number; kind: string; order_number: string | null; data: Record<string, unknown> }[]
  orders: { number: string; status: string; total: string; currency: string; at: string }[]
  other_tickets: { id: number; number: number; subject: string; status: TicketView['status']; at: string }[]
}

// Lists beside the conversation are the newest few, so that a page costs the same for an old customer as for a new one.
const coreStatement = `
  select t.id, t.number, t.subject, t.status, t.reply_email, t.reply_phone, t.link_version, t.created_at, t.activity_at,
    t.last_message_id, t.emails, t.texts, t.whatsapps, t.portals, t.video_seconds, t.work_minutes, t.customer_id,
    c.name as customer_name, c.company, c.locale, t.order_id, o.external_id, o.number as order_number,
    (select s.id from session s where s.shop_id = t.shop_id and s.ticket_id = t.id and s.state = 'open') as open_session,
    account_balance(t.shop_id, t.customer_id, $3) as balance,
    coalesce((select json_agg(json_build_object('kind', x.kind, 'value', x.value) order by x.created_at, x.value)
      from contact x where x.shop_id = t.shop_id and x.customer_id = t.customer_id), '[]') as contacts,
    coalesce((select json_agg(json_build_object('id', r.id, 'kind', r.kind, 'order_number', o.number, 'data', r.data) order by r.id)
      from review r where r.shop_id = t.shop_id and r.ticket_id = t.id and r.resolved_at is null), '[]') as reviews,
    coalesce((select json_agg(y) from (
      select p.number, p.status, p.total::text, p.currency, coalesce(p.paid_at, p.created_at) as at from shop_order p
      where p.shop_id = t.shop_id and p.customer_id = t.customer_id order by p.id desc limit 5) y), '[]') as orders,
    coalesce((select json_agg(z) from (
      select u.id, u.number, u.subject, u.status, u.activity_at as at from ticket u
      where u.shop_id = t.shop_id and u.customer_id = t.customer_id and u.id <> t.id order by u.id desc limit 5) z), '[]') as other_tickets
  from ticket t
  join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
  left join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
  where t.shop_id = $1 and t.id = $2`

/** A ticket with all that stands around its conversation, in four round trips whatever its length. Refuses: not_found. */
export async function getTicket(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; ticketId: bigint; before?: bigint; messageLimit?: number },
): Promise<TicketView> {
  const limit = input.messageLimit ?? 300
  const [cores, page, events, grants] = await Promise.all([
    deps.db.query<CoreRow>('ticket-core', coreStatement, [input.shopId, input.ticketId, deps.clock.now()]),
    loadMessages(deps.db, { ...input, limit }),
    deps.db.query<{ id: bigint; kind: string; data: Record<string, unknown>; at: Date }>(
      'ticket-events',
      `select * from (select id, kind, data, at from ticket_event where shop_id = $1 and ticket_id = $2 order by id desc limit $3) e
       order by id`,
      [input.shopId, input.ticketId, limit],
    ),
    loadGrants(deps, input),
  ])
  const core = cores[0]
  if (!core) return refuse({ code: 'not_found', what: 'ticket' })
  return {
    ...toView(core),
    grants,
    ...page,
    events: events.map((event) => ({ ...event, id: String(event.id) })),
  }
}

async function loadGrants(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; ticketId: bigint },
): Promise<TicketGrant[]> {
  const rows = await deps.db.query<{
    id: bigint
    name: string
    source: string
    number: string | null
    entitled: bigint
    consumed: bigint
    held: bigint
    remainder: bigint
    expires_at: Date | null
    frozen: boolean
  }>(
    'ticket-grants',
    `select g.id, g.name, g.source, o.number, g.entitled, g.consumed, g.held, g.expires_at, g.frozen,
       greatest(g.entitled - g.consumed - g.held - g.expired + g.overdraft, 0) as remainder
     from ticket t
     join credit_grant g on g.shop_id = t.shop_id and g.customer_id = t.customer_id
     left join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id
     where t.shop_id = $1 and t.id = $2
     order by g.live desc, g.expires_at nulls last, g.id desc limit 20`,
    [input.shopId, input.ticketId],
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    source: row.source,
    ...(row.number === null ? {} : { orderNumber: row.number }),
    entitled: row.entitled,
    consumed: row.consumed,
    held: row.held,
    remainder: row.remainder,
    ...(row.expires_at === null ? {} : { expiresAt: row.expires_at }),
    frozen: row.frozen,
  }))
}

function toView(core: CoreRow): Omit<TicketView, 'grants' | 'messages' | 'events'> {
  return {
    id: core.id,
    number: core.number,
    subject: core.subject,
    status: core.status,
    ...(core.reply_email === null ? {} : { replyEmail: core.reply_email }),
    ...(core.reply_phone === null ? {} : { replyPhone: core.reply_phone }),
    linkVersion: core.link_version,
    createdAt: core.created_at,
    activityAt: core.activity_at,
    lastMessageId: core.last_message_id,
    customer: {
      id: core.customer_id,
      name: core.customer_name,
      company: core.company,
      locale: core.locale,
      emails: core.contacts.filter((contact) => contact.kind === 'email').map((contact) => contact.value),
      phones: core.contacts.filter((contact) => contact.kind === 'phone').map((contact) => contact.value),
    },
    ...(core.order_id === null
      ? {}
      : {
          order: {
            id: core.order_id,
            externalId: core.external_id ?? '',
            number: core.order_number ?? '',
          },
        }),
    ...(core.open_session === null ? {} : { openSessionId: core.open_session }),
    balance: readBalance(core.balance),
    tally: {
      email: core.emails,
      sms: core.texts,
      whatsapp: core.whatsapps,
      portal: core.portals,
      videoSeconds: core.video_seconds,
      workMinutes: core.work_minutes,
    },
    reviews: core.reviews.map((review) => ({
      id: String(review.id),
      kind: review.kind,
      ...(review.order_number === null ? {} : { orderNumber: review.order_number }),
      data: review.data,
    })),
    orders: core.orders.map((order) => ({ ...order, at: new Date(order.at) })),
    otherTickets: core.other_tickets.map((other) => ({
      ...other,
      id: String(other.id),
      at: new Date(other.at),
    })),
  }
}
