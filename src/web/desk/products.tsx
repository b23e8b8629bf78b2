import type { Words } from '../../words/words.ts'
import { CsrfField, Mark, renderDocument } from '../layout.tsx'
import { timeAgo } from '../time.ts'
import { Field } from './form-field.tsx'
import type { ProductProps, ProductsPageProps } from './products-props.ts'
import { Rail } from './rail.tsx'

/** /desk/packages/products: what the shop sells, to make packages of, as a whole document. For owners. */
export function renderProductsPage(props: ProductsPageProps): string {
  const { t } = props.words
  return renderDocument({
    frame: props,
    title: t('products:title'),
    page: 'desk setup-page',
    scripts: ['forms', 'products'],
    children: (
      <div class="panes">
        <Rail frame={props} page="packages" />
        <main class="setup" id="main">
          <header>
            <p class="small">
              <a class="link" href="/desk/packages">
                {t('packages:all')}
              </a>
            </p>
            <h1>{t('products:title')}</h1>
            <p class="quiet">{t('products:what')}</p>
          </header>
          {props.catalogue.hasKeys ? <Catalogue props={props} /> : <NoKeys props={props} />}
        </main>
      </div>
    ),
  })
}

function Catalogue({ props }: { props: ProductsPageProps }) {
  return (
    <>
      <ProductSearch words={props.words} query={props.query} live />
      <Reading props={props} />
      <div id="found">
        {props.products.length > 0 ? <Products props={props} /> : <Nothing props={props} />}
      </div>
      <Settings props={props} />
    </>
  )
}

/** Works as a plain GET form; where the script runs (`live`), the list follows while one types. */
export function ProductSearch({
  words,
  query,
  live = false,
}: {
  words: Words
  query: string
  live?: boolean
}) {
  const { t } = words
  return (
    <search>
      <form
        class="find"
        method="get"
        action="/desk/packages/products"
        {...(live && { 'data-live': '#found' })}
      >
        <label class="vh" for="find-product">
          {t('products:search.label')}
        </label>
        <input
          id="find-product"
          type="search"
          name="q"
          dir="auto"
          maxLength={200}
          autoComplete="off"
          value={query}
          placeholder={t('products:search.placeholder')}
        />
        <button class="button" type="submit">
          {t('products:search.find')}
        </button>
      </form>
    </search>
  )
}

/** How old the list is, or how far its reading has come, and the button that has it read. */
function Reading({ props }: { props: ProductsPageProps }) {
  const { words, catalogue } = props
  const { t } = words
  const { reading, trouble, completeAt, found } = catalogue
  const n = words.number(found)
  return (
    <div class="reading small">
      {trouble !== undefined && (
        <p class="banner" role="alert">
          {t('products:trouble')} <bdi>{trouble}</bdi>
        </p>
      )}
      <form method="post" action={props.refreshAction} data-once>
        <CsrfField frame={props} />
        <span class="quiet num" role="status">
          {reading && trouble === undefined
            ? t('products:reading', { count: found, n })
            : completeAt
              ? t('products:read', {
                  count: found,
                  n,
                  ago: timeAgo(words, completeAt, props.now, props.timeZone),
                })
              : t('products:neverRead')}
        </span>
        <button class="plain" type="submit">
          {t(completeAt || reading ? 'products:readAgain' : 'products:readNow')}
        </button>
      </form>
    </div>
  )
}

function Products({ props }: { props: ProductsPageProps }) {
  const { t } = props.words
  return (
    <>
      <ul class="card flush products">
        {props.products.map((product) => (
          <Product product={product} currency={props.catalogue.currency} words={props.words} />
        ))}
      </ul>
      <p class="small more">
        {props.moreHref && (
          <a class="button" rel="next" href={props.moreHref}>
            {t('products:more')}
          </a>
        )}
        {props.paged && (
          <a
            class="link"
            href={`/desk/packages/products?${new URLSearchParams(props.query ? { q: props.query } : {})}`}
          >
            {t('products:first')}
          </a>
        )}
      </p>
    </>
  )
}

function Product({ product, currency, words }: { product: ProductProps; currency: string; words: Words }) {
  const { t } = words
  const { carried, proposal, pickHref } = product
  const price = product.price === '' ? '' : words.money(product.price, currency)
  const facts = [product.sku, price, ...product.categories].filter((fact) => fact !== '')
  return (
    <li>
      <div>
        <b dir="auto">{product.name || product.match}</b>
        {facts.length > 0 && (
          <p class="small quiet num">
            {facts.map((fact, index) => (
              <>
                {index > 0 && ' · '}
                <bdi>{fact}</bdi>
              </>
            ))}
          </p>
        )}
        <p class="tags small num">
          {carried && (
            <a class="tag carries" href={carried.href}>
              {t('products:carries', { credits: words.creditsPhrase(carried.units) })}
            </a>
          )}
          {proposal && 'units' in proposal && proposal.units !== carried?.units && (
            <span class="tag proposes">
              {t('products:proposes', { credits: words.creditsPhrase(proposal.units) })}
            </span>
          )}
          {proposal && 'text' in proposal && (
            <span class="tag">
              {t('products:unreadable')} <bdi>{proposal.text}</bdi>
            </span>
          )}
          {!product.published && <span class="tag">{t('products:unpublished')}</span>}
        </p>
      </div>
      {pickHref && (
        <a class="button" href={pickHref}>
          {t('products:pick')}
          <span class="vh" dir="auto">
            {' '}
            {product.name}
          </span>
        </a>
      )}
    </li>
  )
}

/** Says why nothing is here and what to do next. */
function Nothing({ props }: { props: ProductsPageProps }) {
  const { t } = props.words
  const { reading, completeAt } = props.catalogue
  const why = props.query ? 'found' : reading ? 'reading' : completeAt ? 'none' : 'neverRead'
  return (
    <div class="empty" role="status">
      <Mark name="" />
      <h2>{t(`products:empty.${why}.title`)}</h2>
      <p>{t(`products:empty.${why}.text`)}</p>
      {props.query && (
        <a class="link small" href="/desk/packages/products">
          {t('products:first')}
        </a>
      )}
    </div>
  )
}

function NoKeys({ props }: { props: ProductsPageProps }) {
  const { t } = props.words
  return (
    <div class="empty">
      <Mark name="" />
      <h2>{t('products:empty.noKeys.title')}</h2>
      <p>{t('products:empty.noKeys.text')}</p>
      <a class="button" href="/desk/packages#add">
        {t('products:byHand')}
      </a>
    </div>
  )
}

function Settings({ props }: { props: ProductsPageProps }) {
  const { settings, words } = props
  const { t } = words
  return (
    <details class="card fold" id="credits-key" open={settings.open}>
      <summary>
        <h2>{t('products:settings')}</h2>
      </summary>
      <p class="quiet">{t('products:settingsWhat')}</p>
      <form method="post" action={settings.action} data-once>
        <CsrfField frame={props} />
        <div class="fields">
          <Field
            form={settings}
            words={words}
            prefix="settings"
            name="creditsKey"
            label={t('products:field.creditsKey')}
            hint={t('products:hint.creditsKey')}
            mend={t('products:wrong.creditsKey')}
          />
        </div>
        <button class="button" type="submit">
          {t('products:saveSettings')}
        </button>
      </form>
    </details>
  )
}
