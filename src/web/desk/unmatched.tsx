import type { Words } from '../../words/words.ts'
import { CsrfField } from '../layout.tsx'
import { isolate } from '../text.tsx'
import type { UnmatchedListProps, UnmatchedProps } from './products-props.ts'
import type { DeskFrame } from './props.ts'

/** "3 orders may need a package": what was paid for, looks like support and carries no credits. Nothing when there is none. */
export function Unmatched({ frame, list }: { frame: DeskFrame; list: UnmatchedListProps }) {
  const { words } = frame
  const { t } = words
  if (list.products.length === 0 && !list.dismissed) {
    return list.dismissedCount > 0 ? (
      <p class="small">
        <ToDismissed list={list} words={words} />
      </p>
    ) : null
  }
  return (
    <section class={list.dismissed ? 'card unmatched' : 'card amber unmatched'} id="unmatched">
      <h2>
        {list.dismissed
          ? t('products:dismissed.title')
          : t('products:unmatched.title', { count: list.orderCount, n: words.number(list.orderCount) })}
      </h2>
      <p>{t(list.dismissed ? 'products:dismissed.text' : 'products:unmatched.text')}</p>
      <ul>
        {list.products.map((product) => (
          <Line product={product} frame={frame} list={list} />
        ))}
      </ul>
      <p class="small more">
        {list.moreHref && (
          <a class="button" rel="next" href={list.moreHref}>
            {t('products:unmatched.more')}
          </a>
        )}
        {(list.dismissed || list.dismissedCount > 0) && <ToDismissed list={list} words={words} />}
      </p>
    </section>
  )
}

function ToDismissed({ list, words }: { list: UnmatchedListProps; words: Words }) {
  return (
    <a class="link" href={list.dismissed ? '/desk/packages' : '/desk/packages?dismissed=true#unmatched'}>
      {words.t(list.dismissed ? 'products:dismissed.hide' : 'products:dismissed.show')}
    </a>
  )
}

function Line({
  product,
  frame,
  list,
}: {
  product: UnmatchedProps
  frame: DeskFrame
  list: UnmatchedListProps
}) {
  const { words } = frame
  const { t } = words
  return (
    <li>
      <div>
        <b dir="auto">{product.name || product.subject}</b>
        <p class="small num">
          {product.sku !== '' && (
            <>
              <bdi>{product.sku}</bdi>
              {' · '}
            </>
          )}
          {whyText(product, words)}
        </p>
        <p class="small num">{ordersText(product, words)}</p>
      </div>
      <div class="acts">
        {product.pickHref && !list.dismissed && (
          <a class="button" href={product.pickHref}>
            {t('products:unmatched.pick')}
          </a>
        )}
        <form method="post" action={list.action} data-once>
          <CsrfField frame={frame} />
          <input type="hidden" name="subject" value={product.subject} />
          <input type="hidden" name="dismissed" value={String(!list.dismissed)} />
          <button class="button" type="submit">
            {t(list.dismissed ? 'products:dismissed.askAgain' : 'products:unmatched.dismiss')}
            <span class="vh" dir="auto">
              {' '}
              {product.name}
            </span>
          </button>
        </form>
      </div>
    </li>
  )
}

function whyText({ hint, proposed }: UnmatchedProps, words: Words): string {
  return hint === 'proposal' && proposed !== undefined
    ? words.t('products:proposes', { credits: words.creditsPhrase(proposed) })
    : words.t(`products:hintOf.${hint}`)
}

/** "order 1042", "orders 1042, 1040 and 3 more" */
function ordersText({ orders, orderCount }: UnmatchedProps, words: Words): string {
  const more = orderCount - orders.length
  const named = orders.map((number) => isolate(number))
  const parts =
    more > 0
      ? [...named, words.t('products:unmatched.moreOrders', { count: more, n: words.number(more) })]
      : named
  return words.t('products:unmatched.orders', { count: orderCount, orders: words.list(parts) })
}
