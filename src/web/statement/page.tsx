import { Rail } from '../desk/rail.tsx'
import { Mark, renderDocument } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import type { DeskStatementProps, PortalStatementProps, StatementProps } from './props.ts'
import { StatementSheet } from './sheet.tsx'

/** /desk/customers/:id/statement as a whole document. */
export function renderDeskStatement(props: DeskStatementProps): string {
  return renderDocument({
    frame: props,
    title: props.words.t('statement:title'),
    page: 'desk statement-page',
    scripts: ['statement'],
    children: (
      <div class="panes">
        <Rail frame={props} />
        <main class="statement" id="main">
          <Tools frame={props} statement={props.statement} />
          <StatementSheet frame={props} statement={props.statement} />
        </main>
      </div>
    ),
  })
}

/** /portal/:token/statement as a whole document, phone first. */
export function renderPortalStatement(props: PortalStatementProps): string {
  const { statement } = props
  return renderDocument({
    frame: props,
    title: props.words.t('statement:title'),
    page: 'portal-page statement-page',
    scripts: ['statement'],
    children: (
      <main class="portal statement" id="main">
        <header class="no-print">
          <Mark name={statement.shopName} />
          <bdi class="quiet small">{statement.customerName}</bdi>
        </header>
        <Tools frame={props} statement={statement} />
        <StatementSheet frame={props} statement={statement} />
      </main>
    ),
  })
}

/** What is not printed: the way back, the months, another period, the file. */
function Tools({ frame, statement }: { frame: PageFrame; statement: StatementProps }) {
  const { t } = frame.words
  return (
    <nav class="tools" aria-label={t('statement:period')}>
      {statement.badPeriod && (
        <p class="banner" role="alert">
          {t('statement:badPeriod')}
        </p>
      )}
      <div class="months">
        <a class="link" href={statement.backHref}>
          {t('statement:back')}
        </a>
        <a class="button" rel="prev" href={statement.previousHref}>
          {t('statement:previous')}
        </a>
        {statement.nextHref && (
          <a class="button" rel="next" href={statement.nextHref}>
            {t('statement:next')}
          </a>
        )}
      </div>
      <form class="days" method="get" action={statement.action}>
        {Object.entries(statement.carried).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <label>
          <span class="small quiet">{t('statement:from')}</span>
          <input type="date" name="from" value={statement.from} required />
        </label>
        <label>
          <span class="small quiet">{t('statement:to')}</span>
          <input type="date" name="to" value={statement.to} required />
        </label>
        <button class="button" type="submit">
          {t('statement:show')}
        </button>
      </form>
      <div class="files">
        <a class="button" href={statement.csvHref} download>
          {t('statement:csv')}
        </a>
        <button class="button print" type="button" data-print>
          {t('statement:print')}
        </button>
      </div>
    </nav>
  )
}
