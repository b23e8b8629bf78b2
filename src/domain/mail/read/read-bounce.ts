import { cleanLine } from './clean-text.ts'
import type { BounceReport } from './mail.ts'
import type { MailHeaders } from './read-headers.ts'
import { authorOf } from './read-headers.ts'

interface ReportPart {
  mediaType: string
  content: Buffer
}

const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const

/** A report names each recipient in a few lines; more than this nobody writes. */
const longestReport = 200_000

/**
 * What a mail says of one that did not arrive: in the form of RFC 3464, or in the words of the servers that know no form. A report on
 * several recipients is read by its worst. Undefined when it is none. What it returns of our mail is not looked into for reports: a
 * report of a report is about the outer one.
 */
export function readBounce(
  parts: readonly ReportPart[],
  headers: MailHeaders,
  text: string,
): BounceReport | undefined {
  const status = parts.find(({ mediaType }) => /^message\/(global-)?delivery-status$/.test(mediaType))
  const report = (status && fromForm(status.content)) ?? fromWords(headers, text.slice(0, longestReport))
  if (!report) return undefined
  const original = originalIdOf(parts, text)
  return { ...report, ...(original !== undefined && { originalMessageId: original }) }
}

function fromForm(content: Buffer): BounceReport | undefined {
  const groups = groupsOf(content.subarray(0, longestReport).toString('utf8'))
  const group = groups
    .filter((fields) => fields.has('action') || fields.has('status'))
    .sort((a, b) => severity(b) - severity(a))[0]
  if (!group) return undefined
  const diagnostic = withoutType(group.get('diagnostic-code') ?? '')
  const recipient = addressIn(
    withoutType(group.get('final-recipient') ?? group.get('original-recipient') ?? ''),
  )
  return {
    action: actionOf(group),
    status: statusIn(group.get('status') ?? '') || statusIn(diagnostic),
    ...(recipient !== undefined && { recipient }),
    diagnostic: cleanLine(diagnostic, 500),
  }
}

/** Groups of fields, parted by blank lines; folded lines joined. */
function groupsOf(report: string): Map<string, string>[] {
  const groups: Map<string, string>[] = []
  let group: Map<string, string> | undefined
  let last: string | undefined
  for (const line of report.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (line.trim() === '') group = undefined
    else if (/^[ \t]/.test(line) && group && last !== undefined) {
      group.set(last, `${group.get(last) ?? ''} ${line.trim()}`.slice(0, 4_000))
    } else if (colon > 0 && /^[\w-]{1,60}$/.test(line.slice(0, colon))) {
      if (!group) {
        group = new Map()
        groups.push(group)
      }
      last = line.slice(0, colon).toLowerCase()
      if (!group.has(last)) group.set(last, line.slice(colon + 1).trim())
    }
  }
  return groups
}

function withoutType(value: string): string {
  return value.replace(/^\s{0,5}[\w-]{1,30}\s{0,5};\s{0,5}/, '')
}

function actionOf(fields: Map<string, string>): BounceReport['action'] {
  const said = fields.get('action')?.toLowerCase().trim() ?? ''
  return actions.find((action) => said.startsWith(action)) ?? 'failed'
}

function severity(fields: Map<string, string>): number {
  return actions.length - actions.indexOf(actionOf(fields))
}

/** "5.1.1" of whatever says it; the class alone ("5.0.0") where only a reply code of SMTP stands; '' when neither does. */
function statusIn(text: string): string {
  const exact = /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(text.slice(0, 2_000))?.[1]
  if (exact !== undefined) return exact
  const code = /(?:^|\D)([245])\d{2}(?=[\s-])/.exec(text.slice(0, 2_000))?.[1]
  return code === undefined ? '' : `${code}.0.0`
}

function addressIn(text: string): string | undefined {
  const found = /[^\s<>;,"()]{1,64}@[^\s<>;,"():]{1,255}/.exec(text.slice(0, 2_000))?.[0]
  return found && cleanLine(found, 320).toLowerCase()
}

/** How servers without RFC 3464 begin; the first words decide, since anybody may quote the others. */
const openings: [opening: string, action: BounceReport['action']][] = [
  ['hi. this is the qmail-send program at', 'failed'],
  ['this is the mail delivery agent at', 'failed'],
  ['this message was created automatically by mail delivery software', 'failed'],
  ['your message did not reach some or all of the intended recipients', 'failed'],
  ['delivery to the following recipient failed permanently', 'failed'],
  ['i was unable to deliver your message', 'failed'],
  ['the original message was received at', 'failed'],
]

const delays = [
  'has not yet been delivered',
  'will continue to be made',
  'will be retried',
  'still being retried',
]

/** Only from a mail server: a customer who sends such a text on to us wants help with it. */
function fromWords(headers: MailHeaders, text: string): BounceReport | undefined {
  const failed = headers.first('x-failed-recipients')
  const sender = authorOf(headers)?.address.split('@', 1)[0]
  if (failed === '' && sender !== 'mailer-daemon' && sender !== 'postmaster') return undefined
  const words = text.slice(0, 4_000).toLowerCase().replace(/\s+/g, ' ').trim()
  const opening = openings.find(([begins]) => words.slice(0, 400).includes(begins))
  if (!opening && failed === '') return undefined
  const own = text.slice(0, beginOfCopy(text))
  const recipient = addressIn(failed) ?? recipientIn(own)
  const lines = own.split('\n').map((line) => line.trim())
  const telling = lines.find((line) => statusIn(line) !== '' && !/^(date|received)/i.test(line)) ?? ''
  return {
    action: delays.some((sign) => words.includes(sign)) ? 'delayed' : (opening?.[1] ?? 'failed'),
    status: statusIn(telling),
    ...(recipient !== undefined && { recipient }),
    diagnostic: cleanLine(telling, 500),
  }
}

/** Where the returned mail begins in a report of one text. */
function beginOfCopy(text: string): number {
  const marks = [
    '--- Below this line is a copy',
    '------ This is a copy of',
    '--- Original message',
    '----- Original message',
  ]
  const found = marks.map((mark) => text.indexOf(mark)).filter((at) => at >= 0)
  return Math.min(text.length, ...found)
}

/** The recipient stands on a line of its own: "<ana@example.com>:" or "  ana@example.com". */
function recipientIn(text: string): string | undefined {
  for (const line of text.split('\n')) {
    const [, address] =
      /^\s{0,8}<?([^\s<>:]{1,64}@[^\s<>:]{1,255})>?:?\s{0,8}$/.exec(line.slice(0, 400)) ?? []
    if (address !== undefined) return cleanLine(address, 320).toLowerCase()
  }
  return undefined
}

function originalIdOf(parts: readonly ReportPart[], text: string): string | undefined {
  const original = parts.find(({ mediaType }) =>
    /^(message\/(rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/.test(mediaType),
  )
  const copy =
    original?.content.subarray(0, 50_000).toString('latin1') ?? text.slice(beginOfCopy(text)).slice(0, 50_000)
  const id = /^message-id:\s{0,5}<([^<>\s]{1,500})>/im.exec(copy)?.[1]
  return id && cleanLine(id, 500)
}
