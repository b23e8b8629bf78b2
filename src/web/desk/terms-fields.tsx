import type { Words } from '../../words/words.ts'
import { Box, Field, Wrong } from './form-field.tsx'
import type { FormProps } from './form-props.ts'
import { pricedChannels } from './packages-props.ts'
import { PriceRows } from './price-rows.tsx'

interface TermsFieldsProps {
  form: FormProps
  words: Words
  prefix: string
  /** Of a new package: which product it is. */
  withMatch?: boolean
}

/** The fields of a package's terms, of a new and of a known one. */
export function TermsFields({ form, words, prefix, withMatch = false }: TermsFieldsProps) {
  const { t } = words
  const field = (name: string, more: { hint?: string; inputMode?: 'decimal' | 'numeric' | 'text' } = {}) => (
    <Field
      form={form}
      words={words}
      prefix={prefix}
      name={name}
      label={t(`packages:field.${name}`)}
      mend={name === 'match' && form.matchTaken ? t('packages:wrong.exists') : t(`packages:wrong.${name}`)}
      {...more}
    />
  )
  return (
    <>
      <div class="fields">
        {withMatch && field('match', { hint: t('packages:hint.match'), inputMode: 'text' })}
        {field('name', { hint: t('packages:hint.name'), inputMode: 'text' })}
        {field('credits', { hint: t('packages:hint.credits'), inputMode: 'decimal' })}
        {field('days', { hint: t('packages:hint.days'), inputMode: 'numeric' })}
      </div>
      <fieldset class="boxes">
        <legend>{t('packages:field.channels')}</legend>
        {pricedChannels.map((channel) => (
          <Box
            form={form}
            prefix={prefix}
            name={`channel.${channel}`}
            label={t(`packages:channel.${channel}`)}
          />
        ))}
        <small class="quiet">{t('packages:hint.channels')}</small>
        <Wrong form={form} words={words} prefix={prefix} name="channels">
          {t('packages:wrong.channels')}
        </Wrong>
      </fieldset>
      <fieldset>
        <legend>{t('packages:field.prices')}</legend>
        <small class="quiet">{t('packages:hint.prices')}</small>
        <PriceRows form={form} words={words} prefix={prefix} />
      </fieldset>
      <fieldset class="choices">
        <legend>{t('packages:field.furtherOrder')}</legend>
        {(['new_ticket', 'open_ticket'] as const).map((choice) => (
          <label>
            <input
              type="radio"
              name="furtherOrder"
              value={choice}
              checked={(form.values.furtherOrder ?? 'new_ticket') === choice}
            />
            <span>{t(`packages:furtherOrder.${choice}`)}</span>
          </label>
        ))}
        <Wrong form={form} words={words} prefix={prefix} name="furtherOrder">
          {t('packages:wrong.furtherOrder')}
        </Wrong>
      </fieldset>
      <div class="fields">
        {field('overdraft', { hint: t('packages:hint.overdraft'), inputMode: 'decimal' })}
        {field('firstResponse', { hint: t('packages:hint.firstResponse'), inputMode: 'numeric' })}
        {field('priority', { hint: t('packages:hint.priority'), inputMode: 'numeric' })}
        <Box form={form} prefix={prefix} name="promotional" label={t('packages:field.promotional')} />
      </div>
    </>
  )
}
