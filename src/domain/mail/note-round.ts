import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { isOwnMark } from '../secrets/links.ts'
import type { PendingMail } from './pending-mail.ts'

/** Notes that a shop's test of the way back has come in again. Only a mail with our own mark counts; anything else changes nothing. */
export async function noteRound(
  deps: Pick<Deps, 'keyring'>,
  sql: Sql,
  { mailId, receivedAt, read }: Pick<PendingMail, 'mailId' | 'receivedAt' | 'read'>,
): Promise<void> {
  const { messageId, mark } = read
  const [, shopId] = /^round-([1-9]\d{0,17})-/.exec(messageId ?? '') ?? []
  if (messageId === undefined || mark === undefined || shopId === undefined) return
  if (!isOwnMark(deps.keyring, messageId, mark)) return
  await sql.query(
    'note-mail-round',
    `update mail_round set back_at = $3, door = (select door from incoming_mail where id = $4)
     where shop_id = $1 and message_id = $2 and back_at is null`,
    [BigInt(shopId), messageId, receivedAt, mailId],
  )
}
