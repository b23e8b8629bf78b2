import { Box, Field } from '../desk/form-field.tsx'
import { CsrfField } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { timeAgo } from '../time.ts'
import type { ShopPageProps } from './shop-props.ts'

/** The second step: a link, because a browser lets no form of ours lead to another site. */
export function ShopPageCard({
  props,
  page,
}: {
  props: ShopPageProps
  page: NonNullable<ShopPageProps['shopPage']>
}) {
  const { t } = props.words
  return (
    <section class="card amber" id="go-on">
      <h2>{t('shop-setup:goOn.title')}</h2>
      <p>{t('shop-setup:goOn.text', { host: isolate(page.host) })}</p>
      <p class="acts">
        <a class="button first" href={page.href} rel="noreferrer">
          {t('shop-setup:goOn.button', { host: isolate(page.host) })}
        </a>
      </p>
    </section>
  )
}

/** The form by which a shop is connected, or connected again; folded away while all is well. */
export function ConnectCard({ props }: { props: ShopPageProps }) {
  const { shop, connect, words } = props
  const { t } = words
  if (!shop.hasKeys) {
    return (
      <section class="card" id="connect">
        <h2>{t('shop-setup:connect.title')}</h2>
        <ConnectForm props={props} />
      </section>
    )
  }
  return (
    <details class="card fold" id="connection" open={connect.open}>
      <summary>
        <h2>{t('shop-setup:connect.again')}</h2>
      </summary>
      <p class="quiet">
        <Connected props={props} />
      </p>
      <ConnectForm props={props} />
      <form class="apart" method="post" action="/desk/setup/shop/disconnect" data-once>
        <CsrfField frame={props} />
        <p class="quiet">{t('shop-setup:disconnect.what')}</p>
        <label class="box">
          <input type="checkbox" name="sure" value="on" required />
          <span>{t('shop-setup:disconnect.sure')}</span>
        </label>
        <button class="button" type="submit">
          {t('shop-setup:disconnect.button')}
        </button>
      </form>
    </details>
  )
}

function Connected({ props }: { props: ShopPageProps }) {
  const { shop, connection, words } = props
  const { t } = words
  const facts = [
    connection?.connectedAt &&
      t('shop-setup:connect.since', {
        ago: timeAgo(words, connection.connectedAt, props.now, props.timeZone),
      }),
    connection?.version && t('shop-setup:connect.version', { version: connection.version }),
    connection?.currency,
  ].filter(Boolean)
  return (
    <>
      <bdi>{shop.url}</bdi>
      {facts.map((fact) => ` · ${fact}`)}
    </>
  )
}

function ConnectForm({ props }: { props: ShopPageProps }) {
  const { connect, words } = props
  const { t } = words
  const field = (name: string, hint?: string) => (
    <Field
      form={connect}
      words={words}
      prefix="connect"
      name={name}
      label={t(`shop-setup:field.${name}`)}
      mend={connect.messages[name] ?? ''}
      {...(hint && { hint })}
      {...(name === 'days' && { inputMode: 'numeric' as const })}
    />
  )
  const byKeys = connect.wrong.some((name) => name === 'key' || name === 'secret')
  return (
    <form method="post" action={connect.action} data-once>
      <CsrfField frame={props} />
      <div class="fields">
        {field('url', t('shop-setup:hint.url'))}
        {field('days', t('shop-setup:hint.days'))}
      </div>
      {connect.wrong.includes('url') && (
        <Box form={connect} prefix="connect" name="anyHome" label={t('shop-setup:field.anyHome')} />
      )}
      {connect.hasPage && (
        <p class="acts">
          <button class="button first" type="submit" name="how" value="page">
            {t('shop-setup:connect.go')}
          </button>
          <small class="quiet">{t('shop-setup:connect.goWhat')}</small>
        </p>
      )}
      {!connect.hasPage && <p class="quiet">{t('shop-setup:connect.noPage')}</p>}
      <details class="fold" open={byKeys || !connect.hasPage}>
        <summary>{t('shop-setup:connect.byKeys')}</summary>
        <p class="quiet small">{t('shop-setup:connect.byKeysWhat')}</p>
        <div class="fields">
          {field('key')}
          {field('secret')}
        </div>
        <p class="acts">
          <button class="button" type="submit" name="how" value="keys">
            {t('shop-setup:connect.useKeys')}
          </button>
        </p>
      </details>
    </form>
  )
}
