import type { Deps } from '../deps.ts'

/**
 * The shop whose ticket with this phone was last active; undefined for a number that nobody has. Only for the sandbox, whose
 * phone belongs to no shop: real texts name theirs by the address that they arrive at.
 */
export async function findTextedShop(deps: Pick<Deps, 'db'>, phone: string): Promise<bigint | undefined> {
  const [found] = await deps.db.query<{ shop_id: bigint }>(
    'texted-shop',
    `select p.shop_id from contact p
     join ticket t on t.shop_id = p.shop_id and t.customer_id = p.customer_id
     where p.kind = 'phone' and p.value = $1 order by t.activity_at desc, t.id desc limit 1`,
    [phone],
  )
  return found?.shop_id
}
