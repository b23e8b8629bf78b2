import { wordsIn } from '../products/fold-text.ts'

/**
 * Words by which the name or the SKU of an article looks like paid support, in the languages of the shops. What looks like it is
 * only asked about, so a word stands here when most articles that have it are support; what else it may mean stands below.
 */
const supportWords = [
  // English
  'support help helpdesk helpline credit credits',
  // Slovenian
  'podpora podpore podpori podporo podporni podporna podporno pomoč pomoči kredit kredita krediti kreditov dobroimetje',
  // Greek
  'υποστήριξη υποστήριξης βοήθεια βοήθειας πίστωση πιστώσεις πιστώσεων',
  // Persian
  'پشتیبانی پشتیبان کمک اعتبار اعتبارات',
  // Russian
  'поддержка поддержки поддержку поддержке техподдержка техподдержки помощь помощи кредит кредита кредиты кредитов',
  // German
  'Unterstützung Hilfe Guthaben Kredite Kundendienst',
]

/** German writes words together: Supportpaket, Telefonsupport. What begins and ends so is support. */
const compoundBeginnings = ['Support', 'Hilfe', 'Unterstützungs', 'Guthaben']
const compoundEnds = ['Support', 'Hilfe', 'Unterstützung', 'Guthaben', 'Guthabenpaket']
const compoundParts = [
  ...[
    'Paket',
    'Pakete',
    'Stunde',
    'Stunden',
    'Minuten',
    'Ticket',
    'Tickets',
    'Vertrag',
    'Kontingent',
    'Punkte',
  ],
  ...[
    'Kunden',
    'Telefon',
    'Mail',
    'Online',
    'Technik',
    'Fern',
    'Video',
    'Premium',
    'Basis',
    'Software',
    'Shop',
  ],
]

/** Where those words mean something else: what chemists and shops of furniture, sport and gifts sell. "…" is any ending. */
const otherMeanings = [
  'credit card…',
  'self help',
  ...['ankle', 'arch', 'back', 'bra', 'elbow', 'foot', 'knee', 'leg', 'lumbar', 'neck', 'wrist'].map(wear),
  ...['laptop', 'monitor', 'phone', 'plant', 'shelf', 'table', 'tv'].map(wear),
  'kreditn… kartic…',
  'prva pomoč',
  'prve pomoči',
  'prvo pomoč',
  'πρώτες βοήθειες',
  'πρώτων βοηθειών',
  'πιστωτικ… κάρτ…',
  'کمک های اولیه',
  'کمکهای اولیه',
  'کارت اعتبار…',
  'первая помощь',
  'первой помощи',
  'скорая помощь',
  'скорой помощи',
  'кредитн… карт…',
  'erste hilfe',
  'ersten hilfe',
]

function wear(part: string): string {
  return `${part} support…`
}

const words = new Set(supportWords.flatMap(wordsIn))
const beginnings = compoundBeginnings.flatMap(wordsIn)
const ends = compoundEnds.flatMap(wordsIn)
const parts = new Set(compoundParts.flatMap(wordsIn))
const elsewhere = otherMeanings.map(
  (phrase) =>
    new RegExp(
      `(?<= )${phrase
        .split(' ')
        .map((word) => wordsIn(word).join('') + (word.endsWith('…') ? '\\S*' : ''))
        .join(' ')}(?= )`,
      'gu',
    ),
)

/** Whether the name of an article says support. */
export function namesSupport(name: string): boolean {
  const text = ` ${wordsIn(name).join(' ')} `
  const plain = elsewhere.reduce((rest, meaning) => rest.replace(meaning, ' '), text)
  return plain.split(' ').some((word) => words.has(word) || isCompound(word))
}

/** Whether an article code says support; its figures are no part of its words: SUPPORT10, HELP-20. */
export function codesSupport(sku: string): boolean {
  return namesSupport(sku.replace(/\d+/g, ' '))
}

function isCompound(word: string): boolean {
  return (
    beginnings.some((first) => word.startsWith(first) && parts.has(word.slice(first.length))) ||
    ends.some((last) => word.endsWith(last) && parts.has(word.slice(0, -last.length)))
  )
}
