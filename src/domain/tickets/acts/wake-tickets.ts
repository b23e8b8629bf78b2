import type { Deps } from '../../deps.ts'

/** How many wake at once; the rest in the next round. */
const batch = 500

/** Brings back the tickets of all shops whose rest is over, to the top of their list. Returns whether there may be more. */
export async function wakeTickets(deps: Pick<Deps, 'db' | 'clock' | 'tellDesk'>): Promise<boolean> {
  const woken = await deps.db.query<{ shop_id: bigint; id: bigint }>(
    'wake-tickets',
    `with due as (
       select shop_id, id from ticket where status = 'snoozed' and snoozed_until <= $1
       order by snoozed_until limit $2 for no key update skip locked
     ), woken as (
       update ticket t set status = 'open', activity_at = $1 from due where t.shop_id = due.shop_id and t.id = due.id
       returning t.shop_id, t.id
     ), told as (
       insert into ticket_event (shop_id, ticket_id, kind, data, at) select shop_id, id, 'woke', '{}', $1 from woken
     ) select shop_id, id from woken`,
    [deps.clock.now(), batch],
  )
  for (const { shop_id, id } of woken) deps.tellDesk(shop_id, id)
  return woken.length === batch
}

/** Removes what can be taken back no more. */
export async function purgeTicketActs(deps: Pick<Deps, 'db' | 'clock'>): Promise<void> {
  await deps.db.query(
    'purge-ticket-acts',
    "delete from ticket_act where at < $1::timestamptz - interval '2 days'",
    [deps.clock.now()],
  )
}
