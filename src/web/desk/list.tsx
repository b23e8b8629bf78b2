import { Mark, renderDocument } from '../layout.tsx'
import { FirstSteps } from '../setup/first-steps.tsx'
import { isolate } from '../text.tsx'
import { BulkBar } from './bulk.tsx'
import { KeyHelp, listKeys } from './keys.tsx'
import type { DeskListProps } from './list-props.ts'
import { Notice } from './notice.tsx'
import { OwnerAlarms } from './owner-alarms.tsx'
import { Rail } from './rail.tsx'
import { TicketRows } from './rows.tsx'
import { Search } from './search.tsx'

/** /desk: the tickets of one view as a whole document. */
export function renderDeskList(props: DeskListProps): string {
  const { t } = props.words
  const { place } = props
  // What a search finds stands in all views, so none of them is named.
  const heading = t(place.query ? 'list:search.heading' : `list:views.${place.view}`)
  return renderDocument({
    frame: props,
    title: heading,
    count: props.counts.concern,
    page: 'desk inbox',
    scripts: ['desk'],
    children: (
      <>
        <OwnerAlarms frame={props} />
        <div class="panes">
          <Rail frame={props} view={place.query ? undefined : place.view} />
          <main class="list" id="main">
            <header>
              <h1>
                {heading}
                <small class="quiet" dir="auto">
                  {props.shopName}
                </small>
              </h1>
              <Search frame={props} place={place} />
            </header>
            {props.notice && <Notice notice={props.notice} from="list" frame={props} />}
            <p class="notice amber" role="status" data-offline hidden>
              {t('list:offline')}
            </p>
            <BulkBar props={props} />
            <div id="found">
              {props.rows.length > 0 ? <Found props={props} /> : <Nothing props={props} />}
            </div>
          </main>
        </div>
        <KeyHelp keys={listKeys} frame={props} />
      </>
    ),
  })
}

function Found({ props }: { props: DeskListProps }) {
  return (
    <>
      <TicketRows frame={props} rows={props.rows} place={props.place} picks />
      {props.olderHref && (
        <p class="older">
          <a class="button" rel="next" href={props.olderHref}>
            {props.words.t('list:older')}
          </a>
        </p>
      )}
    </>
  )
}

/** Says what will be here and what to do next. */
function Nothing({ props }: { props: DeskListProps }) {
  const { t } = props.words
  const { place } = props
  if (place.query) {
    return (
      <div class="empty">
        <h2>{t('list:empty.search.title', { query: isolate(place.query) })}</h2>
        {props.wrong ? (
          <p class="banner" role="alert">
            {props.wrong}
          </p>
        ) : (
          <p>{t('list:empty.search.text')}</p>
        )}
        <a class="button" href={`/desk?view=${place.view}`}>
          {t('list:empty.search.clear')}
        </a>
      </div>
    )
  }
  if (props.steps) {
    return (
      <div class="empty-steps">
        <FirstSteps frame={props} all={props.steps} />
      </div>
    )
  }
  return (
    <div class="empty">
      <Mark name="" />
      <h2>{t(`list:empty.${place.view}.title`)}</h2>
      <p>{t(`list:empty.${place.view}.text`)}</p>
      {place.view === 'unanswered' && (
        <a class="button" href="/desk?view=all">
          {t('list:empty.unanswered.all')}
        </a>
      )}
    </div>
  )
}
