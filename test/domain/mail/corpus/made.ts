import { expect } from '@jest/globals'
import type { ReadMail } from '../../../../src/domain/mail/read/mail.ts'

/** Mails that are too large to keep: made when they are needed. */
export interface MadeMail {
  name: string
  make(): Buffer
  check(read: ReadMail): void
}

const head = (...more: string[]) =>
  [
    'From: Emma Clarke <emma.clarke@brightpots.example>',
    'To: reply+ticket@desk.example',
    'Subject: Re: cart',
    'Message-ID: <made@brightpots.example>',
    'Date: Sun, 1 Mar 2026 10:42:17 +0000',
    'MIME-Version: 1.0',
    ...more,
    '',
    '',
  ].join('\r\n')

const part = (type: string, body: string, ...more: string[]) =>
  [`--b`, `Content-Type: ${type}`, ...more, '', body, ''].join('\r\n')

const mail = (text: string) => Buffer.from(text, 'latin1')

export const made: MadeMail[] = [
  {
    name: 'a file of 24 MB',
    make: () =>
      mail(
        `${head('Content-Type: multipart/mixed; boundary=b')}${part('text/plain', 'The backup is attached.')}` +
          `${part('application/zip; name=backup.zip', `${'QUJD'.repeat(19)}\r\n`.repeat(420_000), 'Content-Transfer-Encoding: base64')}--b--\r\n`,
      ),
    check: (read) => {
      expect(read.answer).toBe('The backup is attached.')
      expect(read.parts).toMatchObject([{ name: 'backup.zip', mediaType: 'application/zip' }])
      expect(read.parts[0]?.content).toHaveLength(420_000 * 57)
      expect(read.faults).toEqual([])
    },
  },
  {
    name: 'a text of 5 MB',
    make: () => mail(`${head('Content-Type: text/plain; charset=utf-8')}${'Empty again. '.repeat(400_000)}`),
    check: (read) => {
      expect(read.answer).toHaveLength(100_000)
      expect(read.faults.join()).toContain('the first 100,000 are shown')
    },
  },
  {
    name: 'HTML of 200,000 elements',
    make: () =>
      mail(`${head('Content-Type: text/html; charset=utf-8')}<p>First</p>${'<b>x</b>'.repeat(200_000)}`),
    check: (read) => {
      expect(read.answer.startsWith('First')).toBe(true)
      expect(read.faults.join()).toContain('more than anybody reads')
    },
  },
  {
    name: 'HTML nested 100,000 deep',
    make: () =>
      mail(`${head('Content-Type: text/html; charset=utf-8')}<p>First</p>${'<div>'.repeat(100_000)}deep`),
    check: (read) => expect(read.answer.startsWith('First')).toBe(true),
  },
  {
    name: 'a mail of 1,000 parts',
    make: () =>
      mail(
        `${head('Content-Type: multipart/mixed; boundary=b')}${part('text/plain', 'A thousand pictures.')}` +
          `${Array.from({ length: 999 }, (_, at) => part(`image/png; name=${at}.png`, 'iVBORw0KGgo=', 'Content-Transfer-Encoding: base64')).join('')}--b--\r\n`,
      ),
    check: (read) => {
      expect(read.answer).toBe('A thousand pictures.')
      expect(read.parts).toHaveLength(199)
      expect(read.faults).toEqual(['1,000 parts, the first 200 are kept'])
    },
  },
  {
    name: 'a header line of 100 kB',
    make: () => mail(`X-Long: ${'y'.repeat(100_000)}\r\n${head()}It is empty.\r\n`),
    check: (read) => {
      expect(read.subject).toBe('Re: cart')
      expect(read.answer).toBe('It is empty.')
    },
  },
  {
    name: 'a subject of 100 kB of encoded words',
    make: () =>
      mail(
        head().replace(
          'Re: cart',
          Array.from({ length: 2_500 }, () => '=?utf-8?B?xI3FocW+xI3FocW+?=').join('\r\n '),
        ),
      ),
    check: (read) => {
      expect(read.subject.startsWith('čšžčšž')).toBe(true)
      expect(read.subject.length).toBeLessThanOrEqual(500)
    },
  },
  {
    name: 'a header of 10 MB',
    make: () => mail(`${head().trimEnd()}\r\n${'X-Filler: z\r\n'.repeat(800_000)}\r\nIt is empty.\r\n`),
    check: (read) => {
      expect(read.from?.address).toBe('emma.clarke@brightpots.example')
      expect(read.answer).toBe('It is empty.')
    },
  },
  {
    name: 'a text line of 2 MB that looks like a quote, an attribution and a signature',
    make: () =>
      mail(
        `${head('Content-Type: text/plain')}${'On 1.1.2026 10:00 <a@b.c> wrote: > -- '.repeat(50_000)}\r\n`,
      ),
    check: (read) => expect(read.answer).not.toBe(''),
  },
  {
    name: 'multiparts nested 3,000 deep',
    make: () => {
      const open = Array.from(
        { length: 3_000 },
        (_, at) => `Content-Type: multipart/mixed; boundary="n${at}"\r\n\r\n--n${at}\r\n`,
      )
      return mail(`${head().trimEnd()}\r\n${open.join('')}Content-Type: text/plain\r\n\r\nAt the bottom.\r\n`)
    },
    check: (read) => expect(read.faults.length).toBeGreaterThan(0),
  },
  {
    name: '100,000 recipients',
    make: () =>
      mail(
        `${head(`Cc: ${Array.from({ length: 100_000 }, (_, at) => `p${at}@x.example`).join(',\r\n ')}`)}Hi\r\n`,
      ),
    check: (read) => expect(read.cc.length).toBeLessThanOrEqual(500),
  },
  {
    name: '120,000 lines of quotes of changing depth',
    make: () =>
      mail(
        `${head('Content-Type: text/plain; format=flowed')}Mine.\r\n${'>>>>> x \r\n>> y\r\n'.repeat(60_000)}`,
      ),
    check: (read) => expect(read.answer).toBe('Mine.'),
  },
]
