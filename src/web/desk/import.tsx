import { CsrfField, renderDocument } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { clock, day } from '../time.ts'
import type { ImportedProps, ImportPageProps, ImportReportProps, ImportStep } from './import-props.ts'
import type { DeskFrame } from './props.ts'
import { Rail } from './rail.tsx'

/** /desk/import as a whole document: give a file, see what it would do, import it. */
export function renderImportPage(props: ImportPageProps): string {
  const { t } = props.words
  const { step } = props
  return renderDocument({
    frame: props,
    title: t('import:title'),
    page: 'desk import-page',
    scripts: ['forms'],
    children: (
      <div class="panes">
        <Rail frame={props} page="import" />
        <main class="import" id="main">
          <h1>{t('import:title')}</h1>
          {step.kind === 'checked' ? (
            <Checked props={props} step={step} />
          ) : (
            <Give props={props} step={step} />
          )}
          {step.kind !== 'checked' && <Earlier props={props} />}
        </main>
      </div>
    ),
  })
}

/** /desk/import/:id as a whole document: what one import did. */
export function renderImported(props: ImportedProps): string {
  const { words, done } = props
  const { t, number } = words
  const more = done.rows - done.grants.length
  return renderDocument({
    frame: props,
    title: t('import:title'),
    page: 'desk import-page',
    children: (
      <div class="panes">
        <Rail frame={props} page="import" />
        <main class="import" id="main">
          <a class="link" href={props.backHref}>
            {t('import:back')}
          </a>
          <h1>{t('import:done', { count: done.rows, n: number(done.rows) })}</h1>
          <p class="quiet">
            {t('import:doneBy', {
              who: isolate(done.agentName ?? t('import:program')),
              at: clock(words, done.at, props.now, props.timeZone),
            })}
          </p>
          <Figures frame={props} given={done} />
          <div class="card table">
            <table class="receivers">
              <caption class="vh">{t('import:customers')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('import:customer')}</th>
                  <th scope="col">{t('import:credits')}</th>
                  <th scope="col">{t('import:until')}</th>
                </tr>
              </thead>
              <tbody>
                {done.grants.map((grant) => (
                  <tr>
                    <th scope="row">
                      <a class="link" href={grant.href} dir="auto">
                        {grant.name || t('desk:noName')}
                      </a>
                      {grant.email !== grant.name && <bdi class="small quiet">{grant.email}</bdi>}
                    </th>
                    <td class="num">{words.credits(grant.units)}</td>
                    <td>
                      {grant.expiresAt ? day(words, grant.expiresAt, props.timeZone) : t('import:never')}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            {more > 0 && <p class="quiet small">{t('import:moreRows', { count: more, n: number(more) })}</p>}
          </div>
        </main>
      </div>
    ),
  })
}

type Given = Exclude<ImportStep, { kind: 'checked' }>

function Give({ props, step }: { props: ImportPageProps; step: Given }) {
  const { t, number } = props.words
  const problem = problemOf(props, step)
  const described = problem === undefined ? 'import-limits' : 'import-limits import-problem'
  return (
    <>
      {step.kind === 'wrong' ? <Wrong frame={props} report={step.report} /> : <p>{t('import:what')}</p>}
      <form class="card" method="post" action={props.action} encType="multipart/form-data" data-once>
        <CsrfField frame={props} />
        <input type="hidden" name="step" value="check" />
        <label>
          {t('import:file')}
          <input
            type="file"
            name="file"
            accept=".csv,.txt,text/csv,text/plain"
            aria-describedby={described}
            {...(problem !== undefined && { 'aria-invalid': true })}
          />
        </label>
        <p class="quiet small" id="import-limits">
          {t('import:limits', { megabytes: number(props.megabytes), rows: number(props.mostRows) })}{' '}
          <a class="link" href={props.templateHref} download>
            {t('import:template')}
          </a>
        </p>
        {problem !== undefined && (
          <p class="bad small" id="import-problem" role="alert">
            {problem}
          </p>
        )}
        <label>
          {t('import:paste')}
          <textarea name="csv" rows={6} dir="ltr" spellcheck={false} autoComplete="off" placeholder={sample}>
            {step.kind === 'wrong' ? step.typed : ''}
          </textarea>
        </label>
        <button class="send" type="submit" data-busy={t('import:checking')}>
          {t('import:check')}
        </button>
        <p class="quiet small">{t('import:checkMeans')}</p>
      </form>
      <Columns props={props} />
    </>
  )
}

/** Names of columns are the file's own words, the same in every language. */
const sample = 'reference,email,credits\nH-1,ana@example.com,12.5'

function problemOf({ words, megabytes }: ImportPageProps, step: Given): string | undefined {
  if (step.kind !== 'give') return undefined
  if (step.tooLarge) return words.t('import:tooLarge', { megabytes: words.number(megabytes) })
  return step.nothing ? words.t('import:nothing') : undefined
}

function Wrong({ frame, report }: { frame: DeskFrame; report: ImportReportProps }) {
  const { t, number } = frame.words
  const more = report.errorCount - report.errors.length
  return (
    <>
      <p class="banner" role="alert">
        {t('import:wrong', { count: report.errorCount, n: number(report.errorCount) })}
      </p>
      <div class="card table mistakes">
        <table>
          <caption class="vh">{t('import:mistakes')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('import:line')}</th>
              <th scope="col">{t('import:columnName')}</th>
              <th scope="col">{t('import:mend')}</th>
            </tr>
          </thead>
          <tbody>
            {report.errors.map((error) => (
              <tr>
                <td class="num">{number(error.line)}</td>
                <td>{error.column !== null && <code dir="auto">{error.column}</code>}</td>
                <td dir="auto">{error.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {more > 0 && <p class="quiet small">{t('import:moreMistakes', { count: more, n: number(more) })}</p>}
      </div>
    </>
  )
}

function Checked({
  props,
  step,
}: {
  props: ImportPageProps
  step: Extract<ImportStep, { kind: 'checked' }>
}) {
  const { t, number } = props.words
  const { report } = step
  if (report.new === 0) {
    return (
      <>
        <p class="banner good" role="status">
          {t('import:allKnown', { count: report.known, n: number(report.known) })}
        </p>
        <p>
          <a class="button" href={props.action}>
            {t('import:another')}
          </a>
        </p>
      </>
    )
  }
  return (
    <>
      <p class="banner good" role="status">
        {t('import:right')}
      </p>
      <Figures
        frame={props}
        given={{ rows: report.new, known: report.known, units: report.units, customers: report.customers }}
      />
      <form class="card" method="post" action={props.action} encType="multipart/form-data" data-once>
        <CsrfField frame={props} />
        <input type="hidden" name="step" value="import" />
        <input type="hidden" name="csv" value={step.csv} />
        <p class="quiet small">{t('import:importMeans')}</p>
        <p class="answers">
          <button class="send" type="submit" data-busy={t('import:importing')}>
            {t('import:import', { count: report.new, n: number(report.new) })}
          </button>
          <a class="button" href={props.action}>
            {t('import:another')}
          </a>
        </p>
      </form>
    </>
  )
}

function Figures({
  frame,
  given,
}: {
  frame: DeskFrame
  given: Pick<ImportReportProps, 'known' | 'units' | 'customers'> & { rows: number }
}) {
  const { t, number, credits } = frame.words
  const figures: [string, string][] = [
    [t('import:balances'), number(given.rows)],
    [t('import:credits'), credits(given.units)],
    [t('import:newCustomers'), number(given.customers.new)],
    [t('import:knownCustomers'), number(given.customers.known)],
  ]
  if (given.known > 0) figures.push([t('import:knownRows'), number(given.known)])
  return (
    <dl class="card outcome">
      {figures.map(([name, figure]) => (
        <div>
          <dt class="quiet small">{name}</dt>
          <dd class="num">{figure}</dd>
        </div>
      ))}
    </dl>
  )
}

function Columns({ props }: { props: ImportPageProps }) {
  const { t } = props.words
  return (
    <details class="card columns">
      <summary>{t('import:columns')}</summary>
      <p class="quiet">{t('import:columnsMean')}</p>
      <dl>
        {props.columns.map((name) => (
          <div>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>{t(`import:column.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}

function Earlier({ props }: { props: ImportPageProps }) {
  const { words, earlier } = props
  const { t, number } = words
  return (
    <section class="card">
      <h2>{t('import:earlier')}</h2>
      {earlier.length === 0 ? (
        <p class="quiet">{t('import:noneYet')}</p>
      ) : (
        <ul class="imports">
          {earlier.map((one) => (
            <li>
              <a class="link" href={one.href}>
                {t('import:done', { count: one.rows, n: number(one.rows) })}
              </a>
              <span class="quiet">
                {t('import:earlierLine', {
                  credits: words.creditsPhrase(one.units),
                  who: isolate(one.agentName ?? t('import:program')),
                  at: clock(words, one.at, props.now, props.timeZone),
                })}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
