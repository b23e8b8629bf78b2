import { expect, it } from '@jest/globals'
import { chooseText } from '../../../../src/domain/mail/read/choose-text.ts'
import { setAside } from '../../../../src/domain/mail/read/html-text.ts'
import { readMail } from '../../../../src/domain/mail/read/read-mail.ts'
import { splitParts } from '../../../../src/domain/mail/read/split-parts.ts'
import { splitQuote } from '../../../../src/domain/mail/read/split-quote.ts'
import { corpus, exactly } from './corpus.ts'
import { made } from './made.ts'

it('is at least 110 mails, ten of them in each of our languages', () => {
  expect(corpus.length).toBeGreaterThanOrEqual(110)
  for (const language of ['en', 'sl', 'el', 'fa', 'ru', 'de']) {
    expect(corpus.filter(({ expected }) => expected.language === language).length).toBeGreaterThanOrEqual(10)
  }
})

it.each(corpus.map((mail) => [mail.name, mail] as const))('%s is read exactly', async (_name, mail) => {
  const [got, wanted] = exactly(await readMail(mail.raw), mail.expected)
  expect(got).toEqual(wanted)
})

it('no word of a text is lost between answer and quote', async () => {
  for (const { name, raw } of corpus) {
    const { text } = chooseText((await splitParts(raw)).leaves, undefined)
    const { answer, quoted } = splitQuote(text)
    const kept = wordsOf(`${answer}\n${quoted}`)
    expect([name, kept]).toEqual([name, wordsOf(text.replaceAll(setAside, ' '))])
  }
})

function wordsOf(text: string): string[] {
  return (text.match(/\S+/g) ?? []).sort()
}

it.each(made)('$name is read within bounds', async ({ make, check }) => {
  check(await readMail(make()))
})
