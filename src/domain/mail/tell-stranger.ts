import type { Sql } from '../../db/database.ts'
import { enqueueJob } from '../enqueue.ts'
import type { Place } from './find-place.ts'
import type { MailDeps, PendingMail } from './pending-mail.ts'
import { settleMail } from './settle-mail.ts'

/**
 * A mail of somebody who has no account. They are told once a day where to buy a package; the mail waits in the list of incoming
 * mail, where an agent can open a ticket for it.
 */
export async function tellStranger(
  deps: MailDeps,
  mail: PendingMail,
  place: Extract<Place, { kind: 'stranger' | 'nowhere' }>,
): Promise<void> {
  const { read, mailId } = mail
  const sender = read.from?.address
  await deps.db.transaction(async (sql) => {
    const at = deps.clock.now()
    const ofAgent = sender !== undefined && (await isAgent(sql, sender))
    const told = place.kind === 'stranger' && sender !== undefined && !ofAgent
    if (told) {
      const [first] = await sql.query(
        'answer-stranger-once',
        `insert into no_package_answer (shop_id, sender, day, at) values ($1, $2, $3::timestamptz at time zone 'UTC', $3)
         on conflict do nothing returning sender`,
        [place.shopId, sender, at],
      )
      if (first) {
        await enqueueJob(sql, 'send_no_package', {
          shopId: String(place.shopId),
          mailId: String(mailId),
          to: sender,
          ...(read.messageId !== undefined && { inReplyTo: read.messageId }),
          subject: read.subject,
        })
      }
    }
    await settleMail(sql, {
      mailId,
      state: 'held',
      verdict: ofAgent ? 'agent_stray' : told ? 'no_package' : 'nowhere',
      ...(sender !== undefined && { sender }),
      subject: read.subject,
      ...(place.kind === 'stranger' && { shopId: place.shopId }),
      at,
    })
  })
  deps.wakeWorkers()
}

/** Somebody of ours who answered to another address than the one made for them: no customer, and nobody to sell a package to. */
async function isAgent(sql: Sql, sender: string): Promise<boolean> {
  const [agent] = await sql.query('is-agent', 'select from agent where email = $1 limit 1', [sender])
  return agent !== undefined
}
