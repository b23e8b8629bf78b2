import type { Words } from '../words/words.ts'

/** The client scripts; each is bundled from browser/NAME.ts and is an enhancement, never a need. */
export type ScriptName =
  | 'desk'
  | 'session'
  | 'forms'
  | 'products'
  | 'setup'
  | 'statement'
  | 'prices'
  | 'portal'
  | 'told'

export interface AssetHrefs {
  css: string
  icon: string
  /** The same with a dot: something waits. */
  dottedIcon: string
  /** Missing when the bundle was not built; the page then works without it. */
  scripts: Partial<Record<ScriptName, string>>
}

/** What every page needs besides its own matter. Credits are units (hundredths) everywhere in src/web. */
export interface PageFrame {
  words: Words
  csrf: string
  assets: AssetHrefs
  now: Date
  /** IANA name of the shop's time zone; the desk shows the shop's clock. */
  timeZone: string
  /** True when a sandbox stands in for mail or SMS; then every page carries the banner. */
  sandbox: boolean
  /** A page of somebody who is signed in and may work: it tells of what comes. */
  tells?: boolean
}

export const ticketStates = ['open', 'waiting', 'snoozed', 'closed', 'spam'] as const
export type TicketState = (typeof ticketStates)[number]

export const messageChannels = ['email', 'sms', 'whatsapp', 'portal', 'note', 'work'] as const
export type MessageChannel = (typeof messageChannels)[number]

export interface BalanceProps {
  available: bigint
  held: bigint
  /** Consumed of the live grants: the grey part of the meter. */
  used: bigint
  deficit: bigint
  overdraft: bigint
}

export interface GrantProps {
  id: string
  /** "Support pack 10", or the reason of a grant without an order. */
  name: string
  /** The shop's order number; absent for goodwill and imports. */
  order?: string
  entitled: bigint
  remainder: bigint
  held: bigint
  expiresAt?: Date
  state: 'live' | 'expired' | 'frozen' | 'revoked'
}

export interface TallyProps {
  email: number
  sms: number
  portal: number
  videoSeconds: number
  workMinutes: number
}

/** Something that came with a message and can be opened. */
export interface FileProps {
  /** '' when the sender gave none. */
  name: string
  /** In bytes. */
  size: number
  href: string
}
