import type { Words } from '../../words/words.ts'
import { type CostProps, costFields } from './cost-props.ts'
import { Field } from './form-field.tsx'

/** What so many answers cost: a form that works by itself, and with a script as one types, also in the prices above. */
export function Calculator({ cost, words }: { cost: CostProps; words: Words }) {
  const { t } = words
  const form = { action: '/desk/packages', values: cost.values, wrong: cost.wrong, open: true }
  return (
    <section class="card" id="calculator">
      <h2>{t('packages:cost.title')}</h2>
      <p class="quiet">{t('packages:cost.what')}</p>
      <form method="get" action="/desk/packages#calculator" data-cost>
        <div class="fields narrow-fields">
          {costFields.map((name) => (
            <Field
              form={form}
              words={words}
              prefix="cost"
              name={name}
              label={t(`packages:cost.field.${name}`)}
              mend={t(`packages:cost.wrong.${name}`)}
              inputMode="numeric"
            />
          ))}
        </div>
        <button type="submit" class="button">
          {t('packages:cost.ask')}
        </button>
      </form>
      <div id="cost" role="status">
        <Answer cost={cost} words={words} />
      </div>
    </section>
  )
}

function Answer({ cost, words }: { cost: CostProps; words: Words }) {
  const { t, number } = words
  if (cost.wrongPrices) return <p class="bad">{t('packages:cost.wrongPrices')}</p>
  if (cost.wrong.length > 0) return <p class="bad">{t('packages:cost.cannot')}</p>
  if (cost.lines.length === 0) return <p class="quiet">{t('packages:cost.nothing')}</p>
  const thing = ({ channel, count, segments = 1 }: CostProps['lines'][number]) =>
    channel === 'sms' && segments > 1
      ? t('packages:cost.longText', { count, n: number(count), segments: number(segments) })
      : t(`packages:cost.thing.${channel}`, { count, n: number(count) })
  return (
    <>
      <p class="cost-total num">
        {t('packages:cost.total', {
          things: words.list(cost.lines.map(thing)),
          credits: words.creditsPhrase(cost.units),
        })}
      </p>
      {cost.lines.length > 1 && (
        <ul class="small quiet num">
          {cost.lines.map((line) => (
            <li>
              {thing(line)}: {words.creditsPhrase(line.units)}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
