import type { BalanceProps, GrantProps, TallyProps, TicketState } from '../props.ts'
import type { ComposerProps, DeskOffer } from './composer-props.ts'
import type { ConversationItem, HeldMailProps } from './conversation-props.ts'
import type { ActChoices, ListPlaceProps, NoticeProps, TicketRow } from './list-props.ts'
import type { DeskFrame } from './props.ts'
import type { CustomerContextProps, ReviewFlag, SupervisionProps } from './side-props.ts'

export interface TicketPageProps extends DeskFrame {
  ticket: {
    id: string
    number: number
    subject: string
    state: TicketState
    order?: string
    assignee?: string
    assigneeId?: string
    tags: string[]
    dueAt?: Date
    snoozedUntil?: Date
  }
  /** The list at the left on wide screens, as it was left; without rows, the conversation takes its place. */
  place: ListPlaceProps
  rows?: TicketRow[]
  choices: ActChoices
  notice?: NoticeProps
  conversation: ConversationItem[]
  /** Address of the same page with older messages; absent when all are shown. */
  olderHref?: string
  composer: ComposerProps
  balance: BalanceProps
  grants: GrantProps[]
  statementHref: string
  /** Where the people of the account are managed. */
  peopleHref?: string
  /** Who may write, when several do; `monthUnits`: what answers to them cost this month. */
  people?: { name: string; owner: boolean; asks: boolean; monthUnits: bigint }[]
  tally: TallyProps
  customer: {
    id: string
    name: string
    /** Name of the language in its own words, such as "slovenščina". */
    language?: string
    /** The clock of whoever asks; by how much it is ahead of the shop's. */
    there?: { zone: string; aheadMinutes: number }
    emails: string[]
    phones: string[]
  }
  context?: CustomerContextProps
  earlier: { id: string; number: number; subject: string; state: TicketState; at: Date }[]
  flags: ReviewFlag[]
  /** Absent for an agent. */
  supervision?: SupervisionProps
  /** Offers of work that wait for the customer's answer. */
  asked: DeskOffer[]
  /** Answers by mail that wait for a person. */
  held: HeldMailProps[]
}
