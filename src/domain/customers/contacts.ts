import type { Sql } from '../../db/database.ts'

export interface ContactValue {
  kind: 'email' | 'phone'
  value: string
}

/** Adds ways to reach a customer; those that are known stay as they are, also verified. */
export async function addContacts(
  sql: Sql,
  owner: { shopId: bigint; customerId: bigint; at: Date },
  contacts: readonly ContactValue[],
): Promise<void> {
  const { shopId, customerId, at } = owner
  await Promise.all(
    contacts.map((contact) =>
      sql.query(
        'add-contact',
        `insert into contact (shop_id, customer_id, kind, value, created_at) values ($1, $2, $3, $4, $5)
         on conflict do nothing`,
        [shopId, customerId, contact.kind, contact.value, at],
      ),
    ),
  )
}

/** The address to write to when nothing else names one: the owner's; of the buyer's a verified one first, then the oldest. */
export async function bestEmail(sql: Sql, shopId: bigint, customerId: bigint): Promise<string | undefined> {
  const [contact] = await sql.query<{ value: string }>(
    'best-email',
    `select email as value from authorised_contact where shop_id = $1 and customer_id = $2 and owner and email is not null
     union all
     (select value from contact where shop_id = $1 and customer_id = $2 and kind = 'email'
      order by verified_at nulls last, created_at, value limit 1)
     limit 1`,
    [shopId, customerId],
  )
  return contact?.value
}
