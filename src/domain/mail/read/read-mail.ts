import EmailReplyParser from 'email-reply-parser'
import { type AddressObject, type ParsedMail, simpleParser } from 'mailparser'
import { cleanString } from '../../orders/stored-order.ts'
import type { MailAddress, MailKind, MailPart, ReadMail } from './mail.ts'
import { readBounce } from './read-bounce.ts'
import { sanitiseMail } from './sanitise-mail.ts'

const longestText = 100_000

/** Understands one raw mail. Throws only when the parser itself gives up; then the mail is kept and listed. */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const mail = await simpleParser(raw, {
    skipImageLinks: true,
    skipTextLinks: true,
    keepDeliveryStatus: true,
  })
  const text = cleanString(mail.text ?? '').slice(0, longestText)
  const split = new EmailReplyParser().read(text)
  const answer = split.getVisibleText().trim()
  const from = mail.from?.value.length === 1 ? addressesOf(mail.from)[0] : undefined
  const messageId = bareId(mail.messageId)
  const parts = partsOf(mail)
  const bounce = readBounce(parts)
  return {
    kind: bounce ? 'bounce' : kindOf(mail),
    ...(messageId !== undefined && { messageId }),
    ...(typeof mail.headers.get('x-creditdesk') === 'string' && {
      mark: String(mail.headers.get('x-creditdesk')),
    }),
    inReplyTo: idsOf(mail.inReplyTo),
    references: idsOf(mail.references),
    ...(from && { from }),
    to: addressesOf(mail.to),
    cc: addressesOf(mail.cc),
    deliveredTo: [],
    subject: cleanString(mail.subject ?? '')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 500),
    ...(mail.date && { date: mail.date }),
    answer,
    quoted: text.slice(answer.length).trim(),
    ...(typeof mail.html === 'string' && { html: sanitiseMail(mail.html) }),
    parts,
    ...(bounce && { bounce }),
    onlyThanks: false,
    faults: [],
  }
}

function partsOf(mail: ParsedMail): MailPart[] {
  return mail.attachments.map((part) => ({
    name: cleanString(part.filename ?? ''),
    mediaType: part.contentType.toLowerCase(),
    content: part.content,
    ...(part.cid && { contentId: part.cid }),
    inline: part.related === true,
  }))
}

function kindOf(mail: ParsedMail): MailKind {
  const submitted = String(mail.headers.get('auto-submitted') ?? 'no')
  if (!/^no\b/i.test(submitted)) return 'auto_reply'
  return mail.headers.has('list') ? 'list' : 'person'
}

function addressesOf(given: AddressObject | AddressObject[] | undefined): MailAddress[] {
  return [given ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .flatMap(({ address, name }) =>
      address ? [{ address: address.toLowerCase(), name: cleanString(name) }] : [],
    )
}

function idsOf(given: string | string[] | undefined): string[] {
  return [given ?? []]
    .flat()
    .flatMap((text) => text.split(/\s+/))
    .map(bareId)
    .filter((id) => id !== undefined)
}

function bareId(text: string | undefined): string | undefined {
  const id = cleanString(text ?? '').replace(/^<|>$/g, '')
  return id === '' || id.length > 500 ? undefined : id
}
