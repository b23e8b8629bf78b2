import type { Sql } from '../../db/database.ts'

/** An account on which an address may write, and as whom. */
export interface AddressMatch {
  customerId: bigint
  customerName: string
  company: string
  contactId: bigint
  contactName: string
  /** The customer's own address; otherwise that of an authorised contact. */
  buyer: boolean
}

/**
 * Every account of the shop on which an address may write, by the customer's id: customers whose own address it is, and those
 * who let its holder write. An engineer of two firms gives two; the caller asks or chooses. `value`: an e-mail in lower case
 * or a phone in E.164.
 */
export function findByAddress(
  sql: Sql,
  address: { shopId: bigint; kind: 'email' | 'phone'; value: string },
): Promise<AddressMatch[]> {
  return sql.query<AddressMatch>(
    'find-by-address',
    `select distinct on (a.customer_id) a.customer_id as "customerId", c.name as "customerName", c.company, a.id as "contactId",
       case when a.buyer then c.name else a.name end as "contactName", a.buyer
     from (
       select shop_id, id from authorised_contact where shop_id = $1 and $2::text = 'email' and email = $3 and removed_at is null
       union all
       select shop_id, id from authorised_contact where shop_id = $1 and $2 = 'phone' and phone = $3 and removed_at is null
       union all
       select b.shop_id, b.id from contact k
       join authorised_contact b on b.shop_id = k.shop_id and b.customer_id = k.customer_id and b.buyer and b.removed_at is null
       where k.shop_id = $1 and k.kind = $2 and k.value = $3) found
     join authorised_contact a on a.shop_id = found.shop_id and a.id = found.id and a.confirmed_at is not null
     join customer c on c.shop_id = a.shop_id and c.id = a.customer_id
     order by a.customer_id, a.buyer`,
    [address.shopId, address.kind, address.value],
  )
}
