import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import { resolveCustomer } from '../customers/resolve-customer.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { refuse } from '../refusal.ts'
import { readShop } from '../shops/find-shop.ts'

interface Key {
  shopId: bigint
  mailId: bigint
}

/** The same condition as listMails: whose mail a shop's agents may act on. */
const ofShop = `m.id = $2 and (m.shop_id = $1 or (m.shop_id is null and not exists (select from shop s where s.id <> $1)))`

/**
 * Opens a ticket for a mail of somebody who has no account: its sender becomes a customer, without credits, and the mail is
 * understood again, which puts it where it belongs. Refuses: not_found, for one that does not wait (any more) or has no sender.
 */
export async function admitSender(deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>, key: Key): Promise<void> {
  await retryTransaction(deps.db, async (sql) => {
    const [mail] = await sql.query<{ sender: string | null }>(
      'mail-to-admit',
      `select sender from incoming_mail m where ${ofShop} and state in ('held', 'failed') and purged_at is null for update`,
      [key.shopId, key.mailId],
    )
    if (!mail?.sender) return refuse({ code: 'not_found', what: 'message' })
    const shop = await readShop(sql, key.shopId)
    await resolveCustomer(sql, {
      shopId: key.shopId,
      person: { email: mail.sender, name: mail.sender, company: '', phone: '', country: '' },
      locale: shop.locale,
      at: deps.clock.now(),
    })
    await understandAgain(sql, key.mailId)
  })
  deps.wakeWorkers()
}

/** Puts a mail aside that nobody needs to look at. Refuses: not_found. */
export async function dismissMail(deps: Pick<Deps, 'db'>, key: Key): Promise<void> {
  const [mail] = await deps.db.query(
    'dismiss-mail',
    `update incoming_mail m set state = 'ignored' where ${ofShop} and state in ('held', 'failed') returning id`,
    [key.shopId, key.mailId],
  )
  if (!mail) refuse({ code: 'not_found', what: 'message' })
}

/** The mail as it came. Refuses: not_found, also when its time was over. */
export async function readRawMail(deps: Pick<Deps, 'db' | 'blobs'>, key: Key): Promise<Buffer> {
  const [mail] = await deps.db.query<{ blob: string }>(
    'raw-mail',
    `select blob from incoming_mail m where ${ofShop}`,
    [key.shopId, key.mailId],
  )
  const raw = mail && (await deps.blobs.get(mail.blob))
  return raw ?? refuse({ code: 'not_found', what: 'message' })
}

async function understandAgain(sql: Sql, mailId: bigint): Promise<void> {
  await sql.query(
    'understand-mail-again',
    `update incoming_mail set state = 'pending', verdict = null, reason = null, processed_at = null where id = $1`,
    [mailId],
  )
  await enqueueJob(sql, 'process_mail', { mailId: String(mailId) })
}
