import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { checkOwnersChanges } from './add-person.ts'
import { queueInvitation } from './invite-person.ts'
import { auditPeople, lockPeople, type PeopleAct, personOf } from './manage-people.ts'

const minuteMilliseconds = 60_000
/** A mail may take so long; whoever asks before has not lost it yet. */
const shortestWait = 10 * minuteMilliseconds
const mostInADay = 5
const dayMilliseconds = 24 * 60 * minuteMilliseconds

/**
 * Sends a person's invitation again, with a new link: the mail was lost, and the older link may lie with somebody else. The
 * older link is void with the commit; who had confirmed stays confirmed. The buyer has no such link: theirs come with the mails
 * of their tickets.
 * Refuses: invalid (contactId, people), not_found (also for a removed person), not_account_owner, invited_lately.
 */
export async function inviteAgain(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: PeopleAct & { contactId: bigint },
): Promise<void> {
  await retryTransaction(deps.db, async (sql) => {
    const at = deps.clock.now()
    const people = await lockPeople(sql, input)
    const person = personOf(people, input.contactId)
    if (person.removedAt !== null) return refuse({ code: 'not_found', what: 'contact' })
    if (person.buyer) {
      return refuseField('contactId', "the buyer's links come with the mails of the tickets; answer there")
    }
    if (person.email === null) {
      return refuseField('contactId', 'this person has no e-mail address; give them one first')
    }
    await checkOwnersChanges(sql, input, at)
    await checkWait(sql, input, at)
    const [now] = await sql.query<{ version: number }>(
      'void-link',
      `update authorised_contact set link_version = link_version + 1 where shop_id = $1 and id = $2
       returning link_version as version`,
      [input.shopId, person.id],
    )
    if (!now) throw new Error('a person who is locked is not there')
    await auditPeople(sql, input, { action: 'contact_invite', contactId: person.id, at })
    await queueInvitation(sql, { shopId: input.shopId, contactId: person.id, version: now.version })
  })
  deps.wakeWorkers()
}

/** Whoever invites, the person shall not be buried in mail. */
async function checkWait(sql: Sql, input: PeopleAct & { contactId: bigint }, at: Date): Promise<void> {
  const sent = await sql.query<{ at: Date }>(
    'invitations-sent',
    `select at from audit_log where shop_id = $1 and customer_id = $2 and data ->> 'contactId' = $3
       and (action in ('contact_add', 'contact_invite') or (action = 'contact_change' and data -> 'changed' ? 'email'))
     order by id desc limit ${mostInADay}`,
    [input.shopId, input.customerId, String(input.contactId)],
  )
  const waits = [
    [sent[0], shortestWait],
    [sent[mostInADay - 1], dayMilliseconds],
  ] as const
  const again = Math.max(...waits.map(([mail, wait]) => (mail ? mail.at.getTime() + wait : 0)))
  const retryAfterSeconds = Math.ceil((again - at.getTime()) / 1000)
  if (retryAfterSeconds > 0) refuse({ code: 'invited_lately', retryAfterSeconds })
}
