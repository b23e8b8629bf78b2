import { foldText } from '../../products/fold-text.ts'

/** Longer ones are no words that somebody types. */
const longestWord = 60
/** Of one text; a log that somebody pasted must not fill the index. */
const mostWords = 3000

/** Letters with a stroke do not decompose, though people leave the stroke out. */
const plainLetters: Record<string, string> = {
  ł: 'l',
  đ: 'd',
  ð: 'd',
  ø: 'o',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
  þ: 'th',
}
/** How German writes its umlauts without them. */
const umlauts: Record<string, string> = { ä: 'ae', ö: 'oe', ü: 'ue' }

/** Text as it is searched: small letters without accents, one kind of digits. */
export function foldForSearch(text: string): string {
  return foldText(text)
    .replace(/[łđðøæœıþ]/g, (letter) => plainLetters[letter] ?? letter)
    .replace(/\p{Nd}/gu, (digit) => String(valueOfDigit(digit)))
}

function valueOfDigit(digit: string): number {
  const code = digit.codePointAt(0) ?? 0
  if (code < 128) return code - 48
  // Each script has its ten digits in a row.
  let zero = code
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && code - zero < 9) zero -= 1
  return code - zero
}

/** The words of a text: as they stand, with those that a joiner parts written in one, and umlauts in both spellings. */
export function searchWords(text: string): string[] {
  const words = new Set<string>()
  const small = text.normalize('NFC').toLowerCase()
  add(words, small)
  // Persian joins the parts of a word with an invisible mark, which many leave out.
  if (/[\u200c\u200d]/.test(small)) add(words, small.replace(/[\u200c\u200d]/g, ''))
  if (/[äöü]/.test(small))
    add(
      words,
      small.replace(/[äöü]/g, (letter) => umlauts[letter] ?? letter),
    )
  return [...words]
}

function add(words: Set<string>, text: string): void {
  for (const [word] of foldForSearch(text).matchAll(/[\p{L}\p{N}]+/gu)) {
    if (words.size >= mostWords) return
    words.add(word.slice(0, longestWord))
  }
}

/** Digits from the end, because people leave out how a number begins. */
export function phoneWord(phone: string): string {
  return [...foldForSearch(phone).replace(/\D/g, '')].reverse().join('')
}

/** A tag or an order number as one word. */
export function wholeWord(text: string): string {
  return foldForSearch(text).replace(/\s+/g, ' ').trim().slice(0, longestWord)
}

/** What kind of word it is; plain ones have none. */
export const wordKinds = { from: 'f', mail: 'm', phone: 'p', tag: 't', order: 'o', channel: 'c' } as const

/** As it stands in the index: behind its shop's id, and its kind. */
export function indexWord(shopId: bigint, word: string, kind?: keyof typeof wordKinds): string {
  return kind ? `${shopId}/${wordKinds[kind]}/${word}` : `${shopId}/${word}`
}
