import type { MailPort } from '../../ports/mail.ts'
import type { Keyring } from '../secrets/keyring.ts'
import { ownMark } from '../secrets/links.ts'

/** Puts our mark on every mail, by which it is known when a rule or a forwarding brings it back to us. */
export function markOwnMail(mail: MailPort, keyring: Keyring): MailPort {
  return {
    ...mail,
    send: (outgoing) =>
      mail.send({
        ...outgoing,
        headers: { ...outgoing.headers, 'X-CreditDesk': ownMark(keyring, outgoing.messageId) },
      }),
  }
}
