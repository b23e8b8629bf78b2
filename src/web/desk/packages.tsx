import { CsrfField, Mark, renderDocument } from '../layout.tsx'
import { Calculator } from './cost.tsx'
import { ExampleLine, PackageDone, TermsLine, Warning } from './package-terms.tsx'
import type { PackagesPageProps } from './packages-props.ts'
import { PriceRows } from './price-rows.tsx'
import { ProductSearch } from './products.tsx'
import { Rail } from './rail.tsx'
import { TermsFields } from './terms-fields.tsx'
import { Unmatched } from './unmatched.tsx'

/** /desk/packages: what the shop sells and what its channels cost, as a whole document. For owners. */
export function renderPackagesPage(props: PackagesPageProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('packages:title'),
    page: 'desk setup-page',
    scripts: ['forms', 'prices'],
    children: (
      <div class="panes">
        <Rail frame={props} page="packages" />
        <main class="setup" id="main">
          <header>
            <h1>{t('packages:title')}</h1>
            <p class="quiet">{t('packages:fromNowOn')}</p>
          </header>
          <PackageDone done={props.done} words={props.words} />
          <Unmatched frame={props} list={props.unmatched} />
          {props.packages.length > 0 ? <PackageList props={props} /> : <Nothing props={props} />}
          <Find props={props} />
          <AddForm props={props} />
          <RatesForm props={props} />
          <Calculator cost={props.cost} words={props.words} />
        </main>
      </div>
    ),
  })
}

function PackageList({ props }: { props: PackagesPageProps }) {
  const { words } = props
  const { t } = words
  return (
    <section>
      <ul class="packages">
        {props.packages.map((one) => (
          <li class={one.retiredAt ? 'card retired' : 'card'} id={`p-${one.id}`}>
            <h2>
              <a href={`/desk/packages/${one.id}`}>
                <span dir="auto">{one.name || one.match}</span>
              </a>
              {one.retiredAt && (
                <span class="tag">
                  {t('packages:retiredOn', { date: words.date(one.retiredAt, props.timeZone) })}
                </span>
              )}
            </h2>
            <TermsLine terms={one} words={words} />
            <ExampleLine example={one.example} words={words} />
            <Warning of={one} words={words} />
            <p class="small quiet num">
              <bdi>{one.match}</bdi> · {t('packages:version', { n: one.version })} ·{' '}
              {t('packages:sold', { count: one.sold, n: words.number(one.sold) })}
            </p>
          </li>
        ))}
      </ul>
      <p class="small more">
        {props.moreHref && (
          <a class="button" rel="next" href={props.moreHref}>
            {t('packages:more')}
          </a>
        )}
        <a class="link" href={props.retiredShown ? '/desk/packages' : '/desk/packages?retired=true'}>
          {t(props.retiredShown ? 'packages:hideRetired' : 'packages:showRetired')}
        </a>
      </p>
    </section>
  )
}

/** Says what will be here and what to do next. */
function Nothing({ props }: { props: PackagesPageProps }) {
  const { t } = props.words
  return (
    <div class="empty">
      <Mark name="" />
      <h2>{t('packages:empty.title')}</h2>
      <p>{t('packages:empty.text')}</p>
      {!props.retiredShown && (
        <a class="link small" href="/desk/packages?retired=true">
          {t('packages:showRetired')}
        </a>
      )}
    </div>
  )
}

function Find({ props }: { props: PackagesPageProps }) {
  return (
    <section class="card" id="find">
      <h2>
        <a class="link" href="/desk/packages/products">
          {props.words.t('products:find')}
        </a>
      </h2>
      <ProductSearch words={props.words} query="" />
    </section>
  )
}

function AddForm({ props }: { props: PackagesPageProps }) {
  const { t } = props.words
  return (
    <details class="card fold" id="add" open={props.add.open}>
      <summary>
        <h2>{t('packages:add')}</h2>
      </summary>
      <form method="post" action={props.add.action} data-once>
        <CsrfField frame={props} />
        <TermsFields form={props.add} words={props.words} prefix="add" withMatch />
        <button class="button first" type="submit">
          {t('packages:add')}
        </button>
      </form>
    </details>
  )
}

function RatesForm({ props }: { props: PackagesPageProps }) {
  const { words } = props
  const { t } = words
  return (
    <details class="card fold" id="rates" open={props.rates.open}>
      <summary>
        <h2>{t('packages:rates')}</h2>
      </summary>
      <p class="quiet">{t('packages:ratesWhat')}</p>
      <ExampleLine example={props.rateExample} words={words} />
      <form method="post" action={props.rates.action} data-once>
        <CsrfField frame={props} />
        <PriceRows form={props.rates} words={words} prefix="rates" />
        <button class="button" type="submit">
          {t('packages:saveRates')}
        </button>
      </form>
    </details>
  )
}
