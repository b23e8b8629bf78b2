import type { CostProps } from './cost-props.ts'
import type { FormProps } from './form-props.ts'
import type { UnmatchedListProps } from './products-props.ts'
import type { DeskFrame } from './props.ts'

export const pricedChannels = ['email', 'sms', 'whatsapp', 'portal', 'video', 'voice', 'work'] as const
export type PricedChannel = (typeof pricedChannels)[number]

/** A price as the page says it. Units are hundredths of a credit. */
export interface PriceProps {
  channel: PricedChannel
  units: bigint
  per: 'reply' | 'segment' | 'minutes'
  /** With per minutes. */
  step?: number
  freeSeconds?: number
}

export interface TermsProps {
  units: bigint
  days: number | null
  channels: PricedChannel[]
  priority: number
  promotional: boolean
  overdraft: bigint
  furtherOrder: 'new_ticket' | 'open_ticket'
  /** Minutes in which the first answer is promised. */
  firstResponse?: number
  /** Only those of its own. */
  prices: PriceProps[]
  version: number
  sold: number
  at: Date
}

export interface PackageProps extends TermsProps {
  id: string
  /** '' where customers read the line's own name. */
  name: string
  match: string
  retiredAt?: Date
  /** Why nobody can buy it any more, or why it can match nothing. */
  warning?: 'gone' | 'unpublished' | 'noKeys'
  /** What things would cost a customer who buys it now; absent when it covers none of them. */
  example?: ExampleProps
}

export interface ExampleProps {
  things: ('video' | 'email' | 'sms')[]
  units: bigint
}

/** What was just done, and is said in a line. */
export const packagesDone = ['added', 'rates', 'saved'] as const
export type PackagesDone = (typeof packagesDone)[number]

/** /desk/packages */
export interface PackagesPageProps extends DeskFrame {
  done?: PackagesDone
  unmatched: UnmatchedListProps
  packages: PackageProps[]
  /** Also those that are not sold any more. */
  retiredShown: boolean
  /** Address of the next page. */
  moreHref?: string
  add: FormProps
  rates: FormProps
  rateExample?: ExampleProps
  cost: CostProps
}

/** /desk/packages/:id */
export interface PackagePageProps extends DeskFrame {
  done?: PackagesDone
  package: PackageProps
  /** Absent when it is retired. */
  edit?: FormProps & { version: number }
  retireAction: string
  /** Somebody else changed it while this page was open. */
  changed: boolean
  /** The newest first. */
  versions: TermsProps[]
}
