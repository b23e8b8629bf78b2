import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Parser } from 'htmlparser2'
import type { BounceReport, MailAddress, MailKind, ReadMail } from '../../../../src/domain/mail/read/mail.ts'
import type { MailVerdict } from '../../../../src/domain/mail/settle-mail.ts'

export interface ExpectedPart {
  name: string
  mediaType: string
  size: number
  sha256: string
  inline: boolean
}

/** What stands beside each mail of the corpus (test/fixtures/mails/README.md). */
export interface Expected {
  about: string
  language: string
  /** Where it is delivered to. */
  to: 'reply' | 'support' | 'bounce'
  /** What its sender has with us. */
  known: 'ticket' | 'account' | 'nobody'
  envelopeFrom?: string
  kind: MailKind
  from: MailAddress | null
  subject: string
  answer: string
  quoted: boolean
  quotedHas?: string[]
  attachments: ExpectedPart[]
  onlyThanks: boolean
  faults: string[]
  bounce?: BounceReport
  /** Only where it has to be none. */
  date?: null
  htmlHas?: string[]
  htmlHasNot?: string[]
  /** Of a bounce: whether the charge of our mail is given back. */
  reverses?: boolean
  verdict: MailVerdict
}

export interface CorpusMail {
  name: string
  raw: Buffer
  expected: Expected
}

const folder = join(import.meta.dirname, '../../../fixtures/mails')

export const corpus: readonly CorpusMail[] = readdirSync(folder)
  .filter((file) => file.endsWith('.eml'))
  .sort()
  .map((file) => {
    const name = file.slice(0, -'.eml'.length)
    return {
      name,
      raw: readFileSync(join(folder, file)),
      expected: JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Expected,
    }
  })

/** What is compared to the letter. */
export function exactly(read: ReadMail, expected: Expected): [got: unknown, wanted: unknown] {
  const got = {
    kind: read.kind,
    from: read.from ?? null,
    subject: read.subject,
    answer: read.answer,
    quoted: read.quoted !== '',
    missing: (expected.quotedHas ?? []).filter((words) => !read.quoted.includes(words)),
    attachments: read.parts.map(({ name, mediaType, content, inline }) => ({
      name,
      mediaType,
      size: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      inline,
    })),
    onlyThanks: read.onlyThanks,
    faults: read.faults,
    bounce: read.bounce ?? null,
    dated: expected.date === null ? read.date !== undefined : false,
    htmlLacks: (expected.htmlHas ?? []).filter((piece) => !read.html?.includes(piece)),
    htmlKeeps: (expected.htmlHasNot ?? []).filter((piece) => read.html?.includes(piece)),
    dangers: dangersIn(read.html ?? ''),
  }
  const { kind, from, subject, answer, quoted, attachments, onlyThanks, faults } = expected
  const wanted = {
    kind,
    from,
    subject,
    answer,
    quoted,
    missing: [],
    attachments,
    onlyThanks,
    faults,
    bounce: expected.bounce ?? null,
    dated: false,
    htmlLacks: [],
    htmlKeeps: [],
    dangers: [],
  }
  return [got, wanted]
}

const tagsOfDanger =
  /^(script|style|iframe|frame|form|input|button|svg|math|object|embed|meta|base|link|video|audio|source)$/
const attributesOfDanger =
  /^(on.*|src|srcset|background|action|formaction|ping|poster|data|xlink:href|target|id|class|name)$/

/** What of sanitised HTML runs, fetches, submits or hides something. Text may speak of all of it. */
export function dangersIn(html: string): string[] {
  const found: string[] = []
  const parser = new Parser({
    onopentag(tag, attributes) {
      if (tagsOfDanger.test(tag)) found.push(tag)
      for (const [name, value] of Object.entries(attributes)) {
        if (attributesOfDanger.test(name)) found.push(`${tag} ${name}=${value}`)
        if (name === 'style' && /url\(|expression|position|@import|behavior|content/i.test(value))
          found.push(value)
        if (name === 'href' && !/^(https?:\/\/|mailto:|tel:)/i.test(value)) found.push(value)
      }
    },
  })
  parser.end(html)
  return found
}
