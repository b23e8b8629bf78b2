import type { TicketView } from '../get-ticket.ts'
import { indexWord, phoneWord, searchWords, wholeWord } from './words.ts'

/** The filters that a search knows, as they are typed. */
export const searchFilters = [
  'from:ana',
  'tag:urgent',
  'order:1042',
  'status:open',
  'assignee:maja',
  'is:mine',
  'channel:sms',
  'balance:<2',
  'before:2026-11-30',
  'after:2026-11-01',
] as const

const names = [
  'from',
  'tag',
  'order',
  'status',
  'assignee',
  'is',
  'channel',
  'balance',
  'before',
  'after',
] as const
type FilterName = (typeof names)[number]

/** What somebody searches for. */
export interface Search {
  /** In the language of tsquery; absent when there are filters only. */
  query?: string
  /** The number of a ticket, or of an order of the shop, when it is one word that may be either. */
  number?: string
  status?: TicketView['status']
  assignee?: string | null
  mine?: true
  balance?: { than: '<' | '>' | '<=' | '>=' | '='; units: bigint }
  before?: string
  after?: string
}

export type SearchReading = { search: Search } | { wrong: string }

/** Reads what was typed; `wrong` is the filter that cannot be understood. */
export function readSearch(typed: string, shopId: bigint): SearchReading {
  const terms: string[] = []
  const search: Search = {}
  const rest: string[] = []
  for (const [token, name, quoted, bare] of typed.matchAll(
    /([a-zA-Z]+):(?:"([^"]*)"|([^\s"/][^\s"]*)?)|\S+/g,
  )) {
    const value = (quoted ?? bare ?? '').trim()
    const known = names.find((one) => one === name?.toLowerCase())
    if (name === undefined || (!known && !looksLikeFilter(token))) rest.push(token)
    else if (!known || value === '') return { wrong: token }
    else {
      const added = readFilter(known, value, search, shopId)
      if (added === undefined) return { wrong: token }
      terms.push(...added)
    }
  }
  const words = rest.join(' ')
  // "#1042" is that number and no word; of signs alone there is nothing to find.
  const found = words.startsWith('#') ? [] : wordTerms(words, shopId)
  terms.push(...(words !== '' && found.length === 0 ? [term(indexWord(shopId, ''), false)] : found))
  const single = /^#?([\p{L}\p{N}][\p{L}\p{N}-]{0,30})$/u.exec(words)?.[1]
  return {
    search: {
      ...search,
      ...(terms.length > 0 && { query: terms.join(' & ') }),
      ...(single && { number: single }),
    },
  }
}

/** "statuss:open" is a mistake; "https://…", "error:0x80" and what stands in quotes are what somebody looks for. */
function looksLikeFilter(token: string): boolean {
  return /^[a-z]{2,9}:"?[\p{L} -]+"?$/u.test(token)
}

/** The tickets that have this tag, and no longer one, as a term of a search. */
export function tagTerm(tag: string, shopId: bigint): string {
  return term(indexWord(shopId, wholeWord(tag), 'tag'), false)
}

/** One word of the index; with `prefix` all that begin so. */
function term(word: string, prefix = true): string {
  return `'${word.replace(/\\/g, '\\\\').replace(/'/g, "''")}'${prefix ? ':*' : ''}`
}

function wordTerms(words: string, shopId: bigint): string[] {
  // A number as people write it, "041 234 567"; kept ones are E.164 and have no leading zero.
  if (/^[+\d(][\d\s()./-]{5,30}$/.test(words)) {
    const digits = words.replace(/\D/g, '').replace(/^0+/, '')
    const plain = searchWords(words).map((word) => term(indexWord(shopId, word)))
    if (digits.length >= 6) {
      return [`(${term(indexWord(shopId, phoneWord(digits), 'phone'))} | (${plain.join(' & ')}))`]
    }
  }
  return words.split(/\s+/).flatMap((token) => {
    if (/^[^@]+@[^@]*$/.test(token)) {
      const parts = searchWords(token).map((word) => term(indexWord(shopId, word)))
      const address = term(indexWord(shopId, wholeWord(token), 'mail'))
      // The whole address is rare; its parts, such as "com", may stand in every ticket.
      return token.includes('.') || parts.length === 0 ? [address] : [`(${address} | (${parts.join(' & ')}))`]
    }
    return searchWords(token)
      .slice(0, 8)
      .map((word) => term(indexWord(shopId, word)))
  })
}

const statuses: Record<string, TicketView['status']> = {
  open: 'open',
  unanswered: 'open',
  waiting: 'waiting',
  snoozed: 'snoozed',
  hold: 'snoozed',
  closed: 'closed',
  spam: 'spam',
}
const channels = ['email', 'sms', 'whatsapp', 'portal', 'note', 'work']

/** The terms that a filter adds, after it set its part of the search; undefined when its value is none. */
function readFilter(name: FilterName, value: string, search: Search, shopId: bigint): string[] | undefined {
  switch (name) {
    case 'from':
      return value.includes('@')
        ? [term(indexWord(shopId, wholeWord(value), 'mail'))]
        : searchWords(value).map((word) => term(indexWord(shopId, word, 'from')))
    case 'tag':
      return [term(indexWord(shopId, wholeWord(value), 'tag'))]
    case 'order':
      return [term(indexWord(shopId, wholeWord(value.replace(/^#/, '')), 'order'), false)]
    case 'channel':
      return channels.includes(value.toLowerCase())
        ? [term(indexWord(shopId, value.toLowerCase(), 'channel'), false)]
        : undefined
    case 'is':
      return readIs(value.toLowerCase(), search)
    case 'status':
      return readStatus(value.toLowerCase(), search)
    case 'assignee':
      search.assignee = /^(none|nobody)$/i.test(value) ? null : value.toLowerCase()
      return []
    case 'balance':
      return readBalance(value, search)
    case 'before':
    case 'after':
      if (!/^\d{4}-\d\d-\d\d$/.test(value) || Number.isNaN(Date.parse(value))) return undefined
      search[name] = value
      return []
  }
}

function readStatus(value: string, search: Search): string[] | undefined {
  const status = statuses[value]
  if (!status) return undefined
  search.status = status
  return []
}

function readIs(value: string, search: Search): string[] | undefined {
  if (value === 'unassigned') search.assignee = null
  else if (value === 'mine') search.mine = true
  else return readStatus(value, search)
  return []
}

function readBalance(value: string, search: Search): string[] | undefined {
  const [, than = '=', credits = ''] = /^(<=|>=|<|>|=)?(-?\d{1,7}(?:[.,]\d{1,2})?)$/.exec(value) ?? []
  if (credits === '') return undefined
  const units = BigInt(Math.round(Number(credits.replace(',', '.')) * 100))
  search.balance = { than: than as NonNullable<Search['balance']>['than'], units }
  return []
}
