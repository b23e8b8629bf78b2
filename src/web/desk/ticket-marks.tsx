import { clock } from '../time.ts'
import { Due } from './due.tsx'
import { TicketTags } from './ticket-acts.tsx'
import type { TicketPageProps } from './ticket-props.ts'

/** Beside a ticket's number: whose it is, what was promised, until when it rests, its tags. */
export function TicketMarks({ props }: { props: TicketPageProps }) {
  const { ticket, words, now, timeZone } = props
  return (
    <>
      {ticket.assignee && (
        <span class="assignee">
          · <bdi>{ticket.assignee}</bdi>
        </span>
      )}
      {ticket.dueAt && <Due at={ticket.dueAt} frame={props} />}
      {ticket.snoozedUntil && (
        <span class="num">
          {words.t('list:meta.until', { at: clock(words, ticket.snoozedUntil, now, timeZone) })}
        </span>
      )}
      <TicketTags props={props} />
    </>
  )
}
