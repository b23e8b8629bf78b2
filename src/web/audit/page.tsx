import { Rail } from '../desk/rail.tsx'
import { renderDocument } from '../layout.tsx'
import { clock } from '../time.ts'
import { actionText, changeText, whoText } from './describe.ts'
import type { AuditPageProps, AuditRow } from './props.ts'

const path = '/desk/audit'

/** /desk/audit as a whole document: who did what by hand. For supervisors and owners. */
export function renderAuditPage(props: AuditPageProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('audit:title'),
    page: 'desk setup-page',
    children: (
      <div class="panes">
        <Rail frame={props} page="audit" />
        <main class="setup" id="main">
          <header>
            <h1>{t('audit:title')}</h1>
            <p class="quiet">{t('audit:what')}</p>
          </header>
          <Choices props={props} />
          {props.rows.length > 0 ? <Lines props={props} /> : <Nothing props={props} />}
        </main>
      </div>
    ),
  })
}

function Choices({ props }: { props: AuditPageProps }) {
  const { t } = props.words
  return (
    <nav class="about" aria-label={t('audit:about.label')}>
      {(['all', 'shop', 'customers', 'agents'] as const).map((about) => (
        <a
          href={about === 'all' ? path : `${path}?about=${about}`}
          {...(about === props.about ? { 'aria-current': 'page' as const } : {})}
        >
          {t(`audit:about.${about}`)}
        </a>
      ))}
    </nav>
  )
}

function Lines({ props }: { props: AuditPageProps }) {
  const { t } = props.words
  return (
    <section>
      <ol class="card log">
        {props.rows.map((row) => (
          <Line row={row} props={props} />
        ))}
      </ol>
      <p class="small more">
        {props.olderHref && (
          <a class="button" rel="next" href={props.olderHref}>
            {t('audit:older')}
          </a>
        )}
        {props.paged && (
          <a class="link" href={props.about === 'all' ? path : `${path}?about=${props.about}`}>
            {t('audit:newest')}
          </a>
        )}
      </p>
    </section>
  )
}

function Line({ row, props }: { row: AuditRow; props: AuditPageProps }) {
  const { words } = props
  const what = actionText(row, words)
  const why = [row.reason && words.t(`supervise:reason.${row.reason}`), row.note].filter(
    (part) => part !== undefined && part !== '',
  )
  return (
    <li id={`l-${row.id}`}>
      <p>
        <b>
          <bdi>{whoText(row, words)}</bdi>
        </b>{' '}
        {row.href ? (
          <a class="link" href={row.href}>
            {what}
          </a>
        ) : (
          what
        )}
        {row.customer && (
          <>
            {' · '}
            <a class="link" href={row.customer.href}>
              <bdi>{row.customer.name}</bdi>
            </a>
          </>
        )}
      </p>
      <time class="small quiet num" dateTime={row.at.toISOString()}>
        {clock(words, row.at, props.now, props.timeZone)}
      </time>
      {row.changes.length > 0 && (
        <ul class="small quiet num">
          {row.changes.map((change) => (
            <li>{changeText(change, words)}</li>
          ))}
        </ul>
      )}
      {why.length > 0 && (
        <p class="small quiet">
          {why.map((part, index) => (
            <>
              {index > 0 && ' · '}
              <bdi>{part}</bdi>
            </>
          ))}
        </p>
      )}
    </li>
  )
}

function Nothing({ props }: { props: AuditPageProps }) {
  const { t } = props.words
  return (
    <div class="empty">
      <h2>{t('audit:empty.title')}</h2>
      <p>{t('audit:empty.text')}</p>
    </div>
  )
}
