import { figure } from '../credits/figure.ts'
import type { PageFrame } from '../props.ts'
import {
  type MovementColumn,
  type MovementFigures,
  type MovementGroup,
  type MovementsProps,
  movementColumns,
} from './props.ts'
import { Figures, Heads, MonthHead, Scrolling, Section } from './section.tsx'

/** Columns that stand also where nothing moved, since their absence would be read as an answer withheld. */
const always: readonly MovementColumn[] = ['granted', 'spent', 'revoked', 'expired']
const away: readonly MovementColumn[] = ['spent', 'revoked', 'expired', 'settled']

/** How the credits of the shop moved, month by month: sold ones, given ones, together. */
export function MovementsByMonth(props: { frame: PageFrame; movements: MovementsProps; file: string }) {
  const { frame, movements, file } = props
  const { t, creditsPhrase } = frame.words
  const groups = (['sold', 'given'] as const).filter((group) => isUsed(movements, group))
  const { forgiven } = movements.total.all
  return (
    <Section words={frame.words} name="movements" file={file}>
      {groups.length === 0 && <p>{t('reports:movements.empty')}</p>}
      {[...groups, ...(groups.length > 1 ? (['all'] as const) : [])].map((group) => (
        <GroupTable frame={frame} movements={movements} group={group} />
      ))}
      {forgiven > 0n && (
        <p class="small quiet">{t('reports:movements.forgiven', { credits: creditsPhrase(forgiven) })}</p>
      )}
    </Section>
  )
}

function GroupTable(props: { frame: PageFrame; movements: MovementsProps; group: MovementGroup }) {
  const { frame, movements, group } = props
  const { words } = frame
  const { t } = words
  const shown = movementColumns.filter(
    (name) => always.includes(name) || movements.months.some((month) => month[group][name] !== 0n),
  )
  const cells = (figures: MovementFigures) => [
    figure(figures.opening, words),
    ...shown.map((name) => signed(away.includes(name) ? -figures[name] : figures[name], frame)),
    figure(figures.closing, words),
  ]
  const title = t(`reports:movements.${group}`)
  return (
    <>
      <h3>{title}</h3>
      <Scrolling label={title}>
        <table>
          <Heads
            names={[
              t('reports:column.month'),
              t('reports:column.opening'),
              ...shown.map((name) =>
                name === 'granted' ? t(`reports:column.granted_${group}`) : t(`reports:column.${name}`),
              ),
              t('reports:column.closing'),
            ]}
          />
          <tbody>
            {movements.months.map((month) => (
              <tr>
                <MonthHead frame={frame} month={month} />
                <Figures values={cells(month[group])} />
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t('reports:total')}</th>
              <Figures values={cells(movements.total[group])} />
            </tr>
          </tfoot>
        </table>
      </Scrolling>
    </>
  )
}

function isUsed({ total }: MovementsProps, group: MovementGroup): boolean {
  const { opening, closing } = total[group]
  return opening !== 0n || closing !== 0n || movementColumns.some((name) => total[group][name] !== 0n)
}

function signed(units: bigint, { words }: PageFrame): string {
  if (units === 0n) return figure(0n, words)
  return units > 0n ? `+${figure(units, words)}` : `−${figure(-units, words)}`
}
