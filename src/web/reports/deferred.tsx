import type { PageFrame } from '../props.ts'
import type { DeferredProps } from './props.ts'
import { Figures, Heads, MonthHead, Scrolling, Section } from './section.tsx'

const columns = ['opening', 'paid', 'refunded', 'earned', 'breakage', 'closing'] as const

/** Money that was paid and is not yet earned: now, and month by month; each currency for itself. */
export function Deferred(props: { frame: PageFrame; currencies: DeferredProps[]; file: string }) {
  const { frame, currencies, file } = props
  return (
    <Section words={frame.words} name="deferred" file={file}>
      {currencies.length === 0 ? (
        <p>{frame.words.t('reports:deferred.empty')}</p>
      ) : (
        currencies.map((one) => <Currency frame={frame} one={one} />)
      )}
    </Section>
  )
}

function Currency({ frame, one }: { frame: PageFrame; one: DeferredProps }) {
  const { t, money } = frame.words
  const { currency, now, months } = one
  const amount = (text: string) => money(text, currency)
  const title = t('reports:deferred.of', { currency })
  return (
    <>
      <h3>{title}</h3>
      <dl class="sums">
        {(['paid', 'refunded', 'earned'] as const).map((name) => (
          <div>
            <dt>{t(`reports:deferred.${name}`)}</dt>
            <dd class="num">{amount(now[name])}</dd>
          </div>
        ))}
        <div class="end">
          <dt>{t('reports:deferred.deferred')}</dt>
          <dd class="num">{amount(now.deferred)}</dd>
        </div>
      </dl>
      <p class="small quiet">{t('reports:deferred.breakage', { amount: amount(now.breakage) })}</p>
      {Number(now.frozen) > 0 && (
        <p class="small warn">{t('reports:deferred.frozen', { amount: amount(now.frozen) })}</p>
      )}
      <Scrolling label={title}>
        <table>
          <Heads names={[t('reports:column.month'), ...columns.map((name) => t(`reports:column.${name}`))]} />
          <tbody>
            {months.map((month) => (
              <tr>
                <MonthHead frame={frame} month={month} />
                <Figures values={columns.map((name) => amount(month[name]))} />
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolling>
    </>
  )
}
