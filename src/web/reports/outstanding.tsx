import type { Words } from '../../words/words.ts'
import { figure } from '../credits/figure.ts'
import { monthName } from '../time.ts'
import type { OutstandingProps } from './props.ts'
import { Figures, Heads, originName, Scrolling, Section } from './section.tsx'

const columns = ['available', 'held', 'frozen', 'total'] as const

/** What customers can still spend, by the month in which it ends and by package. */
export function OutstandingCredits(props: { words: Words; outstanding: OutstandingProps; file: string }) {
  const { words, outstanding, file } = props
  const { t } = words
  const { rows, total } = outstanding
  return (
    <Section words={words} name="outstanding" file={file}>
      {rows.length === 0 ? (
        <p>{t('reports:outstanding.empty')}</p>
      ) : (
        <Scrolling label={t('reports:outstanding.title')}>
          <table>
            <Heads
              names={[
                t('reports:column.ends'),
                t('reports:column.package'),
                ...columns.map((name) => t(`reports:column.${name}`)),
              ]}
              texts={2}
            />
            {[...new Set(rows.map((row) => row.expiryMonth))].map((month) => (
              <MonthRows words={words} month={month} rows={rows.filter((row) => row.expiryMonth === month)} />
            ))}
            <tfoot>
              <tr>
                <th scope="row" colSpan={2}>
                  {t('reports:total')}
                </th>
                <Figures values={columns.map((name) => figure(total[name], words))} />
              </tr>
            </tfoot>
          </table>
        </Scrolling>
      )}
    </Section>
  )
}

function MonthRows(props: { words: Words; month: string | null; rows: OutstandingProps['rows'] }) {
  const { words, month, rows } = props
  return (
    <tbody>
      {rows.map((row, at) => (
        <tr>
          {at === 0 && (
            <th scope="rowgroup" rowSpan={rows.length}>
              {month === null ? words.t('reports:outstanding.never') : monthName(words, month)}
            </th>
          )}
          <td>
            <bdi>{originName(row.origin, words)}</bdi>
          </td>
          <Figures values={columns.map((name) => figure(row[name], words))} />
        </tr>
      ))}
    </tbody>
  )
}
