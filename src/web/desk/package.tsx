import { CsrfField, renderDocument } from '../layout.tsx'
import { clock } from '../time.ts'
import { ExampleLine, PackageDone, TermsLine, Warning } from './package-terms.tsx'
import type { PackagePageProps } from './packages-props.ts'
import { Rail } from './rail.tsx'
import { TermsFields } from './terms-fields.tsx'

/** /desk/packages/:id: one package, its form and what it promised before, as a whole document. For owners. */
export function renderPackagePage(props: PackagePageProps): string {
  const { words } = props
  const { t } = words
  const { package: shown } = props
  const title = shown.name || shown.match
  return renderDocument({
    frame: props,
    title,
    page: 'desk setup-page',
    scripts: ['forms'],
    children: (
      <div class="panes">
        <Rail frame={props} page="packages" />
        <main class="setup" id="main">
          <header>
            <p class="small">
              <a class="link" href={`/desk/packages#p-${shown.id}`}>
                {t('packages:all')}
              </a>
            </p>
            <h1 dir="auto">{title}</h1>
            <p class="quiet num">
              <bdi>{shown.match}</bdi> · {t('packages:version', { n: shown.version })} ·{' '}
              {t('packages:sold', { count: shown.sold, n: words.number(shown.sold) })}
            </p>
            <TermsLine terms={shown} words={words} />
            <ExampleLine example={shown.example} words={words} />
            <Warning of={shown} words={words} />
          </header>
          <PackageDone done={props.done} words={words} />
          {props.changed && (
            <p class="banner" role="alert">
              {t('packages:changed')}
            </p>
          )}
          {shown.retiredAt && (
            <p class="banner">
              {t('packages:retired', { date: words.date(shown.retiredAt, props.timeZone) })}
            </p>
          )}
          <EditForm props={props} />
          <Versions props={props} />
          <RetireForm props={props} />
        </main>
      </div>
    ),
  })
}

function EditForm({ props }: { props: PackagePageProps }) {
  const { edit, words } = props
  if (!edit) return null
  return (
    <section class="card" id="edit">
      <h2>{words.t('packages:edit')}</h2>
      <p class="quiet">{words.t('packages:fromNowOn')}</p>
      <form method="post" action={edit.action} data-once>
        <CsrfField frame={props} />
        <input type="hidden" name="version" value={String(edit.version)} />
        <TermsFields form={edit} words={words} prefix="edit" />
        <button class="button first" type="submit">
          {words.t('packages:save')}
        </button>
      </form>
    </section>
  )
}

function Versions({ props }: { props: PackagePageProps }) {
  const { words } = props
  const { t } = words
  return (
    <section class="card" id="versions">
      <h2>{t('packages:versions')}</h2>
      <ol class="versions">
        {props.versions.map((version) => (
          <li>
            <p class="num">
              <b>{t('packages:version', { n: version.version })}</b>{' '}
              <span class="small quiet">
                {t('packages:since', { at: clock(words, version.at, props.now, props.timeZone) })} ·{' '}
                {t('packages:sold', { count: version.sold, n: words.number(version.sold) })}
              </span>
            </p>
            <TermsLine terms={version} words={words} />
          </li>
        ))}
      </ol>
    </section>
  )
}

function RetireForm({ props }: { props: PackagePageProps }) {
  const { t } = props.words
  if (!props.edit) return null
  return (
    <details class="card fold" id="retire">
      <summary>
        <h2>{t('packages:retire')}</h2>
      </summary>
      <form method="post" action={props.retireAction} data-once>
        <CsrfField frame={props} />
        <p>{t('packages:retireWhat')}</p>
        <button class="button" type="submit">
          {t('packages:retire')}
        </button>
      </form>
    </details>
  )
}
