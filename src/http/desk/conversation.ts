import type { TicketView } from '../../domain/tickets/get-ticket.ts'
import type { ConversationItem } from '../../web/desk/conversation-props.ts'
import type { Words } from '../../words/words.ts'
import { toId } from '../ids.ts'
import { eventProps } from './event-props.ts'
import { messageProps } from './message-props.ts'

/** Where a page of older messages begins, and what the agent had seen when leaving the newest page. */
export interface OlderPage {
  before: bigint
  /** The newest message seen; a reply from an older page is checked against it. */
  seen?: bigint
  /** Events from here on stand on the page after this one. */
  until?: Date
}

/** Reads "?before=12" and the longer "12-40-1700000000000" that our own links carry; undefined for anything else. */
export function readOlderPage(text: string | undefined): OlderPage | undefined {
  const [, before, seen, until] = /^(\d{1,19})(?:-(\d{1,19})-(\d{1,15}))?$/.exec(text ?? '') ?? []
  if (before === undefined || toId(before) === 0n) return undefined
  return {
    before: toId(before),
    ...(seen === undefined ? {} : { seen: toId(seen) }),
    ...(until === undefined ? {} : { until: new Date(Number(until)) }),
  }
}

/** Address of the page before this one; undefined when all are shown. */
export function olderHref(view: TicketView, seen: bigint): string | undefined {
  const oldest = view.messages[0]
  if (view.olderBefore === undefined || !oldest) return undefined
  return `/desk/tickets/${view.id}?before=${view.olderBefore}-${seen}-${oldest.createdAt.getTime()}#newest`
}

/** Messages and what happened between them, by time. Each event stands on one page only. */
export function conversationOf(
  view: TicketView,
  context: {
    words: Words
    shopName: string
    page?: OlderPage | undefined
    seenId?: bigint | undefined
    tooLate?: bigint | undefined
  },
): ConversationItem[] {
  const first = view.olderBefore === undefined ? undefined : view.messages[0]?.createdAt
  const until = context.page?.until
  const events = view.events
    .filter(({ at }) => (first === undefined || at >= first) && (until === undefined || at < until))
    .map(eventProps)
    .filter((event) => event !== undefined)
  const messages = view.messages.map((message) => messageProps(message, context))
  // Stable, so an event of the same moment keeps its place before the message that it led to.
  return [...events, ...messages].sort((a, b) => a.at.getTime() - b.at.getTime())
}
