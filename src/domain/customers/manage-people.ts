import type { Sql } from '../../db/database.ts'
import type { AuditAction } from '../audit/actions.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { refuse } from '../refusal.ts'
import { loadPeople, type Person } from './people.ts'

/** Who changes the people of an account: the owner on the portal, or somebody of the shop. */
export type Manager = { contactId: bigint } | { actor: string }

export interface PeopleAct {
  shopId: bigint
  customerId: bigint
  by: Manager
}

/**
 * Takes the lock under which the people of an account change, and looks at the right of who changes them: an owner who handed
 * over a moment ago may not. Refuses: not_found (customer), not_account_owner.
 */
export async function lockPeople(sql: Sql, act: PeopleAct): Promise<Person[]> {
  // Tickets and orders of the customer go on being made meanwhile.
  const [customer] = await sql.query(
    'lock-people',
    'select id from customer where shop_id = $1 and id = $2 for no key update',
    [act.shopId, act.customerId],
  )
  if (!customer) return refuse({ code: 'not_found', what: 'customer' })
  const people = await loadPeople(sql, act)
  // A customer who was merged away has no people to manage any more.
  const owner = people.find((person) => person.owner)
  if (!owner) return refuse({ code: 'not_found', what: 'customer' })
  if ('contactId' in act.by && owner.id !== act.by.contactId) {
    return refuse({ code: 'not_account_owner' })
  }
  return people
}

/** The person who is to be changed. Refuses: not_found. */
export function personOf(people: readonly Person[], contactId: bigint): Person {
  const found = people.find((person) => person.id === contactId)
  return found ?? refuse({ code: 'not_found', what: 'contact' })
}

/** Writes down who changed whom. Names and addresses stay out of it: they are the person's, and the log is kept. */
export async function auditPeople(
  sql: Sql,
  act: PeopleAct,
  line: { action: AuditAction; contactId: bigint; changed?: readonly string[]; at: Date },
): Promise<void> {
  await writeAudit(sql, {
    shopId: act.shopId,
    customerId: act.customerId,
    actor: actorOf(act),
    action: line.action,
    data: { contactId: String(line.contactId), ...(line.changed && { changed: line.changed }) },
    at: line.at,
  })
}

function actorOf({ customerId, by }: PeopleAct): string {
  return 'actor' in by ? by.actor : contactActor(customerId, by.contactId)
}

/** A person of an account, as logs name them. */
export function contactActor(customerId: bigint, contactId: bigint): string {
  return `customer:${customerId}/contact:${contactId}`
}
