import type { ComponentChildren } from 'preact'
import { timeAgo } from '../time.ts'
import { Act } from './act.tsx'
import { BackfillForm, BackfillProgress } from './shop-backfill.tsx'
import type { ShopPageProps, WebhookProps } from './shop-props.ts'

const shownFindings = 10

/** How far the shop's orders are taken in, and what no delivery told of. */
export function OrdersCard({ props }: { props: ShopPageProps }) {
  const { words, reconcile, look, lastDeliveryAt } = props
  const { t } = words
  return (
    <section class="card" id="orders">
      <h2>{t('shop-setup:orders.title')}</h2>
      <dl class="facts">
        <Fact label={t('shop-setup:orders.lastDelivery')}>{when(props, lastDeliveryAt)}</Fact>
        <Fact label={t('shop-setup:orders.lastReconcile')}>
          {when(props, reconcile.finishedAt)}
          {reconcile.finishedAt && (
            <small class="quiet">
              {' '}
              {t('shop-setup:orders.met', {
                count: reconcile.seen,
                n: words.number(reconcile.seen),
                taken: words.number(reconcile.taken),
              })}
            </small>
          )}
          {reconcile.notBefore && (
            <small class="warn">
              {' '}
              {t('shop-setup:orders.pause', { until: words.dateTime(reconcile.notBefore, props.timeZone) })}
            </small>
          )}
        </Fact>
        <Fact label={t('shop-setup:orders.lastLook')}>
          {when(props, look.finishedAt)}
          {look.finishedAt && (
            <small class="quiet">
              {' '}
              {t('shop-setup:orders.looked', {
                count: look.seen,
                n: words.number(look.seen),
                gone: words.number(look.gone),
              })}
            </small>
          )}
        </Fact>
      </dl>
      <Drift props={props} />
      <Act props={props} action="/desk/setup/shop/reconcile" label={t('shop-setup:orders.ask')} />
    </section>
  )
}

function Drift({ props }: { props: ShopPageProps }) {
  const { words, drift, findings } = props
  const { t } = words
  const count = drift.reduce((sum, { orders }) => sum + orders, 0)
  if (count === 0 && findings.length === 0) return <p class="quiet">{t('shop-setup:drift.none')}</p>
  return (
    <details class="fold">
      <summary>{t('shop-setup:drift.title', { count, n: words.number(count) })}</summary>
      <p class="quiet small">{t('shop-setup:drift.what')}</p>
      <ul class="said num">
        {findings.slice(0, shownFindings).map((one) => (
          <li>
            {t(`shop-setup:found.${one.kind}`, { order: one.order })}{' '}
            <span class="quiet">{timeAgo(words, one.foundAt, props.now, props.timeZone)}</span>
          </li>
        ))}
      </ul>
    </details>
  )
}

/** The shop's webhooks, one a line, and whether the shop reaches us. */
export function WebhooksCard({ props }: { props: ShopPageProps }) {
  const { words, webhooks, shop, pingedAt, lastDeliveryAt, badSignatures } = props
  const { t } = words
  return (
    <section class="card" id="webhooks">
      <h2>{t('shop-setup:webhooks.title')}</h2>
      {!shop.hasKeys && <p class="quiet">{t('shop-setup:webhooks.byHand')}</p>}
      {shop.hasKeys && webhooks.length === 0 && <p class="quiet">{t('shop-setup:webhooks.unseen')}</p>}
      {shop.hasKeys && webhooks.length > 0 && (
        <ul class="said webhooks">
          {webhooks.map((one) => (
            <Webhook props={props} one={one} />
          ))}
        </ul>
      )}
      <dl class="facts">
        <Fact label={t('shop-setup:webhooks.address')}>
          <bdi class="address">{props.webhookUrl}</bdi>
        </Fact>
        <Fact label={t('shop-setup:webhooks.knocked')}>{when(props, pingedAt)}</Fact>
        {!shop.hasKeys && (
          <Fact label={t('shop-setup:orders.lastDelivery')}>{when(props, lastDeliveryAt)}</Fact>
        )}
        {shop.hasKeys && <Fact label={t('shop-setup:webhooks.checked')}>{when(props, props.checkedAt)}</Fact>}
        {badSignatures > 0 && (
          <Fact label={t('shop-setup:webhooks.refused')}>
            {t('shop-setup:webhooks.refusedCount', {
              count: badSignatures,
              n: words.number(badSignatures),
            })}
          </Fact>
        )}
      </dl>
      {shop.hasKeys && (
        <Act props={props} action="/desk/setup/shop/check" label={t('shop-setup:webhooks.repair')} />
      )}
    </section>
  )
}

function Webhook({ props, one }: { props: ShopPageProps; one: WebhookProps }) {
  const { words } = props
  const { t } = words
  return (
    <li>
      <span class={one.state === 'active' ? 'tag good' : 'tag off'}>
        {t(`shop-setup:webhookState.${one.state}`)}
      </span>
      <bdi>{one.topic}</bdi>
      {one.offs > 0 && one.offAt && (
        <small class="warn">
          {t('shop-setup:webhooks.offs', {
            count: one.offs,
            n: words.number(one.offs),
            ago: timeAgo(words, one.offAt, props.now, props.timeZone),
          })}
        </small>
      )}
      {one.mended && one.mendedAt && (
        <small class="quiet">
          {t(`shop-setup:mended.${one.mended}`, {
            ago: timeAgo(words, one.mendedAt, props.now, props.timeZone),
          })}
        </small>
      )}
    </li>
  )
}

export function BackfillCard({ props }: { props: ShopPageProps }) {
  const { t } = props.words
  const running = props.backfill?.state === 'running'
  return (
    <section class="card" id="backfill">
      <h2>{t('shop-setup:backfill.title')}</h2>
      <p class="quiet">{t('shop-setup:backfill.what')}</p>
      {props.backfill && <BackfillProgress props={props} backfill={props.backfill} />}
      {!running && <BackfillForm props={props} />}
    </section>
  )
}

/** Orders that cannot be understood; nothing while there are none. */
export function UnreadableCard({ props }: { props: ShopPageProps }) {
  const { words, unreadable } = props
  const { t } = words
  if (unreadable.length === 0) return null
  return (
    <section class="card" id="unreadable">
      <h2>{t('shop-setup:unreadable.title')}</h2>
      <p class="quiet">{t('shop-setup:unreadable.what')}</p>
      <ul class="said">
        {unreadable.map(({ order, reason, since }) => (
          <li>
            <b class="num">{t('shop-setup:unreadable.order', { order })}</b> <bdi>{reason}</bdi>{' '}
            <small class="quiet">{timeAgo(words, since, props.now, props.timeZone)}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Fact({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd class="num">{children}</dd>
    </div>
  )
}

function when(props: ShopPageProps, at: Date | undefined): string {
  return at ? timeAgo(props.words, at, props.now, props.timeZone) : props.words.t('shop-setup:never')
}
