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

const filters: { name: string; of(input: FindCustomers): unknown; condition: string }[] = [
  { name: 'id', of: ({ id }) => id, condition: 'c.id = VALUE::bigint' },
  {
    name: 'email',
    of: ({ email }) => email?.trim().toLowerCase(),
    condition: `c.id in (select customer_id from contact where shop_id = $1 and kind = 'email' and value = VALUE::text)`,
  },
  {
    name: 'phone',
    of: ({ phone }) => phone?.replace(/[\s()-]/g, ''),
    condition: `c.id in (select customer_id from contact where shop_id = $1 and kind = 'phone' and value = VALUE::text)`,
  },
  {
    name: 'order',
    of: ({ order }) => order,
    condition: `c.id in (select customer_id from shop_order where shop_id = $1 and external_id = VALUE::text)`,
  },
]

/** Customers in the order of their ids, all filters together; `next` when there may be more. */
export async function findCustomers(
  deps: Pick<Deps, 'db'>,
  input: FindCustomers,
): Promise<{ customers: FoundCustomer[]; next?: bigint }> {
  // Only the filters that are asked for: one that might be absent would be looked up in no index, for any value.
  const asked = filters.filter(({ of }) => of(input) !== undefined)
  const values: unknown[] = [input.shopId, input.after ?? 0n, input.limit + 1]
  const conditions = asked.map(
    ({ of, condition }) => `and ${condition.replace('VALUE', () => `$${values.push(of(input))}`)}`,
  )
  const rows = await deps.db.query<FoundCustomer>(
    ['find-customers', ...asked.map(({ name }) => name)].join('-by-'),
    `select c.id, c.shop_customer_id as "shopCustomerId", c.name, c.company, c.country, c.locale, c.created_at as "createdAt",
       array(select value from contact k where k.shop_id = c.shop_id and k.customer_id = c.id and k.kind = 'email' order by created_at, value) as emails,
       array(select value from contact k where k.shop_id = c.shop_id and k.customer_id = c.id and k.kind = 'phone' order by created_at, value) as phones
     from customer c
     where c.shop_id = $1 and c.id > $2 and c.merged_into is null ${conditions.join(' ')}
     order by c.id limit $3`,
    values,
  )
  const customers = rows.slice(0, input.limit)
  const last = customers.at(-1)
  return rows.length > input.limit && last ? { customers, next: last.id } : { customers }
}
