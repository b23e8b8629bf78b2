import type { Deps } from '../deps.ts'

export interface FindCustomers {
  shopId: bigint
  id?: bigint
  email?: string
  /** E.164. */
  phone?: string
  /** The shop's order id. */
  order?: string
  /** Id after which to go on; from the `next` of the page before. */
  after?: bigint
  limit: number
}

export interface FoundCustomer {
  id: bigint
  shopCustomerId: string | null
  name: string
  company: string
  country: string
  locale: string
  emails: string[]
  phones: string[]
  createdAt: Date
}

/** Customers in the order of their ids, all filters together; `next` when there may be more. */
export async function findCustomers(
  deps: Pick<Deps, 'db'>,
  input: FindCustomers,
): Promise<{ customers: FoundCustomer[]; next?: bigint }> {
  const rows = await deps.db.query<FoundCustomer>(
    'find-customers',
    `select c.id, c.shop_customer_id as "shopCustomerId", c.name, c.company, c.country, c.locale, c.created_at as "createdAt",
       array(select value from contact k where k.shop_id = c.shop_id and k.customer_id = c.id and k.kind = 'email' order by created_at, value) as emails,
       array(select value from contact k where k.shop_id = c.shop_id and k.customer_id = c.id and k.kind = 'phone' order by created_at, value) as phones
     from customer c
     where c.shop_id = $1 and c.id > $2 and c.merged_into is null
       and ($3::text is null or c.id in (select customer_id from contact where shop_id = $1 and kind = 'email' and value = $3))
       and ($4::text is null or c.id in (select customer_id from contact where shop_id = $1 and kind = 'phone' and value = $4))
       and ($5::text is null or c.id in (select customer_id from shop_order where shop_id = $1 and external_id = $5))
       and ($7::bigint is null or c.id = $7)
     order by c.id limit $6`,
    [
      input.shopId,
      input.after ?? 0n,
      input.email?.trim().toLowerCase() ?? null,
      input.phone?.replace(/[\s()-]/g, '') ?? null,
      input.order ?? null,
      input.limit + 1,
      input.id ?? null,
    ],
  )
  const customers = rows.slice(0, input.limit)
  const last = customers.at(-1)
  return rows.length > input.limit && last ? { customers, next: last.id } : { customers }
}
