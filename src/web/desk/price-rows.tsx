import type { Words } from '../../words/words.ts'
import { Field, idOf, Wrong } from './form-field.tsx'
import type { FormProps } from './form-props.ts'
import { type PricedChannel, pricedChannels } from './packages-props.ts'

interface PriceRowsProps {
  form: FormProps
  words: Words
  prefix: string
}

const metered: readonly PricedChannel[] = ['video', 'voice', 'work']
const texts: readonly PricedChannel[] = ['sms', 'whatsapp']

/** A row of price fields for each channel; an empty row says nothing. */
export function PriceRows({ form, words, prefix }: PriceRowsProps) {
  const { t } = words
  return (
    <div class="price-rows">
      {pricedChannels.map((channel) => {
        const part = (name: 'price' | 'step' | 'free') => (
          <Field
            form={form}
            words={words}
            prefix={prefix}
            name={`prices.${channel}.${name}`}
            label={t(`packages:part.${name}`)}
            mend={t(`packages:wrong.${name}`)}
            inputMode={name === 'price' ? 'decimal' : 'numeric'}
            placeholder={
              channel === 'portal'
                ? t('packages:asEmail')
                : (form.shopPrices?.[`prices.${channel}.${name}`] ?? '')
            }
          />
        )
        return (
          <fieldset class="price-row">
            <legend>{t(`packages:channel.${channel}`)}</legend>
            {part('price')}
            {metered.includes(channel) && part('step')}
            {metered.includes(channel) && part('free')}
            {texts.includes(channel) && (
              <Unit form={form} words={words} prefix={prefix} name={`prices.${channel}.per`} />
            )}
          </fieldset>
        )
      })}
    </div>
  )
}

/** What a text is priced by. */
function Unit({ form, words, prefix, name }: PriceRowsProps & { name: string }) {
  const { t } = words
  const id = idOf(prefix, name)
  return (
    <div class="field">
      <label for={id}>{t('packages:part.per')}</label>
      <select id={id} name={name}>
        {(['reply', 'segment'] as const).map((unit) => (
          <option value={unit} selected={form.values[name] === unit}>
            {t(`packages:unit.${unit}`)}
          </option>
        ))}
      </select>
      <Wrong form={form} words={words} prefix={prefix} name={name}>
        {t('packages:wrong.per')}
      </Wrong>
    </div>
  )
}
