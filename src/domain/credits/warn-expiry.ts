import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { type WarningDay, warningDayOf } from './warning-days.ts'

/** A grant as its warning names it; kept with the message, so that the mail says what held when it was decided. */
export interface EndingGrant {
  name: string
  /** What is left of it, in units. */
  units: string
  /** The last instant of validity, ISO 8601. */
  expiresAt: string
}

// $1 shop, $2 to $4 the days and the bounds of their ends, $5 when the shop's today began. What was warned of today is left
// out with all of its customer: there is one mail a day (rule 13).
const ending = (of: string) => `
  select g.id, g.customer_id, w.days, g.name, g.expires_at, g.entitled - g.consumed - g.held - g.expired + g.overdraft as net
  from unnest($2::int[], $3::timestamptz[], $4::timestamptz[]) as w (days, after, until)
  cross join lateral (
    select * from credit_grant c
    where c.shop_id = $1 and c.live and c.expires_at is not null and c.expires_at > w.after and c.expires_at <= w.until
      and not c.frozen and c.created_at < $5 ${of}
    offset 0) g
  where not exists (select from expiry_warning e where e.shop_id = $1 and e.grant_id = g.id and e.days = w.days)
    and not exists (select from expiry_warning e where e.shop_id = $1 and e.customer_id = g.customer_id and e.at >= $5)`

/** The customers of one shop who are to be warned now. Reads what ends on three days, by an index of only what is left. */
export const customersToWarn = `select distinct customer_id as id from (${ending('')}) e order by 1`

const warnCustomer = `
  with ending as (${ending('and c.customer_id = $6')}),
  written as (
    insert into expiry_warning (shop_id, grant_id, days, customer_id, at)
    select $1, id, days, $6, $7 from ending on conflict do nothing returning grant_id)
  select e.name, e.net::text as units, e.expires_at from ending e join written w on w.grant_id = e.id order by e.expires_at, e.id`

/**
 * Queues the mails that warn customers of the end of their credits, 30, 7 and 1 days before, from the shop's morning on: one a
 * customer and day, naming all that ends then. Guard, message and send job commit together, so each warning is given once
 * whatever the number of workers. Frozen grants and those without remainder are left out, and so are customers without e-mail.
 * Returns how many mails it queued.
 */
export async function warnExpiry(deps: Pick<Deps, 'db' | 'clock' | 'log'>): Promise<number> {
  const at = deps.clock.now()
  const shops = await deps.db.query<{ id: bigint; timezone: string }>(
    'shops-to-warn',
    'select id, timezone from shop order by id',
    [],
  )
  let queued = 0
  for (const shop of shops) {
    const day = warningDayOf(at, shop.timezone)
    if (!day) continue
    const customers = await deps.db.query<{ id: bigint }>(
      'customers-to-warn',
      customersToWarn,
      dayOf(shop.id, day),
    )
    for (const { id: customerId } of customers) {
      const warning = { shopId: shop.id, customerId, day, at }
      try {
        if (await deps.db.transaction((sql) => queueWarning(sql, warning))) queued += 1
      } catch (error) {
        deps.log.error(
          { err: error, shopId: String(shop.id), customerId: String(customerId) },
          'expiry warning not queued',
        )
      }
    }
  }
  return queued
}

function dayOf(shopId: bigint, { today, endings }: WarningDay): unknown[] {
  return [
    shopId,
    endings.map((one) => one.days),
    endings.map((one) => one.after),
    endings.map((one) => one.until),
    today,
  ]
}

async function queueWarning(
  sql: Sql,
  { shopId, customerId, day, at }: { shopId: bigint; customerId: bigint; day: WarningDay; at: Date },
): Promise<boolean> {
  // Before anything is read: what has ended meanwhile expires first, and a second worker waits here and finds the guard.
  await sql.query('lock-account', 'select from lock_account($1, $2, $3)', [shopId, customerId, at])
  const [ticket] = await sql.query<{ id: bigint; address: string | null }>(
    'ticket-to-warn',
    // It is the owner's matter, not that of an engineer who asked last.
    `select t.id, coalesce(o.email, case when r.id is null or r.buyer then t.reply_email end, (
       select value from contact c where c.shop_id = $1 and c.customer_id = $2 and c.kind = 'email' order by created_at, value limit 1)) as address
     from ticket t
     left join authorised_contact o on o.shop_id = t.shop_id and o.customer_id = t.customer_id and o.owner
     left join authorised_contact r on r.shop_id = t.shop_id and r.id = t.requester_id
     where t.shop_id = $1 and t.customer_id = $2 and t.status <> 'spam' order by t.id desc limit 1`,
    [shopId, customerId],
  )
  if (!ticket?.address) return false
  const grants = await sql.query<{ name: string; units: string; expires_at: Date }>(
    'warn-customer',
    warnCustomer,
    [...dayOf(shopId, day), customerId, at],
  )
  if (grants.length === 0) return false
  await queueMail(sql, {
    shopId,
    ticketId: ticket.id,
    address: ticket.address,
    ending: grants.map(({ name, units, expires_at }) => ({
      name,
      units,
      expiresAt: expires_at.toISOString(),
    })),
    at,
  })
  return true
}

async function queueMail(
  sql: Sql,
  mail: { shopId: bigint; ticketId: bigint; address: string; ending: EndingGrant[]; at: Date },
): Promise<void> {
  const [message] = await sql.query<{ id: bigint }>(
    'queue-expiry-warning',
    `insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, template, data, address, state, created_at)
     values ($1, $2, 'outbound', 'email', 'system', '', '', 'expiry-warning', $3, $4, 'queued', $5) returning id`,
    [mail.shopId, mail.ticketId, JSON.stringify({ ending: mail.ending }), mail.address, mail.at],
  )
  if (!message) throw new Error('queuing an expiry warning returned nothing')
  await enqueueJob(sql, 'send_message', {
    shopId: String(mail.shopId),
    ticketId: String(mail.ticketId),
    messageId: String(message.id),
  })
}
