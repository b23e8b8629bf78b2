/** Letters that decompose to nothing else although people write one for the other: Arabic ones on Persian keyboards, Greek ς, ß. */
const twins: Record<string, string> = { ي: 'ی', ى: 'ی', ك: 'ک', ς: 'σ', ß: 'ss' }

/** Text as it is searched and compared: small letters without accents and vowel marks. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[يىكςß]/g, (letter) => twins[letter] ?? letter)
}

/** The words of a text, folded: runs of letters and digits. */
export function wordsIn(text: string): string[] {
  return foldText(text).match(/[\p{L}\p{N}]+/gu) ?? []
}
