import { CsrfField, renderDocument } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { Composer } from './composer.tsx'
import { Conversation } from './conversation.tsx'
import { HeldMails } from './held.tsx'
import { Here, hereWords } from './here.tsx'
import { KeyHelp, ticketKeys } from './keys.tsx'
import { ListPane } from './list-pane.tsx'
import { Notice } from './notice.tsx'
import { OwnerAlarms } from './owner-alarms.tsx'
import { Rail } from './rail.tsx'
import { Side } from './side.tsx'
import { TicketActs } from './ticket-acts.tsx'
import { TicketMarks } from './ticket-marks.tsx'
import type { TicketPageProps } from './ticket-props.ts'

/** /desk/tickets/:id: conversation, composer and side panel as a whole document. */
export function renderTicketPage(props: TicketPageProps): string {
  const { ticket } = props
  return renderDocument({
    frame: props,
    title: `${ticket.number} · ${ticket.subject}`,
    count: props.counts.concern,
    page: 'desk one',
    scripts: ['desk'],
    children: (
      <>
        <OwnerAlarms frame={props} />
        <div class={props.rows ? 'panes with-list' : 'panes'}>
          <Rail frame={props} view={props.place.view} />
          <ListPane props={props} />
          <main class="ticket" id="main" data-ticket={ticket.id} data-customer={props.customer.id}>
            <TicketHead props={props} />
            <Side props={props} />
            <Conversation props={props} />
            {props.held.length > 0 && <HeldMails props={props} />}
            <News frame={props} />
            <Composer
              composer={props.composer}
              ticketId={ticket.id}
              customerName={props.customer.name}
              frame={props}
            />
          </main>
        </div>
        <KeyHelp keys={ticketKeys} frame={props} />
      </>
    ),
  })
}

function TicketHead({ props }: { props: TicketPageProps }) {
  const { t } = props.words
  const { ticket } = props
  const closed = ticket.state === 'closed'
  return (
    <header class="ticket-head" id="ticket-head" {...hereWords(props.words)}>
      {props.notice && <Notice notice={props.notice} from={`ticket:${ticket.id}`} frame={props} />}
      <div class="bar">
        <a class="back" href={`/desk${props.place.search}`}>
          ‹ {t(props.place.query ? 'list:search.heading' : `list:views.${props.place.view}`)}
        </a>
        <span class="num">#{ticket.number}</span>
        <span class={`state-tag ${ticket.state}`}>{t(`desk:state.${ticket.state}`)}</span>
        {ticket.order && <span class="tag num">{t('desk:grant.order', { order: ticket.order })}</span>}
        <TicketMarks props={props} />
        <Here ticketId={ticket.id} live />
        <span class="head-acts">
          <form class="status" method="post" action={`/desk/tickets/${encodeURIComponent(ticket.id)}/status`}>
            <CsrfField frame={props} />
            <button class="plain" type="submit" name="status" value={closed ? 'open' : 'closed'}>
              {t(closed ? 'desk:reopen' : 'desk:close')}
            </button>
          </form>
          <TicketActs props={props} />
        </span>
      </div>
      <h1 dir="auto">{ticket.subject}</h1>
    </header>
  )
}

/** What came while the page was open: said aloud, and before an answer that is being written is sent, shown to be read; or that nothing can come. */
function News({ frame }: { frame: PageFrame }) {
  const { t } = frame.words
  return (
    <>
      <p class="vh" role="status" data-announce={t('talk:news.announce', { names: '{names}' })} />
      <div class="bars">
        <p class="news" role="status" data-offline hidden>
          {t('talk:offline')}
        </p>
        <div class="news" data-news={t('talk:news.text', { names: '{names}' })} hidden>
          <span data-news-text />
          <button type="button">{t('talk:news.seen')}</button>
        </div>
      </div>
    </>
  )
}
