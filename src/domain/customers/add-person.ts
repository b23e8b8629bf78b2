import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import type { Deps } from '../deps.ts'
import { refuseField } from '../refusal.ts'
import { queueInvitation } from './invite-person.ts'
import { auditPeople, lockPeople, type PeopleAct } from './manage-people.ts'
import type { Person } from './people.ts'
import { readPerson, type TypedPerson } from './person-fields.ts'

export interface AddPerson extends PeopleAct, TypedPerson {
  maySeeStatement?: boolean
}

/** A firm is rarely larger, and invitations are mail that we send for others. */
const mostPeople = 100
const mostChangesByOwner = 30
const dayMilliseconds = 86_400_000

/**
 * Lets somebody write on an account, and invites them by e-mail with a link of their own. Whom the shop adds counts at once;
 * whom the owner adds, when they confirmed the invitation. Person, audit line and mail job are one commit.
 * Refuses: invalid (name, email, phone, people), not_found, not_account_owner.
 */
export async function addPerson(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: AddPerson,
): Promise<{ contactId: bigint }> {
  const contactId = await retryTransaction(deps.db, async (sql) => {
    const at = deps.clock.now()
    const people = await lockPeople(sql, input)
    await checkRoom(sql, input, people, at)
    const fields = readPerson(input, people, await ownAddresses(sql, input, people))
    const confirmed = 'actor' in input.by
    const [added] = await sql.query<{ id: bigint }>(
      'add-person',
      `insert into authorised_contact (shop_id, customer_id, name, email, phone, may_see_statement, confirmed_at, created_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
      [
        input.shopId,
        input.customerId,
        fields.name,
        fields.email,
        fields.phone,
        input.maySeeStatement ?? false,
        confirmed ? at : null,
        at,
      ],
    )
    if (!added) throw new Error('adding a person returned nothing')
    await auditPeople(sql, input, { action: 'contact_add', contactId: added.id, at })
    if (fields.email !== null)
      await queueInvitation(sql, { shopId: input.shopId, contactId: added.id, version: 1 })
    return added.id
  })
  deps.wakeWorkers()
  return { contactId }
}

async function checkRoom(sql: Sql, act: PeopleAct, people: readonly Person[], at: Date): Promise<void> {
  if (people.filter((person) => person.removedAt === null).length >= mostPeople) {
    refuseField('people', `an account has at most ${mostPeople} people; remove one first`)
  }
  await checkOwnersChanges(sql, act, at)
}

/** Each addition, change of an address and further invitation is a mail to whomever the owner names. Refuses: invalid (people). */
export async function checkOwnersChanges(sql: Sql, act: PeopleAct, at: Date): Promise<void> {
  if ('actor' in act.by) return
  const [changes] = await sql.query<{ count: number }>(
    'count-owners-changes',
    `select count(*)::int as count from audit_log where shop_id = $1 and customer_id = $2 and actor like 'customer:%'
       and action in ('contact_add', 'contact_change', 'contact_invite') and at > $3`,
    [act.shopId, act.customerId, new Date(at.getTime() - dayMilliseconds)],
  )
  if ((changes?.count ?? 0) >= mostChangesByOwner) {
    refuseField('people', 'too many people were added or changed today; try again tomorrow, or ask us')
  }
}

/** The buyer's addresses, which nobody else of the account may have while the buyer is there. */
export async function ownAddresses(sql: Sql, act: PeopleAct, people: readonly Person[]): Promise<string[]> {
  if (people.some((person) => person.buyer && person.removedAt !== null)) return []
  const rows = await sql.query<{ value: string }>(
    'own-addresses',
    'select value from contact where shop_id = $1 and customer_id = $2',
    [act.shopId, act.customerId],
  )
  return rows.map(({ value }) => value)
}
