import { isolate } from '../text.tsx'
import { renderSetupPage } from './frame.tsx'
import { ConnectCard, ShopPageCard } from './shop-connect.tsx'
import { BackfillCard, OrdersCard, UnreadableCard, WebhooksCard } from './shop-health.tsx'
import type { ShopConcern, ShopPageProps } from './shop-props.ts'

/** /desk/setup/shop: the connection to the shop and whether all is well with it, as a whole document. For owners. */
export function renderShopPage(props: ShopPageProps): string {
  const { t } = props.words
  const { hasKeys, connectable } = props.shop
  // The keys are there and being tried: whoever typed an address once more would void them.
  const isUnderWay = props.status === 'connecting' && props.connect.wrong.length === 0
  return renderSetupPage(props, {
    title: t('shop-setup:title'),
    what: t('shop-setup:what'),
    back: { href: '/desk/setup', label: t('desk:setup') },
    scripts: ['setup'],
    children: (
      <>
        {props.denied && (
          <p class="banner" role="alert">
            {t('shop-setup:denied')}
          </p>
        )}
        {props.done && (
          <p class="banner good" role="status">
            {t(`shop-setup:done.${props.done}`)}
          </p>
        )}
        <div class="fresh" data-fresh="/desk/setup/shop">
          <Light props={props} />
          {props.shopPage && <ShopPageCard props={props} page={props.shopPage} />}
          {!hasKeys && connectable && !props.shopPage && !isUnderWay && <ConnectCard props={props} />}
          {hasKeys && <OrdersCard props={props} />}
          <WebhooksCard props={props} />
          {hasKeys && <BackfillCard props={props} />}
          <UnreadableCard props={props} />
          {hasKeys && <ConnectCard props={props} />}
        </div>
        <p>
          <a class="link" href="/desk/setup/shop/settings">
            {t('shop-setup:settings.title')}
          </a>
        </p>
      </>
    ),
  })
}

/** In words, because a colour alone says nothing to many. */
function Light({ props }: { props: ShopPageProps }) {
  const { status, words, problems, concerns, connection } = props
  const { t } = words
  const pending = status === 'connecting' || props.backfill?.state === 'running' || props.done === 'checking'
  return (
    <section class={`light ${status}`} id="light" role="status">
      <h2 {...(pending && { 'data-pending': true })}>{t(`shop-setup:status.${status}.title`)}</h2>
      <p>{t(`shop-setup:status.${status}.text`)}</p>
      {(problems.length > 0 || concerns.length > 0 || connection?.problem) && (
        <ul>
          {connection?.problem && (
            <li>
              {t(`shop-setup:connectionProblem.${connection.state === 'failed' ? 'failed' : 'trying'}`, {
                url: isolate(connection.url),
              })}{' '}
              <bdi>{connection.problem}</bdi>
            </li>
          )}
          {problems.map(({ message, since }) => (
            <li>
              {t('shop-setup:since', { since: words.dateTime(since, props.timeZone) })} <bdi>{message}</bdi>
            </li>
          ))}
          {concerns.map((concern) => (
            <li>{concernText(concern, props)}</li>
          ))}
        </ul>
      )}
    </section>
  )
}

function concernText(concern: ShopConcern, props: ShopPageProps) {
  const { words } = props
  const { t } = words
  switch (concern) {
    case 'unchecked':
      return (
        <>
          {t('shop-setup:concern.unchecked')} <bdi>{props.checkProblem}</bdi>
        </>
      )
    case 'unwritten': {
      const since = props.writing && words.dateTime(props.writing.since, props.timeZone)
      return (
        <>
          {t('shop-setup:concern.unwritten', { since })} <bdi>{props.writing?.message}</bdi>
        </>
      )
    }
    case 'unreadable': {
      const count = props.unreadable.length
      return t('shop-setup:concern.unreadable', { count, n: words.number(count) })
    }
    case 'drift': {
      const dayAgo = props.now.getTime() - 86_400_000
      const count = props.findings.filter(
        (one) => one.foundAt.getTime() > dayAgo && one.kind !== 'gone',
      ).length
      return t('shop-setup:concern.drift', { count, n: words.number(count) })
    }
    case 'never_reached':
      return t('shop-setup:concern.never_reached', { url: isolate(props.webhookUrl) })
    default:
      return t(`shop-setup:concern.${concern}`)
  }
}
