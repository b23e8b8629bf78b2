import type { Deps } from '../deps.ts'

/** One movement of an account as the customer sees it. `units` is signed: negative went away. */
export interface SpentLine {
  at: Date
  units: bigint
  kind:
    | 'reply'
    | 'work'
    | 'session'
    | 'purchase'
    | 'refund'
    | 'returned'
    | 'expired'
    | 'goodwill'
    | 'settled'
    | 'adjusted'
  channel?: string
  agent?: string
  subject?: string
  actualSeconds?: number
  billedSeconds?: number
  /** Of logged work. */
  workMinutes?: number
  packageName?: string
  orderNumber?: string
}

interface SpentRow {
  at: Date
  units: bigint
  kind: string
  source: string
  package_name: string
  order_number: string | null
  channel: string | null
  minutes: number | null
  author: string | null
  subject: string | null
  agent_name: string | null
  actual_seconds: number | null
  billed_seconds: number | null
}

/**
 * The newest movements that changed what the customer can spend, newest first. Holds and releases are left out: they come and
 * go within one session, and its bill says what it cost. Reads the end of the account's entries by key.
 */
export async function listSpent(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; customerId: bigint; limit: number },
): Promise<SpentLine[]> {
  // A cause's id has the form of its kind, and only CASE keeps PostgreSQL from casting one kind's id as another's.
  const rows = await deps.db.query<SpentRow>(
    'list-spent',
    `select e.at, e.units, e.kind, g.source, g.name as package_name, o.number as order_number, m.channel, m.author_name as author,
       case m.channel when 'work' then (m.data ->> 'minutes')::int end as minutes,
       t.subject, s.agent_name, s.actual_seconds, s.billed_seconds
     from (
       select *, case kind when 'post' then -consumed else entitled - consumed - expired end as units from ledger_entry
       where shop_id = $1 and customer_id = $2 and kind not in ('hold', 'release', 'forgive')
       order by id desc limit $3) e
     join credit_grant g on g.shop_id = e.shop_id and g.id = e.grant_id
     left join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id
     left join message m on m.shop_id = e.shop_id
       and m.ticket_id = case e.cause_kind when 'message' then split_part(e.cause_id, ':', 1)::bigint end
       and m.id = case e.cause_kind when 'message' then split_part(e.cause_id, ':', 2)::bigint end
     left join ticket t on t.shop_id = m.shop_id and t.id = m.ticket_id
     left join session s on s.shop_id = e.shop_id and s.id = case e.cause_kind when 'session' then e.cause_id::bigint end
     order by e.id desc`,
    [input.shopId, input.customerId, input.limit],
  )
  return rows.map(toLine)
}

function toLine(row: SpentRow): SpentLine {
  return {
    at: row.at,
    units: row.units,
    kind: kindOf(row),
    packageName: row.package_name,
    ...(row.order_number === null ? {} : { orderNumber: row.order_number }),
    ...(row.minutes === null ? {} : { workMinutes: row.minutes }),
    ...(row.channel === null ? {} : { channel: row.channel }),
    ...(row.author === null && row.agent_name === null ? {} : { agent: row.author ?? row.agent_name ?? '' }),
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.actual_seconds === null ? {} : { actualSeconds: row.actual_seconds }),
    ...(row.billed_seconds === null ? {} : { billedSeconds: row.billed_seconds }),
  }
}

function kindOf(row: SpentRow): SpentLine['kind'] {
  switch (row.kind) {
    case 'spend':
      return row.channel === 'work' ? 'work' : 'reply'
    case 'post':
      return 'session'
    case 'reverse':
      return 'returned'
    case 'expire':
      return 'expired'
    case 'settle':
      return 'settled'
    case 'adjust':
      return 'adjusted'
    case 'revoke':
    case 'move_out':
      return 'refund'
    default:
      return row.source === 'order_line' ? 'purchase' : 'goodwill'
  }
}
