import type { Words } from '../../words/words.ts'
import { figure } from '../credits/figure.ts'
import { monthName } from '../time.ts'
import type { PriceFigures, PriceProps } from './props.ts'
import { Figures, Heads, originName, Scrolling, Section } from './section.tsx'

const priceDigits = 4

/** What was paid for a credit: for each package and currency in all, and in each month of the period. */
export function Prices({ words, prices, file }: { words: Words; prices: PriceProps[]; file: string }) {
  const { t } = words
  return (
    <Section words={words} name="prices" file={file}>
      {prices.length === 0 ? (
        <p>{t('reports:prices.empty')}</p>
      ) : (
        <Scrolling label={t('reports:prices.title')}>
          <table>
            <Heads
              names={[
                t('reports:column.package'),
                t('reports:column.when'),
                t('reports:column.purchases'),
                t('reports:column.bought'),
                t('reports:column.paid'),
                t('reports:column.tax'),
                t('reports:column.perCredit'),
              ]}
              texts={2}
            />
            {prices.map((price) => (
              <PackageRows words={words} price={price} />
            ))}
          </table>
        </Scrolling>
      )}
    </Section>
  )
}

function PackageRows({ words, price }: { words: Words; price: PriceProps }) {
  const { currency } = price
  const cells = (figures: PriceFigures) => [
    words.number(figures.purchases),
    figure(figures.units, words),
    words.money(figures.paid, currency),
    words.money(figures.tax, currency),
    figures.perCredit === null ? '–' : words.money(figures.perCredit, currency, priceDigits),
  ]
  return (
    <tbody>
      <tr class="sum">
        <th scope="rowgroup" rowSpan={price.months.length + 1}>
          <bdi>{originName(price.origin, words)}</bdi> <span class="small quiet">{currency}</span>
        </th>
        <td class="when">{words.t('reports:prices.all')}</td>
        <Figures values={cells(price.all)} />
      </tr>
      {price.months.map((month) => (
        <tr>
          <td class="when">{monthName(words, month.month)}</td>
          <Figures values={cells(month)} />
        </tr>
      ))}
    </tbody>
  )
}
