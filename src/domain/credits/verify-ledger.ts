import type { Database, Sql } from '../../db/database.ts'

export interface LedgerProblem {
  shopId: string
  customerId: string
  grantId?: string
  /** Which figure disagrees, what stands in the projection and what the entries say, in units. */
  figure: string
  stored: string
  recomputed: string
  /** Ids of the entries that the recomputed figure comes from, newest first, at most five; and how many there are in all. */
  entries: string[]
  entryCount: number
}

export interface LedgerReport {
  accounts: number
  entries: number
  problems: LedgerProblem[]
}

// What the entries say of each grant, beside what the grant says of itself.
const grantProblems = `
  with said as (
    select shop_id, grant_id, sum(entitled) as entitled, sum(consumed) as consumed, sum(held) as held, sum(expired) as expired,
      sum(cleared) as cleared, sum(overdraft) as overdraft, sum(entitled) filter (where kind = 'adjust') as adjusted
    from ledger_entry where $1::bigint is null or shop_id = $1 group by shop_id, grant_id),
  -- What a supervisor adjusted counts for a grant and for its heirs, over any number of merges.
  adjusted as (
    select shop_id, heir_of(shop_id, grant_id) as grant_id, sum(adjusted) as units from said where adjusted is not null group by 1, 2)
  select g.shop_id::text, g.customer_id::text, g.id::text as grant_id, f.figure, f.stored::text, f.recomputed::text
  from credit_grant g left join said s on s.shop_id = g.shop_id and s.grant_id = g.id
  left join adjusted j on j.shop_id = g.shop_id and j.grant_id = g.id
  cross join lateral (values
    ('entitled', g.entitled, coalesce(s.entitled, 0)), ('consumed', g.consumed, coalesce(s.consumed, 0)),
    ('held', g.held, coalesce(s.held, 0)), ('expired', g.expired, coalesce(s.expired, 0)),
    ('cleared', g.cleared, coalesce(s.cleared, 0)), ('overdraft', g.overdraft, coalesce(s.overdraft, 0)),
    ('held_by_sessions', g.held, (select coalesce(sum(h.units), 0) from session_hold h where h.shop_id = g.shop_id and h.grant_id = g.id)),
    ('promised', g.promised, g.entitled - g.revoke_due - coalesce(j.units, 0))
  ) f(figure, stored, recomputed)
  where ($1::bigint is null or g.shop_id = $1) and f.stored <> f.recomputed
  order by g.shop_id, g.id limit 1000`

const accountProblems = `
  with said as (
    select shop_id, customer_id,
      sum(case when frozen then 0 else greatest(entitled - consumed - held - expired + overdraft, 0) end) as available,
      sum(held) as held, sum(greatest(consumed - overdraft - entitled - cleared, 0)) as deficit, sum(overdraft) as overdraft
    from credit_grant where $1::bigint is null or shop_id = $1 group by shop_id, customer_id)
  select a.shop_id::text, a.customer_id::text, null as grant_id, f.figure, f.stored::text, f.recomputed::text
  from account a left join said s on s.shop_id = a.shop_id and s.customer_id = a.customer_id
  cross join lateral (values
    ('available', a.available, coalesce(s.available, 0)), ('held', a.held, coalesce(s.held, 0)),
    ('deficit', a.deficit, coalesce(s.deficit, 0)), ('overdraft', a.overdraft, coalesce(s.overdraft, 0))
  ) f(figure, stored, recomputed)
  where ($1::bigint is null or a.shop_id = $1) and f.stored <> f.recomputed
  order by a.shop_id, a.customer_id limit 1000`

// An answered message or ended session must have moved exactly what it says it cost.
const causeProblems = `
  with moved as (
    select shop_id, min(customer_id) as customer_id, cause_kind, cause_id, sum(consumed) as charged
    from ledger_entry
    where cause_kind in ('message', 'session') and kind in ('spend', 'post') and ($1::bigint is null or shop_id = $1)
    group by shop_id, cause_kind, cause_id),
  stated as (
    select shop_id, 'message' as cause_kind, ticket_id || ':' || id as cause_id, units from message
    where units > 0 and ($1::bigint is null or shop_id = $1)
    union all
    select shop_id, 'session', id::text, units from session where units > 0 and ($1::bigint is null or shop_id = $1))
  select coalesce(m.shop_id, s.shop_id)::text as shop_id, coalesce(m.customer_id::text, '') as customer_id, null as grant_id,
    coalesce(m.cause_kind, s.cause_kind) || ' ' || coalesce(m.cause_id, s.cause_id) as figure,
    coalesce(s.units, 0)::text as stored, coalesce(m.charged, 0)::text as recomputed
  from moved m full join stated s on s.shop_id = m.shop_id and s.cause_kind = m.cause_kind and s.cause_id = m.cause_id
  where coalesce(s.units, 0) <> coalesce(m.charged, 0) limit 1000`

// The entries behind each disagreement of a grant, a message or a session; an account's figures come from its grants.
const entriesBehind = `
  select p.n::int as n, count(*)::int as "entryCount", (array_agg(e.id::text order by e.id desc))[1:5] as entries
  from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) with ordinality as p (shop_id, customer_id, grant_id, figure, n)
  join ledger_entry e on e.shop_id = p.shop_id and e.customer_id = p.customer_id and case
    when p.grant_id is null then e.cause_kind || ' ' || e.cause_id = p.figure
    else e.grant_id = p.grant_id and case p.figure
      when 'consumed' then e.consumed when 'expired' then e.expired when 'cleared' then e.cleared when 'overdraft' then e.overdraft
      when 'held' then e.held when 'held_by_sessions' then e.held else e.entitled end <> 0 end
  group by p.n`

/**
 * Recomputes every figure from the entries (invariant 2) and lists each disagreement with the entries behind it, in one
 * snapshot, beside running work. Reads every entry there is, by design: a figure that was only compared with an earlier check
 * would trust what is to be checked. At most 1,000 problems of a kind.
 */
export async function verifyLedger(
  db: Pick<Database, 'transaction'>,
  shopId?: bigint,
): Promise<LedgerReport> {
  return db.transaction(async (sql) => {
    await sql.query('verify-snapshot', 'set transaction isolation level repeatable read, read only', [])
    const shop = [shopId ?? null]
    const [counts] = await sql.query<{ accounts: number; entries: number }>(
      'verify-counts',
      `select (select count(*) from account where $1::bigint is null or shop_id = $1)::int as accounts,
         (select count(*) from ledger_entry where $1::bigint is null or shop_id = $1)::int as entries`,
      shop,
    )
    const problems: LedgerProblem[] = []
    for (const [name, text] of Object.entries({ grantProblems, accountProblems, causeProblems })) {
      const rows = await sql.query<{
        shop_id: string
        customer_id: string
        grant_id: string | null
        figure: string
        stored: string
        recomputed: string
      }>(`verify-${name}`, text, shop)
      problems.push(
        ...rows.map((row) => ({
          shopId: row.shop_id,
          customerId: row.customer_id,
          ...(row.grant_id === null ? {} : { grantId: row.grant_id }),
          figure: row.figure,
          stored: row.stored,
          recomputed: row.recomputed,
          entries: [],
          entryCount: 0,
        })),
      )
    }
    if (problems.length > 0) await nameEntries(sql, problems)
    return { accounts: counts?.accounts ?? 0, entries: counts?.entries ?? 0, problems }
  })
}

async function nameEntries(sql: Sql, problems: LedgerProblem[]): Promise<void> {
  const found = await sql.query<{ n: number; entryCount: number; entries: string[] }>(
    'verify-entries-behind',
    entriesBehind,
    [
      problems.map((one) => one.shopId),
      problems.map((one) => one.customerId || null),
      problems.map((one) => one.grantId ?? null),
      problems.map((one) => one.figure),
    ],
  )
  for (const { n, entryCount, entries } of found) {
    const problem = problems[n - 1]
    if (problem) Object.assign(problem, { entryCount, entries })
  }
}
