import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { readPeriod, type StatementPeriod } from './statement-period.ts'
import { type StatementRow, statementQuery } from './statement-query.ts'

export interface ReadStatement {
  shopId: bigint
  customerId: bigint
  /** Days in the shop's time zone, "2026-03-01"; `to` is included. Default: the current month. */
  from?: string
  to?: string
  /** The last line of the page before. */
  after?: { at: Date; id: bigint }
  /** Lines on a page; without it all lines come. */
  limit?: number
}

/** Totals in units; those after `moved` are what went away, so positive. Rule 16 joins them. */
export interface StatementTotals {
  opening: bigint
  granted: bigint
  restored: bigint
  reversed: bigint
  adjusted: bigint
  moved: bigint
  spent: bigint
  posted: bigint
  revoked: bigint
  expired: bigint
  settled: bigint
  closing: bigint
}

/** A figure at the beginning and at the end of the period. */
export interface Turn {
  opening: bigint
  closing: bigint
}

export type StatementKind =
  | 'grant'
  | 'restore'
  | 'reverse'
  | 'adjust'
  | 'move_in'
  | 'move_out'
  | 'spend'
  | 'post'
  | 'revoke'
  | 'expire'
  | 'settle'
  | 'forgive'

/** One entry as it moved what the customer can spend. */
export interface StatementLine {
  id: bigint
  at: Date
  kind: StatementKind
  /** Signed: negative went away. */
  units: bigint
  /** What it added to, or cleared of, the deficit. */
  owedUnits: bigint
  /** What the customer could spend after it, held units included. */
  balance: bigint
  grantId: bigint
  packageName: string
  source: string
  /** The shop's order behind the grant. */
  order?: { id: string; number: string }
  cause: { kind: string; id: string }
  actor: string
  reason?: string
  /** The agent who wrote the message or held the session, else who acted. */
  agent?: string
  ticket?: { id: bigint; number: number; subject: string }
  message?: { id: bigint; channel: string }
  session?: { id: bigint; actualSeconds: number; billedSeconds: number }
}

export interface Statement {
  period: StatementPeriod
  timeZone: string
  shopName: string
  shopLocale: string
  customer: { id: bigint; name: string; company: string }
  totals: StatementTotals
  /** Held units are part of opening and closing; this says how much of them waits for a session's bill. */
  held: Turn
  deficit: Turn
  overdraft: Turn
  /** Oldest first. */
  lines: StatementLine[]
  /** Where the next page begins; absent on the last. */
  next?: { at: Date; id: bigint }
}

interface Owner {
  timezone: string
  shop_name: string
  shop_locale: string
  name: string
  company: string
}

/**
 * What moved on an account in a period (rule 16): totals of the whole period and a page of lines, of one snapshot.
 * opening + granted + restored + reversed + adjusted + moved - spent - posted - revoked - expired - settled = closing.
 * Writes what expired until now, so that the last balance is what the customer can spend.
 * Throws Refused: `not_found` for the customer, `invalid` naming `from` or `to`.
 */
export async function readStatement(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ReadStatement,
): Promise<Statement> {
  const now = deps.clock.now()
  const { shopId, customerId } = input
  const [owner] = await deps.db.query<Owner>(
    'statement-owner',
    `select s.timezone, s.name as shop_name, s.locale as shop_locale, c.name, c.company,
       case when a.next_expiry <= $3 then (lock_account($1, $2, $3)).customer_id end as expired
     from account a join customer c on c.shop_id = a.shop_id and c.id = a.customer_id join shop s on s.id = a.shop_id
     where a.shop_id = $1 and a.customer_id = $2`,
    [shopId, customerId, now],
  )
  if (!owner) return refuse({ code: 'not_found', what: 'customer' })
  const period = readPeriod(input, now, owner.timezone)
  const rows = await deps.db.query<StatementRow>('statement', statementQuery, [
    shopId,
    customerId,
    period.start,
    period.end,
    input.after?.at ?? null,
    input.after?.id ?? null,
    // One more than asked for tells whether there is a next page.
    input.limit === undefined ? null : input.limit + 1,
  ])
  const [first] = rows
  if (!first) throw new Error('a statement has totals even without lines')
  const lines = rows.flatMap((row) => (row.id === null ? [] : [toLine(row, row.id)]))
  const hasMore = input.limit !== undefined && lines.length > input.limit
  if (hasMore) lines.pop()
  const last = lines.at(-1)
  return {
    period,
    timeZone: owner.timezone,
    shopName: owner.shop_name,
    shopLocale: owner.shop_locale,
    customer: { id: customerId, name: owner.name, company: owner.company },
    totals: totalsOf(first),
    held: { opening: first.held_opening, closing: first.held_closing },
    deficit: { opening: first.deficit_opening, closing: first.deficit_closing },
    overdraft: { opening: first.overdraft_opening, closing: first.overdraft_closing },
    lines,
    ...(hasMore && last && { next: { at: last.at, id: last.id } }),
  }
}

function totalsOf(row: StatementRow): StatementTotals {
  const { opening, granted, restored, reversed, adjusted, moved } = row
  const { spent, posted, revoked, expired, settled, closing } = row
  return {
    opening,
    granted,
    restored,
    reversed,
    adjusted,
    moved,
    spent,
    posted,
    revoked,
    expired,
    settled,
    closing,
  }
}

function toLine(row: StatementRow, id: bigint): StatementLine {
  const agent = row.author ?? row.session_agent ?? row.agent_name
  return {
    id,
    at: row.at,
    // The query leaves out holds and releases, and a CHECK knows no further kind.
    kind: row.kind as StatementKind,
    units: row.units,
    owedUnits: row.owed,
    balance: row.balance,
    grantId: row.grant_id,
    packageName: row.package_name,
    source: row.source,
    cause: { kind: row.cause_kind, id: row.cause_id },
    actor: row.actor,
    ...(row.order_id !== null && { order: { id: row.order_id, number: row.order_number ?? '' } }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(agent !== null && { agent }),
    ...(row.ticket_id !== null && {
      ticket: { id: row.ticket_id, number: row.ticket_number ?? 0, subject: row.subject ?? '' },
    }),
    ...(row.message_id !== null && { message: { id: row.message_id, channel: row.channel ?? '' } }),
    ...(row.session_id !== null && {
      session: {
        id: row.session_id,
        actualSeconds: row.actual_seconds ?? 0,
        billedSeconds: row.billed_seconds ?? 0,
      },
    }),
  }
}
