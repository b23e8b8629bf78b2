import type { Sql } from '../../db/database.ts'
import { loadPeople, type Person } from '../customers/people.ts'

/**
 * Who of the account's people wrote: the one who is named, else whose address it came from. Undefined: nobody in particular.
 * An authorised contact goes before the buyer, whoever is there before those who were removed; one who has not confirmed the
 * invitation is not known by the address yet.
 */
export async function findWriter(
  sql: Sql,
  of: { shopId: bigint; customerId: bigint; contactId?: bigint; from?: string },
): Promise<Person | undefined> {
  const people = await loadPeople(sql, of)
  if (of.contactId !== undefined) return people.find((person) => person.id === of.contactId)
  if (of.from === undefined) return undefined
  const address = of.from.trim().toLowerCase()
  const own = await isBuyers(sql, of, address)
  const known = people.filter(
    (person) =>
      person.confirmedAt !== null &&
      (person.buyer ? own : person.email === address || person.phone === address),
  )
  const here = known.filter((person) => person.removedAt === null)
  return here.find((person) => !person.buyer) ?? here[0] ?? known[0]
}

async function isBuyers(
  sql: Sql,
  of: { shopId: bigint; customerId: bigint },
  address: string,
): Promise<boolean> {
  const [own] = await sql.query(
    'own-address',
    'select from contact where shop_id = $1 and customer_id = $2 and value = $3 limit 1',
    [of.shopId, of.customerId, address],
  )
  return own !== undefined
}
