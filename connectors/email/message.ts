import type { SendMailOptions } from 'nodemailer'
import type { OutgoingMail } from '../../src/ports/mail.ts'

/**
 * One plain mailbox and nothing else. A comma, an angle bracket or a line break here would add a recipient that nobody
 * paid for, so such an address is refused instead of repaired.
 */
const address = /^[^\s<>()[\],;:\\"@\p{Cc}]+@[^\s<>()[\],;:\\"@\p{Cc}]+$/u

/** Headers that the message itself sets; letting a caller set them again would change who gets it. */
const ownHeaders =
  /^(from|to|cc|bcc|sender|reply-to|return-path|subject|date|message-id|in-reply-to|references|mime-version|content-.*|resent-.*|received|dkim-signature)$/i

/** Why this mail cannot be sent by anyone; undefined when it can. */
export function findFault(mail: OutgoingMail): string | undefined {
  const addresses = [mail.to.address, mail.from.address, mail.replyTo, mail.envelopeFrom]
  const wrong = addresses.find((value) => value !== undefined && !address.test(value))
  if (wrong !== undefined) return `"${clean(wrong).slice(0, 100)}" is not an e-mail address.`
  if (!isId(mail.messageId)) return 'The Message-ID has characters that it must not have.'
  const header = Object.keys(mail.headers ?? {}).find(
    (name) => !/^[A-Za-z0-9-]+$/.test(name) || ownHeaders.test(name),
  )
  return header === undefined ? undefined : `The header "${clean(header).slice(0, 50)}" may not be set.`
}

/** The mail in the client's words. Only for a mail without fault. */
export function toMessage(mail: OutgoingMail): SendMailOptions {
  // References come from mails that strangers wrote; what is no id is left out.
  const references = (mail.references ?? []).map(bare).filter(isId)
  const inReplyTo = bare(mail.inReplyTo ?? '')
  return {
    messageId: `<${mail.messageId}>`,
    from: { name: clean(mail.from.name), address: mail.from.address },
    to: { name: clean(mail.to.name), address: mail.to.address },
    ...(mail.replyTo && { replyTo: mail.replyTo }),
    envelope: { from: mail.envelopeFrom ?? mail.from.address, to: [mail.to.address] },
    subject: clean(mail.subject),
    text: mail.text,
    html: mail.html,
    ...(isId(inReplyTo) && { inReplyTo: `<${inReplyTo}>` }),
    ...(references.length > 0 && { references: references.map((id) => `<${id}>`) }),
    ...(mail.attachments && {
      attachments: mail.attachments.map(({ name, mediaType, content }) => ({
        filename: clean(name) || 'attachment',
        contentType: /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream',
        content,
      })),
    }),
    headers: Object.fromEntries(
      Object.entries(mail.headers ?? {}).map(([name, value]) => [name, clean(value)]),
    ),
    // Nothing in a mail may make this server read a file or call an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function bare(id: string): string {
  return id.trim().replace(/^<|>$/g, '')
}

function isId(id: string): boolean {
  return /^[^\s<>\p{Cc}]{1,500}$/u.test(id)
}

function clean(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').trim()
}
