import type pg from 'pg'

/**
 * Adds tickets with 3 to 4 messages each, one customer with credits for three of them: rows as the use cases leave them, made
 * by few statements because a million of them are wanted.
 */
export async function growDatabase(client: pg.Client, shopId: string, tickets: number): Promise<void> {
  const customers = Math.ceil(tickets / 3)
  await client.query('begin')
  await client.query(
    `with made as (
       insert into customer (shop_id, guest_email, name, created_at)
       select $1, 'grown' || n || '@example.test', 'Grown ' || n, now() from generate_series(0, $2::int - 1) n
       returning id, guest_email
     ), reached as (
       insert into contact (shop_id, customer_id, kind, value, created_at)
       select $1, id, 'email', guest_email, now() from made
     ) insert into account (shop_id, customer_id) select $1, id from made`,
    [shopId, customers],
  )
  await client.query(
    'create temp table grown as select customer_id, row_number() over (order by customer_id) - 1 as n from account order by customer_id desc limit $1',
    [customers],
  )
  await client.query(
    `select create_grant($1, customer_id, 'api', null, null, null, 'Support', array['email', 'portal'],
       '{"email": {"per": "reply", "units": 100}, "portal": {"per": "reply", "units": 100}}', 1000, 1000, null, null, null, null,
       'bench', 'grow', customer_id::text, '\\x00', 'agent', '1', 'system', now())
     from grown`,
    [shopId],
  )
  await client.query(
    `insert into ticket (shop_id, number, customer_id, subject, reply_email, status, preview, last_channel, activity_at, created_at)
     select $1, 10000 + t, g.customer_id, 'Question ' || t, 'grown@example.test', (array['open', 'waiting', 'closed'])[1 + t % 3],
       'Thank you', 'email', now() - t * interval '1 minute', now() - t * interval '1 minute'
     from generate_series(0, $2::int - 1) t join grown g on g.n - (select min(n) from grown) = t / 3`,
    [shopId, tickets],
  )
  await client.query(
    `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, state, created_at)
     select $1, t.id, case m % 2 when 0 then 'outbound' else 'inbound' end, 'email', case m % 2 when 0 then 'agent' else 'customer' end,
       'Ana', repeat('How do I print? ', 20), case m % 2 when 0 then 'delivered' else 'received' end, t.created_at
     from ticket t, generate_series(1, 3 + (t.number % 3 = 0)::int) m where t.shop_id = $1 and t.number >= 10000`,
    [shopId],
  )
  // As the index of words is filled; all texts are alike, so that a word of them stands in every ticket.
  await client.query(
    `insert into ticket_search (shop_id, ticket_id, number, words)
     select $1, t.id, t.number, array_to_tsvector(array(select t.shop_id || '/' || w from unnest(array['question', 'how', 'do', 'i', 'print', 'ana', 'grown', t.number::text,
           (t.number - 10000)::text, 'm/' || c.guest_email, 'c/email', 'f/grown',
           case when t.number % 50 = 0 then 'printer' else 'scanner' end]) w))
     from ticket t join customer c on c.shop_id = t.shop_id and c.id = t.customer_id where t.shop_id = $1 and t.number >= 10000`,
    [shopId],
  )
  await client.query(
    `update ticket set last_message_id = m.id, searched_message = m.id
     from (select ticket_id, max(id) as id from message where shop_id = $1 group by 1) m
     where ticket.shop_id = $1 and ticket.id = m.ticket_id and ticket.number >= 10000`,
    [shopId],
  )
  await client.query('drop table grown')
  await client.query('commit')
  await client.query('vacuum analyze')
}
