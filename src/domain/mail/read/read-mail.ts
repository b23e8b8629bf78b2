import { chooseText } from './choose-text.ts'
import { cleanFileName, cut } from './clean-text.ts'
import { decodeText } from './decode-text.ts'
import type { MailPart, ReadMail } from './mail.ts'
import { kindOf } from './mail-kind.ts'
import { onlyThanks } from './only-thanks.ts'
import { readBounce } from './read-bounce.ts'
import {
  addressesOf,
  authorOf,
  dateOf,
  decodeLine,
  deliveredTo,
  idsOf,
  type MailHeaders,
  readHeaders,
} from './read-headers.ts'
import { sanitiseMail } from './sanitise-mail.ts'
import { type Leaf, type SplitMail, splitParts } from './split-parts.ts'
import { splitQuote } from './split-quote.ts'

/** In characters. The raw mail has all of them. */
const longestText = 100_000

/**
 * Understands one raw mail, whoever wrote it and however broken it is. What cannot be understood is told in `faults`; nothing that
 * a mail contains makes it throw.
 */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const mail = await splitParts(raw)
  const hint = charsetOfWords(mail)
  const headers = readHeaders(mail.headers, hint)
  const { text, html, others, faults } = chooseText(mail.leaves, hint)
  const bounce = readBounce(others, headers, text)
  const short = cut(text, longestText)
  const { answer, quoted } = bounce ? { answer: short.trim(), quoted: '' } : splitQuote(short)
  const from = authorOf(headers)
  const messageId = idsOf(headers, 'message-id', 1)[0]
  const mark = decodeLine(headers.first('x-creditdesk'), 500)
  const date = dateOf(headers)
  const told = [...mail.faults, ...faults, ...formFaults(mail, others), ...headerFaults(headers)]
  if (text.length > longestText)
    told.push(`${text.length.toLocaleString('en')} characters, the first 100,000 are shown`)
  return {
    kind: bounce ? 'bounce' : kindOf(headers, { mediaTypes: others.map(({ mediaType }) => mediaType) }),
    ...(mark !== '' && { mark }),
    ...(messageId !== undefined && { messageId }),
    inReplyTo: idsOf(headers, 'in-reply-to', 10),
    references: idsOf(headers, 'references', 100),
    ...(from && { from }),
    to: addressesOf(headers, 'to'),
    cc: addressesOf(headers, 'cc'),
    deliveredTo: deliveredTo(headers),
    subject: decodeLine(headers.first('subject'), 500),
    ...(date && { date }),
    answer,
    quoted,
    ...(html !== undefined && { html: sanitiseMail(html).toWellFormed() }),
    parts: others.map((leaf) => partOf(leaf, hint)),
    ...(bounce && { bounce }),
    onlyThanks: onlyThanks(answer, from?.name ?? ''),
    faults: [...new Set(told)],
  }
}

/** Header words tell in what charset the writer's program writes, where the text does not. */
function charsetOfWords({ headers }: SplitMail): string | undefined {
  for (const { key, line } of headers) {
    if (key !== 'subject' && key !== 'from') continue
    const charset = /=\?([\w.:-]{1,40})\?[bq]\?/i.exec(line.slice(0, 10_000))?.[1]
    if (charset !== undefined) return charset
  }
  return undefined
}

function partOf(leaf: Leaf, hint: string | undefined): MailPart {
  const { mediaType, content, contentId } = leaf
  return {
    name: nameOf(leaf, hint),
    mediaType,
    content,
    ...(contentId !== undefined && { contentId }),
    inline: contentId !== undefined && leaf.disposition !== 'attachment' && leaf.within.includes('related'),
  }
}

/** Parts without a name that people open get one that their programs know. */
function nameOf({ name, rawName, mediaType, content }: Leaf, hint: string | undefined): string {
  const given = cleanFileName(rawName ? decodeText(Buffer.from(name, 'latin1'), undefined, hint).text : name)
  if (given !== '') return given
  if (mediaType === 'message/rfc822') {
    const subject = /^subject:([^\r\n]{1,500})/im.exec(content.subarray(0, 20_000).toString('latin1'))?.[1]
    return cleanFileName(`${decodeLine(subject ?? '', 100).replace(/[\\/]/g, '_') || 'message'}.eml`)
  }
  return mediaType === 'text/calendar' ? 'invitation.ics' : ''
}

const forms: [fits: (mail: SplitMail, others: readonly Leaf[]) => boolean, fault: string][] = [
  [
    ({ mediaType }) => mediaType === 'multipart/encrypted',
    'encrypted with PGP: what it says stands in its file',
  ],
  [
    (mail, others) => isOpaque(mail, others) && /smime\.p7m/i.test(others[0]?.name ?? ''),
    'encrypted or sealed with S/MIME: what it says stands in its file',
  ],
  [({ mediaType }) => mediaType === 'multipart/signed', 'signed; the signature was not checked'],
  [
    (_mail, others) =>
      others.some(
        ({ mediaType, name }) => mediaType === 'application/ms-tnef' || /^winmail\.dat$/i.test(name),
      ),
    'Outlook packed its files into winmail.dat, in a form of its own',
  ],
]

function isOpaque({ mediaType }: SplitMail, others: readonly Leaf[]): boolean {
  return /^application\/(x-)?pkcs7-mime$/.test(mediaType) && others.length === 1
}

function formFaults(mail: SplitMail, others: readonly Leaf[]): string[] {
  return forms.filter(([fits]) => fits(mail, others)).map(([, fault]) => fault)
}

function headerFaults(headers: MailHeaders): string[] {
  const faults: string[] = []
  if (headers.all('from').length > 1) faults.push('several senders')
  const recipients =
    ['to', 'cc']
      .flatMap((name) => headers.all(name))
      .join(',')
      .split('@').length - 1
  if (recipients > 500)
    faults.push(`about ${recipients.toLocaleString('en')} recipients, the first 500 are read`)
  return faults
}
