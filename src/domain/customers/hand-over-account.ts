import { retryTransaction } from '../../db/retry-transaction.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { auditPeople, lockPeople, type PeopleAct, personOf } from './manage-people.ts'

/**
 * Makes a person the owner of the account. The former owner stays as one of the people and goes on seeing the statement.
 * To whom it belongs already, nothing changes. Refuses: invalid (contactId), not_found, not_account_owner.
 */
export async function handOverAccount(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: PeopleAct & { contactId: bigint },
): Promise<void> {
  await retryTransaction(deps.db, async (sql) => {
    const at = deps.clock.now()
    const people = await lockPeople(sql, input)
    const person = personOf(people, input.contactId)
    if (person.removedAt !== null) return refuse({ code: 'not_found', what: 'contact' })
    if (person.owner) return
    if (person.email === null) {
      return refuseField('contactId', 'the owner needs an e-mail address; give this person one first')
    }
    if (person.confirmedAt === null) {
      return refuseField('contactId', 'this person has not confirmed the invitation yet; wait until then')
    }
    // Two statements: the index allows one owner at every moment.
    await sql.query(
      'give-up-ownership',
      'update authorised_contact set owner = false, may_see_statement = true where shop_id = $1 and customer_id = $2 and owner',
      [input.shopId, input.customerId],
    )
    await sql.query(
      'take-ownership',
      'update authorised_contact set owner = true, may_see_statement = true where shop_id = $1 and id = $2',
      [input.shopId, person.id],
    )
    await auditPeople(sql, input, { action: 'contact_owner', contactId: person.id, at })
  })
}
