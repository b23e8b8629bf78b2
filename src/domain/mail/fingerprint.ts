import { createHash } from 'node:crypto'
import type { ReadMail } from './read/mail.ts'

/**
 * What makes two deliveries the same mail, whichever door they came by: the author's words and their Message-ID, not the trace
 * of servers. The Message-ID alone would let anybody suppress a mail that they know of.
 */
export function fingerprintOf(mail: ReadMail): string {
  const hash = createHash('sha256')
  const texts = [
    mail.messageId ?? '',
    mail.from?.address ?? '',
    mail.date?.toISOString() ?? '',
    mail.subject,
    mail.answer,
    mail.quoted,
    // A server may end the mail with a line of its own, which unclosed elements then contain.
    mail.html?.replace(/\s+/g, '') ?? '',
  ]
  for (const text of texts) hash.update(`${Buffer.byteLength(text)}:`).update(text)
  for (const { content } of mail.parts) hash.update(`${content.length}:`).update(content)
  return `mail:${hash.digest('hex').slice(0, 40)}`
}
