import { retryTransaction } from '../../db/retry-transaction.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { checkOwnersChanges, ownAddresses } from './add-person.ts'
import { queueInvitation } from './invite-person.ts'
import { auditPeople, lockPeople, type PeopleAct, personOf } from './manage-people.ts'
import { readPerson } from './person-fields.ts'

/** What is left out stays; an empty e-mail or phone is taken away. */
export interface ChangePerson extends PeopleAct {
  contactId: bigint
  name?: string
  email?: string
  phone?: string
  maySeeStatement?: boolean
}

/**
 * Changes a person's name, addresses or rights. A new e-mail makes the old link void and is invited anew; tickets on which the
 * person asks are answered to the new addresses. The buyer's name and addresses come from the orders and stay.
 * Refuses: invalid (name, email, phone, maySeeStatement, people), not_found (also for a removed person), not_account_owner.
 */
export async function changePerson(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: ChangePerson,
): Promise<void> {
  await retryTransaction(deps.db, async (sql) => {
    const at = deps.clock.now()
    const people = await lockPeople(sql, input)
    const person = personOf(people, input.contactId)
    if (person.removedAt !== null) return refuse({ code: 'not_found', what: 'contact' })
    const maySeeStatement = input.maySeeStatement ?? person.maySeeStatement
    if (person.owner && !maySeeStatement) {
      return refuseField(
        'maySeeStatement',
        'the owner always sees the statement; hand the account over first',
      )
    }
    const before = { name: person.name, email: person.email, phone: person.phone }
    const typed = {
      name: input.name ?? before.name,
      email: input.email ?? before.email ?? '',
      phone: input.phone ?? before.phone ?? '',
    }
    const others = people.filter((one) => one.id !== person.id)
    const taken = (await ownAddresses(sql, input, people)).filter(
      // One that an order brought to the buyer too stays with the person who had it.
      (value) => value !== before.email && value !== before.phone,
    )
    const fields = person.buyer ? before : readPerson(typed, others, taken)
    if (person.buyer && (typed.name !== before.name || input.email || input.phone)) {
      return refuseField(
        'name',
        "the buyer's name and addresses are those of the orders; change them in the shop",
      )
    }
    if (person.owner && fields.email === null && before.email !== null) {
      return refuseField('email', 'the owner needs an e-mail address; hand the account over first')
    }
    const moved = fields.email !== before.email
    if (moved && fields.email !== null) await checkOwnersChanges(sql, input, at)
    const changed = [
      ...(['name', 'email', 'phone'] as const).filter((field) => fields[field] !== before[field]),
      ...(maySeeStatement === person.maySeeStatement ? [] : ['maySeeStatement']),
    ]
    if (changed.length === 0) return
    const confirmedAt = !moved ? person.confirmedAt : 'actor' in input.by ? at : null
    const [now] = await sql.query<{ version: number }>(
      'change-person',
      `update authorised_contact set may_see_statement = $3, link_version = link_version + $4::int, confirmed_at = $5,
         name = case when buyer then name else $6 end, email = case when buyer then email else $7 end,
         phone = case when buyer then phone else $8 end
       where shop_id = $1 and id = $2 returning link_version as version`,
      [
        input.shopId,
        person.id,
        maySeeStatement,
        moved ? 1 : 0,
        confirmedAt,
        fields.name,
        fields.email,
        fields.phone,
      ],
    )
    await sql.query(
      'readdress-requester',
      'update ticket set reply_email = $4, reply_phone = $5 where shop_id = $1 and customer_id = $2 and requester_id = $3',
      [input.shopId, input.customerId, person.id, fields.email, fields.phone],
    )
    await auditPeople(sql, input, { action: 'contact_change', contactId: person.id, changed, at })
    if (moved && fields.email !== null) {
      await queueInvitation(sql, {
        shopId: input.shopId,
        contactId: person.id,
        version: now?.version ?? person.linkVersion + 1,
      })
    }
  })
  deps.wakeWorkers()
}
