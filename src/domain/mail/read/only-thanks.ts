import { company, greetings, thanks } from './thanks-words.ts'

const longest = 300

/**
 * True for an answer that thanks and says nothing else. Every word has to be known as one that asks for nothing, or be a name where
 * names stand; a question mark, a figure or one unknown word makes it an answer. To wake a ticket needlessly costs a glance; to let a
 * question sleep costs a customer.
 */
export function onlyThanks(answer: string, senderName: string): boolean {
  if (
    answer === '' ||
    answer.length > longest ||
    /[?\u061f\u037e\p{N}@:/]|https?/u.test(answer.replace(/:-?[)D]/g, ''))
  ) {
    return false
  }
  // A semicolon asks in Greek.
  if (/;/.test(answer) && /\p{Script=Greek}/u.test(answer)) return false
  const names = new Set(wordsOf(senderName))
  const lines = answer
    .split('\n')
    .map(wordsOf)
    .filter((words) => words.length > 0)
  let thanked = false
  for (const words of lines) {
    let strangers = greetings.has(words[0] ?? '') ? 2 : 0
    for (const [at, word] of words.entries()) {
      thanked ||= thanks.has(word)
      if (thanks.has(word) || company.has(word) || greetings.has(word) || names.has(word)) continue
      const greets = at <= 3 && strangers > 0 && isGreeting(answer, words)
      if (!greets) return false
      strangers -= 1
    }
  }
  return thanked
}

/** Names are only looked for where a line begins by greeting: "Hi Maja," and "Thanks Maja!", not "Thanks refund please". */
function isGreeting(answer: string, words: readonly string[]): boolean {
  const [first = '', ...others] = words
  if (!greetings.has(first)) return false
  const unknown = others.filter((word) => !company.has(word) && !thanks.has(word) && !greetings.has(word))
  const original = answer.normalize('NFC').match(/\p{L}[\p{L}\p{M}'’-]*/gu) ?? []
  const capital = /^(\p{Lu}|\p{Lo})/u
  return unknown.every((word) => original.some((text) => bare(text) === word && capital.test(text)))
}

function wordsOf(text: string): string[] {
  return (text.match(/[\p{L}\p{M}\u200c'’]+/gu) ?? []).map(bare).filter((word) => word !== '')
}

/** As people type it who leave accents out. */
function bare(word: string): string {
  return word
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[\p{M}\u200c'’]/gu, '')
}
