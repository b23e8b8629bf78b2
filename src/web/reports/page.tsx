import { Rail } from '../desk/rail.tsx'
import { renderDocument } from '../layout.tsx'
import type { PageFrame } from '../props.ts'
import { day } from '../time.ts'
import { Deferred } from './deferred.tsx'
import { MovementsByMonth } from './movements.tsx'
import { OutstandingCredits } from './outstanding.tsx'
import { Prices } from './prices.tsx'
import type { ReportsPageProps, ReportsProps } from './props.ts'

/** /desk/reports as a whole document: what the accountant asks, to read and to print. */
export function renderReports(props: ReportsPageProps): string {
  const { words, reports } = props
  return renderDocument({
    frame: props,
    title: words.t('reports:title'),
    page: 'desk reports-page',
    scripts: ['statement'],
    children: (
      <div class="panes">
        <Rail frame={props} page="reports" />
        <main class="reports" id="main">
          <Tools frame={props} reports={reports} />
          <Head frame={props} shopName={props.shopName} reports={reports} />
          <OutstandingCredits
            words={words}
            outstanding={reports.outstanding}
            file={reports.files.outstanding}
          />
          <MovementsByMonth frame={props} movements={reports.movements} file={reports.files.movements} />
          <Prices words={words} prices={reports.prices} file={reports.files.prices} />
          <Deferred frame={props} currencies={reports.deferred} file={reports.files.deferred} />
        </main>
      </div>
    ),
  })
}

/** What is not printed: other periods, and printing itself. */
function Tools({ frame, reports }: { frame: PageFrame; reports: ReportsProps }) {
  const { t } = frame.words
  return (
    <nav class="tools" aria-label={t('statement:period')}>
      {reports.badPeriod && (
        <p class="banner" role="alert">
          {t('reports:badPeriod')}
        </p>
      )}
      <form class="days" method="get" action="/desk/reports">
        <label>
          <span class="small quiet">{t('statement:from')}</span>
          <input type="date" name="from" value={reports.from} required />
        </label>
        <label>
          <span class="small quiet">{t('statement:to')}</span>
          <input type="date" name="to" value={reports.to} required />
        </label>
        <button class="button" type="submit">
          {t('statement:show')}
        </button>
      </form>
      <div class="files">
        {(['lastMonths', 'thisYear', 'lastYear'] as const).map((choice) => (
          <a class="button" href={reports.choices[choice]}>
            {t(`reports:choice.${choice}`)}
          </a>
        ))}
        <button class="button print" type="button" data-print>
          {t('statement:print')}
        </button>
      </div>
    </nav>
  )
}

function Head({ frame, shopName, reports }: { frame: PageFrame; shopName: string; reports: ReportsProps }) {
  const { words, timeZone } = frame
  const { t } = words
  const span = t('statement:days', {
    from: day(words, reports.start, timeZone),
    to: day(words, reports.end, timeZone),
  })
  const facts: [string, string][] = [
    [t('statement:shop'), shopName],
    [t('statement:period'), span],
    [t('statement:made'), day(words, frame.now, timeZone)],
  ]
  return (
    <header>
      <h1>{t('reports:title')}</h1>
      <dl>
        {facts.map(([name, value]) => (
          <div>
            <dt class="small quiet">{name}</dt>
            <dd class="num" dir="auto">
              {value}
            </dd>
          </div>
        ))}
      </dl>
    </header>
  )
}
