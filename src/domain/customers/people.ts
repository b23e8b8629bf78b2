import type { Sql } from '../../db/database.ts'

/** Who may write on an account: the buyer or an authorised contact. */
export interface Person {
  id: bigint
  name: string
  /** Where mail goes; the buyer's is the best of the customer's addresses. */
  email: string | null
  /** E.164. */
  phone: string | null
  buyer: boolean
  owner: boolean
  maySeeStatement: boolean
  linkVersion: number
  /** Null until the address is known to be theirs. */
  confirmedAt: Date | null
  createdAt: Date
  removedAt: Date | null
}

const buyersAddress = (kind: 'email' | 'phone') => `(select k.value from contact k
    where k.shop_id = a.shop_id and k.customer_id = a.customer_id and k.kind = '${kind}'
    order by k.verified_at nulls last, k.created_at, k.value limit 1)`

/** Columns of a Person over `authorised_contact a join customer c`. */
export const personColumns = `a.id, case when a.buyer then c.name else a.name end as name,
  case when a.buyer then ${buyersAddress('email')} else a.email end as email,
  case when a.buyer then ${buyersAddress('phone')} else a.phone end as phone,
  a.buyer, a.owner, a.owner or a.may_see_statement as "maySeeStatement", a.link_version as "linkVersion",
  a.confirmed_at as "confirmedAt", a.created_at as "createdAt", a.removed_at as "removedAt"`

/** All people of an account, removed ones too, in the order in which they came. Empty when there is no such customer. */
export function loadPeople(sql: Sql, account: { shopId: bigint; customerId: bigint }): Promise<Person[]> {
  return sql.query<Person>(
    'load-people',
    `select ${personColumns} from authorised_contact a
     join customer c on c.shop_id = a.shop_id and c.id = a.customer_id
     where a.shop_id = $1 and a.customer_id = $2 order by a.removed_at nulls first, a.id`,
    [account.shopId, account.customerId],
  )
}

/** Where answers go when nobody in particular asked: the owner's addresses. */
export function ownerOf(people: readonly Person[]): Person {
  const owner = people.find((person) => person.owner)
  if (!owner) throw new Error('an account has no owner')
  return owner
}
