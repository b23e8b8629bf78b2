import type { OutgoingMail } from '../../ports/mail.ts'
import type { Deps } from '../deps.ts'
import { senderOf } from '../mail-sender.ts'
import { bounceToken, replyToken } from '../secrets/links.ts'
import type { Outgoing } from './load-outgoing.ts'

/**
 * Everything of a mail but its words: sender, where answers and bounces go, and what keeps it in one conversation in the
 * reader's program. Without a door for mail (`takesMail`) answers must reach the mailbox of the sender, so no token is given.
 */
export function envelopeOf(
  deps: Pick<Deps, 'keyring' | 'takesMail' | 'mailFrom' | 'mailDomain'>,
  outgoing: Outgoing,
): Omit<OutgoingMail, 'subject' | 'text' | 'html'> {
  const { shopId, ticketId, messageId } = outgoing
  // One ancestor for all mails of a ticket keeps them in one conversation in every mail program.
  const thread = `ticket-${shopId}-${ticketId}@${deps.mailDomain}`
  const answered = outgoing.answeredMailId
  return {
    messageId: `message-${shopId}-${messageId}@${deps.mailDomain}`,
    from: senderOf(deps, { name: outgoing.shopName, address: outgoing.shopAddress }),
    to: { name: outgoing.readerName, address: outgoing.address },
    ...(deps.takesMail && {
      replyTo: `reply+${replyToken(deps.keyring, outgoing)}@${deps.mailDomain}`,
      envelopeFrom: `bounce+${bounceToken(deps.keyring, { shopId, ticketId, messageId: BigInt(messageId) })}@${deps.mailDomain}`,
    }),
    inReplyTo: answered ?? thread,
    references: answered === undefined ? [thread] : [thread, answered],
    ...(outgoing.template === null ? {} : { headers: { 'Auto-Submitted': 'auto-generated' } }),
  }
}
