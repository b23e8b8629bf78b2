import { CsrfField } from '../layout.tsx'
import type { TicketPageProps } from './ticket-props.ts'

/** Offers of work that nobody has answered yet; each can be taken back. */
export function AskedOffers({ props }: { props: TicketPageProps }) {
  const { words } = props
  const base = `/desk/tickets/${encodeURIComponent(props.ticket.id)}/work-offers`
  return (
    <ul class="asked">
      {props.asked.map((offer) => (
        <li>
          <p dir="auto">{offer.body}</p>
          <form method="post" action={`${base}/${encodeURIComponent(offer.id)}/withdraw`}>
            <CsrfField frame={props} />
            <span class="small quiet num">
              {words.duration(offer.minutes * 60)} · {words.creditsPhrase(offer.units)}
            </span>
            <button class="button" type="submit">
              {words.t('desk:work.withdraw')}
            </button>
          </form>
        </li>
      ))}
    </ul>
  )
}
