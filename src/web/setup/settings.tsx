import type { ComponentChildren } from 'preact'
import { Box, Field, Wrong } from '../desk/form-field.tsx'
import { CsrfField } from '../layout.tsx'
import { isolate } from '../text.tsx'
import { renderSetupPage } from './frame.tsx'
import type { SettingsPageProps } from './settings-props.ts'

/** /desk/setup/shop/settings: how this shop wants to work, as a whole document. For owners. */
export function renderSettingsPage(props: SettingsPageProps): string {
  const { t } = props.words
  return renderSetupPage(props, {
    title: t('shop-setup:settings.title'),
    what: t('shop-setup:settings.what'),
    back: { href: '/desk/setup', label: t('desk:setup') },
    children: (
      <>
        {props.saved && (
          <p class="banner good" role="status">
            {t('shop-setup:settings.saved')}
          </p>
        )}
        {props.form.wrong.length > 0 && (
          <p class="banner" role="alert">
            {t('shop-setup:settings.refused')}
          </p>
        )}
        <SettingsForm props={props} />
      </>
    ),
  })
}

function SettingsForm({ props }: { props: SettingsPageProps }) {
  const { form, words, usualAddress } = props
  const { t } = words
  const shared = { form, words, prefix: 'settings' }
  const field = (
    name: string,
    inputMode: 'decimal' | 'numeric' | 'text',
    hint = t(`shop-setup:settings.hint.${name}`),
  ) => (
    <Field
      {...shared}
      name={name}
      label={t(`shop-setup:settings.field.${name}`)}
      hint={hint}
      mend={t(`shop-setup:settings.wrong.${name}`)}
      inputMode={inputMode}
    />
  )
  const box = (name: string) => (
    <Box
      form={form}
      prefix="settings"
      name={name}
      label={t(`shop-setup:settings.field.${name}`)}
      hint={t(`shop-setup:settings.hint.${name}`)}
    />
  )
  return (
    <form class="settings" method="post" action={form.action} data-once>
      <CsrfField frame={props} />
      <Group title={t('shop-setup:settings.group.limits')}>
        <div class="fields">
          {field('supervisorCredits', 'decimal')}
          {field('agentWaivers', 'numeric')}
          {field('mergeWindow', 'numeric')}
          {field('lowBalance', 'decimal')}
        </div>
      </Group>
      <Group title={t('shop-setup:settings.group.orders')}>
        <div class="fields">
          {field('paidStatuses', 'text')}
          {field('unpaidStatuses', 'text')}
        </div>
        <fieldset class="choices">
          <legend>{t('shop-setup:settings.field.renewalTicket')}</legend>
          {(['none', 'new', 'as_package'] as const).map((choice) => (
            <label>
              <input
                type="radio"
                name="renewalTicket"
                value={choice}
                checked={form.values.renewalTicket === choice}
              />
              <span>{t(`shop-setup:settings.renewalTicket.${choice}`)}</span>
            </label>
          ))}
          <Wrong {...shared} name="renewalTicket">
            {t('shop-setup:settings.wrong.renewalTicket')}
          </Wrong>
        </fieldset>
      </Group>
      <Group title={t('shop-setup:settings.group.inShop')}>
        {box('orderNotes')}
        {box('orderMeta')}
        <div class="fields">{field('creditsKey', 'text')}</div>
      </Group>
      <Group title={t('shop-setup:settings.group.mail')}>
        <div class="fields">
          {field(
            'mailAddress',
            'text',
            t('shop-setup:settings.hint.mailAddress', { address: isolate(usualAddress) }),
          )}
          {field('undoSeconds', 'numeric')}
        </div>
        {box('thanksReopen')}
      </Group>
      <button class="button first" type="submit">
        {t('shop-setup:settings.save')}
      </button>
    </form>
  )
}

function Group({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
