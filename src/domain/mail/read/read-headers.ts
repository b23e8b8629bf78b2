import type { HeaderLine } from '@zone-eu/mailsplit'
import libmime from 'libmime'
import { DateTime } from 'luxon'
import addressparser from 'nodemailer/lib/addressparser'
import { cleanLine } from './clean-text.ts'
import { decodeText } from './decode-text.ts'
import type { MailAddress } from './mail.ts'

/** The header of a mail by lower-case names. */
export interface MailHeaders {
  /** All values of that name from the top, unfolded, encoded words as they are; [] when there is none. */
  all(name: string): string[]
  /** The topmost; '' when there is none. */
  first(name: string): string
}

/** Longer values are cut before anything looks into them, so that no header costs more than a look. */
const longestValue = 64_000

export function readHeaders(lines: readonly HeaderLine[], hint: string | undefined): MailHeaders {
  const byName = new Map<string, string[]>()
  for (const { key, line } of lines) {
    const bytes = Buffer.from(line.slice(key.length, key.length + longestValue), 'latin1')
    const text = decodeText(bytes, undefined, hint).text
    const value = text
      .slice(text.indexOf(':') + 1)
      .replaceAll('\0', '')
      .replace(/[\r\n]+/g, ' ')
      .trim()
    const values = byName.get(key.trim())
    if (values) values.push(value)
    else byName.set(key.trim(), [value])
  }
  return {
    all: (name) => byName.get(name) ?? [],
    first: (name) => byName.get(name)?.[0] ?? '',
  }
}

/** One line with its encoded words decoded, at most `most` characters. */
export function decodeLine(value: string, most: number): string {
  const short = value.slice(0, most * 20)
  return cleanLine(short.includes('=?') ? libmime.decodeWords(short) : short, most)
}

const mostAddresses = 500

/** Addresses of all headers of that name; what is no address is left out. */
export function addressesOf(headers: MailHeaders, name: string): MailAddress[] {
  const found: MailAddress[] = []
  for (const value of headers.all(name)) {
    for (const parsed of addressparser(value, { flatten: true })) {
      const address = addressOf(parsed.address)
      if (address === undefined) continue
      if (found.length >= mostAddresses) return found
      found.push({ address, name: decodeLine(parsed.name, 200) })
    }
  }
  return found
}

/** The one author. Undefined when there is none, or several, or none that could be answered: then nobody is believed. */
export function authorOf(headers: MailHeaders): MailAddress | undefined {
  const [value, ...more] = headers.all('from')
  if (value === undefined || more.length > 0) return undefined
  const parsed = addressparser(value, { flatten: true })
  return parsed.length === 1 ? addressesOf(headers, 'from')[0] : undefined
}

/** Where the mail was really delivered to, as the servers on its way say; the first of them is nearest to us. */
export function deliveredTo(headers: MailHeaders): string[] {
  const named = [
    'delivered-to',
    'x-original-to',
    'envelope-to',
    'x-envelope-to',
    'x-forwarded-to',
    'x-delivered-to',
  ]
  const said = named.flatMap((name) => addressesOf(headers, name).map(({ address }) => address))
  const received = /\sfor\s+<?([^\s<>;]{1,320})/i.exec(headers.first('received').slice(0, 2_000))?.[1]
  const forWhom = addressOf(received)
  return [...new Set([...said, ...(forWhom === undefined ? [] : [forWhom])])].slice(0, 20)
}

function addressOf(text: string | undefined): string | undefined {
  const address = cleanLine(text ?? '', 330).toLowerCase()
  return address.length <= 254 && /^[^\s@<>"(),;:\\]{1,64}@[^\s@<>"(),;:\\]+$/.test(address)
    ? address
    : undefined
}

/** Message ids of a header, without angle brackets, each once. Programs that leave out the brackets are understood too. */
export function idsOf(headers: MailHeaders, name: string, most: number): string[] {
  const value = headers.all(name).join(' ')
  const bracketed = [...value.matchAll(/<([^<>\s]{1,500})>/g)].map(([, id = '']) => id)
  const bare = value.split(/\s+/).filter((word) => /^[^<>@\s]{1,250}@[^<>@\s]{1,250}$/.test(word))
  const ids = (bracketed.length > 0 ? bracketed : bare)
    .map((id) => cleanLine(id, 500))
    .filter((id) => id !== '')
  return [...new Set(ids)].slice(-most)
}

const earliest = Date.UTC(1980, 0, 1)
const latest = Date.UTC(2100, 0, 1)

/** When it says that it was sent; undefined for what is no date or an absurd one. Without a zone it counts as UTC. */
export function dateOf(headers: MailHeaders): Date | undefined {
  const value = headers
    .first('date')
    .slice(0, 100)
    .replace(/\([^()]{0,50}\)/g, ' ')
    .trim()
  // The parser of JavaScript makes a date of nearly everything, so only what looks like one gets there.
  const [, stamp, zone] =
    /(\d{1,2}[\s-][a-z]{3,9}[\s-]\d{2,4},?\s+\d{1,2}:\d{2}(?::\d{2})?)\s*(\S{0,9})/i.exec(value) ?? []
  const at = DateTime.fromRFC2822(value)
  if (!at.isValid && stamp === undefined) return undefined
  const time = at.isValid ? at.toMillis() : Date.parse(`${stamp} ${zone || '+0000'}`)
  return time >= earliest && time < latest ? new Date(time) : undefined
}
