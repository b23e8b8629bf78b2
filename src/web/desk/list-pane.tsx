import { TicketRows } from './rows.tsx'
import { Search } from './search.tsx'
import type { TicketPageProps } from './ticket-props.ts'

/** The list beside a conversation, on the page of the view from which the ticket was opened. */
export function ListPane({ props }: { props: TicketPageProps }) {
  const { t } = props.words
  const { place, rows } = props
  if (!rows) return null
  return (
    <section class="list" aria-label={t('desk:tickets')}>
      <header>
        <Search frame={props} place={place} />
      </header>
      {rows.length > 0 ? (
        <TicketRows frame={props} rows={rows} place={place} currentId={props.ticket.id} />
      ) : (
        <p class="empty small">
          {t(place.query ? 'list:empty.search.short' : `list:empty.${place.view}.title`)}
        </p>
      )}
      <p class="older">
        <a class="link" href={`/desk${place.search}`}>
          {t('list:whole')}
        </a>
      </p>
    </section>
  )
}
