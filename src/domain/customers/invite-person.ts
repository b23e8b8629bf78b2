import type { Sql } from '../../db/database.ts'
import { renderMail } from '../../words/mail.ts'
import { wordsFor } from '../../words/words.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { senderOf } from '../mail-sender.ts'
import { TryLater } from '../tickets/send-message.ts'
import { personUrl } from './person-url.ts'

/** Queues the mail that brings a person their link, in the caller's transaction. */
export async function queueInvitation(
  sql: Sql,
  of: { shopId: bigint; contactId: bigint; version: number },
): Promise<void> {
  await enqueueJob(sql, 'send_invitation', {
    shopId: String(of.shopId),
    contactId: String(of.contactId),
    version: of.version,
  })
}

/**
 * Sends the invitation; never charged. Does nothing when the person was removed or has another address by now. Throws TryLater
 * after a temporary failure; what is refused for good or of unknown outcome is logged and not sent again.
 */
export async function sendInvitation(
  deps: Pick<Deps, 'db' | 'log' | 'keyring' | 'mail' | 'publicUrl' | 'mailFrom' | 'mailDomain'>,
  input: { shopId: bigint; contactId: bigint; version: number; lastTry: boolean },
): Promise<void> {
  const { shopId, contactId, version } = input
  const [person] = await deps.db.query<{
    name: string
    email: string
    account_name: string
    locale: string
    shop_name: string
  }>(
    'invited-person',
    `select a.name, a.email, coalesce(nullif(c.company, ''), c.name) as account_name, c.locale, s.name as shop_name
     from authorised_contact a
     join customer c on c.shop_id = a.shop_id and c.id = a.customer_id
     join shop s on s.id = a.shop_id
     where a.shop_id = $1 and a.id = $2 and a.link_version = $3 and a.removed_at is null and a.email is not null`,
    [shopId, contactId, version],
  )
  if (!person) return
  const outcome = await deps.mail.send({
    // The same for each attempt, so that a receiver can tell a repeat.
    messageId: `invitation-${shopId}-${contactId}-${version}@${deps.mailDomain}`,
    from: senderOf(deps, { name: person.shop_name }),
    to: { name: person.name, address: person.email },
    ...renderMail('contact-invitation', wordsFor(person.locale), {
      shopName: person.shop_name,
      personName: person.name,
      accountName: person.account_name,
      portalUrl: personUrl(deps, { shopId, contactId, linkVersion: version }),
    }),
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  if (outcome.kind === 'accepted') return
  if (outcome.kind === 'temporary' && !input.lastTry) throw new TryLater(outcome.reason)
  deps.log.error(
    { shopId, contactId, outcome: outcome.kind, reason: outcome.reason },
    'an invitation was not sent for certain',
  )
}
