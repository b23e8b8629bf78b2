import type { Sql } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import { addContacts } from './contacts.ts'
import { normalLocale } from './normal-locale.ts'
import { normalPhone } from './normal-phone.ts'

export interface CustomerToResolve {
  shopId: bigint
  person: ShopOrder['customer']
  /** Of a new customer of whom the shop says none. */
  locale: string
  at: Date
}

/**
 * The customer whom an order belongs to, made with an account when there is none: by the shop's customer id, else by the
 * e-mail, never by the phone, which families and firms share. With neither it is a customer of its own.
 */
export async function resolveCustomer(sql: Sql, input: CustomerToResolve): Promise<bigint> {
  const { shopId, person, at } = input
  const customerId = person.shopCustomerId
    ? ((await findRegistered(sql, shopId, person.shopCustomerId)) ??
      (await joinVerifiedGuest(sql, shopId, person)) ??
      (await makeCustomer(sql, input, 'shop_customer_id', person.shopCustomerId)))
    : await makeCustomer(sql, input, 'guest_email', person.email)
  const phone = normalPhone(person.phone, person.country)
  await addContacts(sql, { shopId, customerId, at }, [
    ...(person.email ? [{ kind: 'email' as const, value: person.email }] : []),
    ...(phone ? [{ kind: 'phone' as const, value: phone }] : []),
  ])
  return customerId
}

async function findRegistered(sql: Sql, shopId: bigint, id: string): Promise<bigint | undefined> {
  const [row] = await sql.query<{ id: bigint }>(
    'find-registered-customer',
    'select coalesce(merged_into, id) as id from customer where shop_id = $1 and shop_customer_id = $2',
    [shopId, id],
  )
  return row?.id
}

/** Whoever registers may type any e-mail, so a guest is joined only after it was proved that the mail is read by that person. */
async function joinVerifiedGuest(
  sql: Sql,
  shopId: bigint,
  person: ShopOrder['customer'],
): Promise<bigint | undefined> {
  const [row] = await sql.query<{ id: bigint }>(
    'join-verified-guest',
    `update customer c set shop_customer_id = $2
     where c.shop_id = $1 and c.guest_email = $3 and c.shop_customer_id is null and c.merged_into is null and exists (
       select from contact k where k.shop_id = c.shop_id and k.customer_id = c.id
         and k.kind = 'email' and k.value = $3 and k.verified_at is not null)
     returning id`,
    [shopId, person.shopCustomerId, person.email ?? null],
  )
  return row?.id
}

const makers = {
  shop_customer_id: makerOf('shop_customer_id'),
  guest_email: makerOf('guest_email'),
}

function makerOf(column: 'shop_customer_id' | 'guest_email') {
  return {
    insert: {
      name: `make-customer-${column}`,
      text: `with made as (
          insert into customer (shop_id, ${column}, name, company, country, locale, created_at)
          values ($1, $2, $3, $4, $5, $6, $7) on conflict (shop_id, ${column}) do nothing returning id
        ) insert into account (shop_id, customer_id) select $1, id from made returning customer_id as id`,
    },
    find: {
      name: `find-customer-${column}`,
      text: `select coalesce(merged_into, id) as id from customer where shop_id = $1 and ${column} = $2`,
    },
  }
}

/** Waits for another transaction that makes the same customer, and then finds that one. */
async function makeCustomer(
  sql: Sql,
  input: CustomerToResolve,
  column: 'shop_customer_id' | 'guest_email',
  value: string | undefined,
): Promise<bigint> {
  const { insert, find } = makers[column]
  const { shopId, person } = input
  // Asked first, because a sequence gives its number away even to an insert that then finds a conflict.
  const [known] = await sql.query<{ id: bigint }>(find.name, find.text, [shopId, value ?? null])
  if (known) return known.id
  const [made] = await sql.query<{ id: bigint }>(insert.name, insert.text, [
    shopId,
    value ?? null,
    person.name,
    person.company,
    person.country,
    normalLocale(person.locale ?? '') ?? input.locale,
    input.at,
  ])
  if (made) return made.id
  const [other] = await sql.query<{ id: bigint }>(find.name, find.text, [shopId, value ?? null])
  if (!other) throw new Error('a customer was neither made nor found')
  return other.id
}
