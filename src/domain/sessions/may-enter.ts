import type { Sql } from '../../db/database.ts'
import type { RoomPass } from '../secrets/links.ts'

/** Whether the person of a customer's pass may still be there: not removed, and the link is not void. */
export async function mayEnter(
  sql: Sql,
  pass: Pick<RoomPass, 'shopId' | 'sessionId' | 'side' | 'person'>,
): Promise<boolean> {
  if (pass.side === 'agent') return true
  const [found] = await sql.query(
    'may-enter-room',
    `select from session s
     join ticket t on t.shop_id = s.shop_id and t.id = s.ticket_id
     join authorised_contact a on a.shop_id = t.shop_id and a.customer_id = t.customer_id and a.removed_at is null
       and case when $3::bigint is null then a.buyer else a.id = $3 and a.link_version = $4 end
     where s.shop_id = $1 and s.id = $2`,
    [pass.shopId, pass.sessionId, pass.person?.contactId ?? null, pass.person?.version ?? null],
  )
  return found !== undefined
}
