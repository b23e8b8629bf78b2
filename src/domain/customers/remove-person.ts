import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { auditPeople, lockPeople, type PeopleAct, personOf } from './manage-people.ts'
import { ownerOf, type Person } from './people.ts'

/**
 * Ends what a person may do on an account: their link stops with the commit, and tickets on which they asked are answered to
 * the owner. What they wrote and used keeps their name. Removed again, nothing changes.
 * Refuses: not_found, not_account_owner, owner_stays.
 */
export async function removePerson(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: PeopleAct & { contactId: bigint },
): Promise<void> {
  await retryTransaction(deps.db, async (sql) => {
    const at = deps.clock.now()
    const people = await lockPeople(sql, input)
    const person = personOf(people, input.contactId)
    if (person.removedAt !== null) return
    if (person.owner) return refuse({ code: 'owner_stays' })
    await sql.query(
      'remove-person',
      `update authorised_contact set removed_at = $3, link_version = link_version + 1 where shop_id = $1 and id = $2`,
      [input.shopId, person.id, at],
    )
    if (person.buyer) await freeGuestEmail(sql, input)
    await answerOwner(sql, input, person, ownerOf(people))
    await auditPeople(sql, input, { action: 'contact_remove', contactId: person.id, at })
  })
}

/** What this address buys from now on is that person's own. */
async function freeGuestEmail(sql: Sql, act: PeopleAct): Promise<void> {
  await sql.query(
    'free-guest-email',
    `update customer set guest_email = null
     where shop_id = $1 and (id = $2 or merged_into = $2) and guest_email is not null`,
    [act.shopId, act.customerId],
  )
}

async function answerOwner(sql: Sql, act: PeopleAct, removed: Person, owner: Person): Promise<void> {
  await sql.query(
    'answer-owner',
    `update ticket set requester_id = $4, reply_email = $5, reply_phone = $6
     where shop_id = $1 and customer_id = $2 and (requester_id = $3 or ($7::boolean and requester_id is null))`,
    [act.shopId, act.customerId, removed.id, owner.id, owner.email, owner.phone, removed.buyer],
  )
}
