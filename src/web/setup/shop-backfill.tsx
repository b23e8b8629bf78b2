import { Box, Field } from '../desk/form-field.tsx'
import { CsrfField } from '../layout.tsx'
import { Act } from './act.tsx'
import type { ShopBackfillProps, ShopPageProps } from './shop-props.ts'

/** How far the reading of earlier orders is. */
export function BackfillProgress({ props, backfill }: { props: ShopPageProps; backfill: ShopBackfillProps }) {
  const { words } = props
  const { t } = words
  const { state, days, done, total, taken, reached } = backfill
  const values = {
    count: days,
    n: words.number(days),
    // Orders of one and the same second are counted as a page of them.
    done: words.number(state === 'done' ? Math.max(done, total ?? 0) : done),
    taken: words.number(taken),
    total: total === undefined ? t('shop-setup:backfill.unknown') : words.number(total),
  }
  const running = state === 'running'
  return (
    <div class="progress" {...(running && { 'data-pending': true })}>
      <p class="num">{t(`shop-setup:backfill.${state}`, values)}</p>
      {running && (
        <>
          <progress
            aria-label={t('shop-setup:backfill.title')}
            {...(total !== undefined && total > 0 && { value: Math.min(done, total), max: total })}
          />
          {reached && (
            <p class="small quiet">
              {t('shop-setup:backfill.at', { at: words.dateTime(reached, props.timeZone) })}
            </p>
          )}
          <Act
            props={props}
            action={`/desk/setup/shop/backfill/${backfill.id}/stop`}
            label={t('shop-setup:backfill.stop')}
          />
        </>
      )}
    </div>
  )
}

export function BackfillForm({ props }: { props: ShopPageProps }) {
  const { words, backfillForm: form } = props
  const { t } = words
  return (
    <form method="post" action={form.action} data-once>
      <CsrfField frame={props} />
      <div class="fields">
        <Field
          form={form}
          words={words}
          prefix="backfill"
          name="days"
          label={t('shop-setup:backfill.days')}
          hint={t('shop-setup:backfill.daysHint')}
          mend={t('shop-setup:backfill.wrongDays')}
          inputMode="numeric"
        />
        <Box
          form={form}
          prefix="backfill"
          name="welcome"
          label={t('shop-setup:backfill.welcome')}
          hint={t('shop-setup:backfill.welcomeHint')}
        />
      </div>
      <button class="button" type="submit">
        {t('shop-setup:backfill.start')}
      </button>
    </form>
  )
}
