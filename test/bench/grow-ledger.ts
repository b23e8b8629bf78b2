import type pg from 'pg'

/** Units that a grown grant has and has used: far more than a run spends is left. */
const grantUnits = 100_000_000
/** Entries of one grown customer: one grant and its spends. */
const entriesEach = 100

/**
 * Gives the owner of a ticket `live` more grants that pay, all of one day, and as many that are spent: an account on which
 * nothing but the burn order's index tells who pays.
 */
export async function growGrants(
  client: pg.Client,
  shopId: string,
  ticketId: string,
  live: number,
): Promise<void> {
  await client.query(
    `select create_grant($1, t.customer_id, 'api', null, null, null, 'Support', array['email', 'portal'],
       '{"email": {"per": "reply", "units": 100}, "portal": {"per": "reply", "units": 100}}', 1000, 1000, null, null, null, null,
       'bench', 'grow', 'many:' || n, '\\x00', 'agent', '1', 'system', now())
     from ticket t, generate_series(1, $3::int * 2) n where t.shop_id = $1 and t.id = $2`,
    [shopId, ticketId, live],
  )
  await client.query(
    `select ledger_move(g.shop_id, g.customer_id, g.id, 'spend', 0, 1000, 0, 0, 0, 0, 'grow', 'spent:' || g.id, 'agent', '1', 'system', null, now())
     from credit_grant g join ticket t on t.shop_id = g.shop_id and t.customer_id = g.customer_id
     where t.shop_id = $1 and t.id = $2 and g.reason = 'bench' and g.units_each = 1000 and g.id % 2 = 0`,
    [shopId, ticketId],
  )
  await client.query('vacuum analyze')
}

/**
 * Adds about `entries` ledger entries of further customers, 100 each over three years, and `hot` of them to the account of
 * `ticketId`. Ten million rows one by one would take hours, so they are written in sets, without the triggers that look at each
 * row, and indexed afterwards; `check` functions of the table still look at every row.
 */
export async function growLedger(
  client: pg.Client,
  shopId: string,
  ticketId: string,
  entries: number,
  hot: number,
): Promise<void> {
  const customers = Math.ceil(entries / entriesEach)
  await client.query(`set maintenance_work_mem = '256MB'`)
  await client.query('set session_replication_role = replica')
  const putBack = await dropIndexes(client, 'ledger_entry')
  await client.query(
    `with made as (
       insert into customer (shop_id, guest_email, name, created_at)
       select $1, 'ledger' || n || '@example.test', 'Ledger ' || n, now() - interval '3 years' from generate_series(1, $2::int) n returning id
     ), opened as (
       insert into account (shop_id, customer_id, available) select $1, id, $3::bigint - 100 * ($4::int - 1) from made returning customer_id
     ) insert into credit_grant (shop_id, customer_id, source, name, channels, prices, units_each, live, promised, entitled, consumed, reason, created_at)
     select $1, customer_id, 'api', 'Support', array['email', 'portal'], '{"email": {"per": "reply", "units": 100}}', $3, true, $3, $3,
       100 * ($4::int - 1), 'grown', now() - interval '3 years' from opened`,
    [shopId, customers, grantUnits, entriesEach],
  )
  await client.query(
    `insert into ledger_entry (shop_id, customer_id, grant_id, kind, entitled, consumed, operation, key, cause_kind, cause_id, actor, at)
     select g.shop_id, g.customer_id, g.id, case n when 0 then 'grant' else 'spend' end, case n when 0 then $2::bigint else 0 end,
       case n when 0 then 0 else 100 end, 'grow', g.id || ':' || n, 'message', g.id || ':' || n, 'agent:1',
       now() - interval '3 years' + n * interval '10 days' + g.id % 86400 * interval '1 second'
     from generate_series(0, $3::int - 1) n cross join credit_grant g where g.shop_id = $1 and g.reason = 'grown'`,
    [shopId, grantUnits, entriesEach],
  )
  await client.query(
    `with owner as (
       select g.shop_id, g.customer_id, g.id from credit_grant g join ticket t on t.shop_id = g.shop_id and t.customer_id = g.customer_id
       where t.shop_id = $1 and t.id = $2 order by g.id limit 1
     ), entered as (
       insert into ledger_entry (shop_id, customer_id, grant_id, kind, consumed, operation, key, cause_kind, cause_id, actor, at)
       select shop_id, customer_id, id, 'spend', 1, 'grow', 'hot:' || n, 'message', '1:' || n, 'agent:1', now() - n * interval '15 minutes'
       from owner, generate_series(1, $3::int) n
     ), used as (
       update credit_grant g set consumed = consumed + $3::int from owner o where g.shop_id = o.shop_id and g.id = o.id
     ) update account a set available = available - $3::int from owner o where a.shop_id = o.shop_id and a.customer_id = o.customer_id`,
    [shopId, ticketId, hot],
  )
  for (const statement of putBack) await client.query(statement)
  await client.query('set session_replication_role = origin')
  await client.query('vacuum analyze')
  await client.query('checkpoint')
}

/** Drops a table's indexes and returns the statements that make them again. */
async function dropIndexes(client: pg.Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string; index: string; constraint: string | null }>(
    `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as index, pg_get_constraintdef(c.oid) as constraint
     from pg_index i left join pg_constraint c on c.conindid = i.indexrelid and c.contype in ('p', 'u')
     where i.indrelid = $1::regclass`,
    [table],
  )
  for (const { name, constraint } of rows) {
    await client.query(constraint ? `alter table ${table} drop constraint ${name}` : `drop index ${name}`)
  }
  return rows.map(({ name, index, constraint }) =>
    constraint ? `alter table ${table} add constraint ${name} ${constraint}` : index,
  )
}
