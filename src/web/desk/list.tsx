import { Mark, renderDocument } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { OwnerAlarms } from './owner-alarms.tsx'
import type { DeskListProps } from './props.ts'
import { Rail, Search } from './rail.tsx'
import { TicketRows } from './rows.tsx'

/** /desk: the tickets of one view, newest first, as a whole document. */
export function renderDeskList(props: DeskListProps): string {
  const { t } = props.words
  // What a search finds stands in all views, so none of them is named.
  const heading = t(props.query ? 'desk:search.heading' : `desk:views.${props.view}`)
  return renderDocument({
    frame: props,
    title: heading,
    page: 'desk inbox',
    scripts: ['desk'],
    children: (
      <>
        <OwnerAlarms frame={props} />
        <div class="panes">
          <Rail frame={props} view={props.query ? undefined : props.view} />
          <main class="list" id="main">
            <header>
              <h1>
                {heading}
                <small class="quiet" dir="auto">
                  {props.shopName}
                </small>
              </h1>
              <Search frame={props} query={props.query} view={props.view} />
            </header>
            {props.rows.length > 0 ? <Found props={props} /> : <Nothing props={props} />}
          </main>
        </div>
      </>
    ),
  })
}

function Found({ props }: { props: DeskListProps }) {
  return (
    <>
      <TicketRows frame={props} rows={props.rows} showState={props.view === 'all' || Boolean(props.query)} />
      {props.olderHref && (
        <p class="older">
          <a class="button" rel="next" href={props.olderHref}>
            {props.words.t('desk:older')}
          </a>
        </p>
      )}
    </>
  )
}

/** Says what will be here and what to do next. */
function Nothing({ props }: { props: DeskListProps }) {
  const { t } = props.words
  if (props.query) {
    return (
      <div class="empty">
        <h2>{t('desk:empty.search.title', { query: isolate(props.query) })}</h2>
        <p>{t('desk:empty.search.text')}</p>
        <a class="button" href={`/desk?view=${props.view}`}>
          {t('desk:empty.search.clear')}
        </a>
      </div>
    )
  }
  return (
    <div class="empty">
      <Mark name="" />
      <h2>{t(`desk:empty.${props.view}.title`)}</h2>
      <p>{t(`desk:empty.${props.view}.text`)}</p>
      {props.view === 'unanswered' && (
        <a class="button" href="/desk?view=all">
          {t('desk:empty.unanswered.all')}
        </a>
      )}
    </div>
  )
}
