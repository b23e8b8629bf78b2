import type { Deps } from '../deps.ts'

/**
 * The shop that a text is meant for. All shops of an installation text from the same number, so the address at which a text
 * arrives says little: whoever texts back answers the shop that texted this phone last. Where none has, the shop of the address
 * counts if the phone is known there, else the one whose ticket with this phone was last active. Undefined for a phone that
 * nobody has. A text that comes again goes where it went before, even when another shop has texted meanwhile.
 */
export async function findTextedShop(
  deps: Pick<Deps, 'db'>,
  text: { from: string; providerId: string; addressed?: bigint },
): Promise<bigint | undefined> {
  const [found] = await deps.db.query<{ id: bigint }>(
    'texted-shop',
    `select s.id from shop s join lateral (
       select t.id, t.activity_at, (
         select max(m.created_at) from message m
         where m.shop_id = s.id and m.ticket_id = t.id and m.direction = 'outbound' and m.channel = 'sms' and m.address = $1
           and m.state not in ('queued', 'failed')) as texted_at
       from (
         select customer_id from contact where shop_id = s.id and kind = 'phone' and value = $1
         union
         select customer_id from authorised_contact
         where shop_id = s.id and phone = $1 and removed_at is null and confirmed_at is not null) known
       join ticket t on t.shop_id = s.id and t.customer_id = known.customer_id and t.status <> 'spam') t on true
     order by exists (select from message m where m.shop_id = s.id and m.provider_id = $2) desc,
       t.texted_at desc nulls last, s.id = $3 desc, t.activity_at desc, t.id desc
     limit 1`,
    [text.from, text.providerId, text.addressed ?? 0n],
  )
  return found?.id
}
