import type { MessageChannel, TicketState } from '../props.ts'
import type { StepProps } from '../setup/first-steps.tsx'
import type { DeskFrame, View } from './props.ts'

export interface TicketRow {
  id: string
  number: number
  customerName: string
  subject: string
  /** Beginning of the last message, one line. */
  preview: string
  /** True when the last message is ours; the row then says "You:" in front of the preview. */
  lastIsOurs: boolean
  channel: MessageChannel
  /** Since when the customer waits; else when something happened last. */
  at: Date
  available: bigint
  state: TicketState
  /** True when a customer waits for an answer: the row is bold. */
  unanswered: boolean
  tags: string[]
  assignee?: string
  /** By when the first answer was promised; absent when none was, or it was given. */
  dueAt?: Date
  snoozedUntil?: Date
  /** The reader began an answer there and did not send it. */
  hasDraft?: boolean
}

export const noticeKinds = [
  'take',
  'assign',
  'tag',
  'untag',
  'snooze',
  'wake',
  'spam',
  'not_spam',
  'close',
  'reopen',
  'merge',
  'undone',
] as const

/**
 * What was just done with how many tickets; by `actId` it can be taken back. `left`: of an undo, those that
 * changed since; of spam, the senders' other tickets, which can be marked too.
 */
export interface DoneProps {
  kind: (typeof noticeKinds)[number]
  count: number
  actId?: string
  left?: number
}

/** What of an act was wrong, so that nothing was done. */
export const refusedParts = ['tickets', 'merge', 'tags', 'until', 'agent'] as const
export type RefusedPart = (typeof refusedParts)[number]

export type NoticeProps = DoneProps | { refused: RefusedPart }

/** Whom a ticket can be given to, and the tags in use. */
export interface ActChoices {
  agents: { id: string; name: string }[]
  tags: string[]
}

/** Where in the lists somebody is; a ticket that is opened from there keeps it beside the conversation. */
export interface ListPlaceProps {
  view: View
  query?: string
  /** Of the list's address, with the "?". */
  search: string
}

export interface DeskListProps extends DeskFrame {
  place: ListPlaceProps
  rows: TicketRow[]
  choices: ActChoices
  notice?: NoticeProps
  /** Why what was typed cannot be searched for. */
  wrong?: string
  /** Address of the next page (older tickets); absent on the last. */
  olderHref?: string
  /** Of a shop in which nothing has happened yet, for owners. */
  steps?: StepProps[]
}
