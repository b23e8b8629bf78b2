import type { Words } from '../../words/words.ts'
import { figure } from '../credits/figure.ts'
import type { PageFrame } from '../props.ts'
import { day, moment } from '../time.ts'
import { describeLine } from './describe.ts'
import { movements, type StatementProps } from './props.ts'

/** What a person reads and prints: whose it is, the sums, every movement. The same on the desk and in the portal. */
export function StatementSheet({ frame, statement }: { frame: PageFrame; statement: StatementProps }) {
  return (
    <article class="sheet">
      <SheetHead frame={frame} statement={statement} />
      <Summary words={frame.words} statement={statement} />
      <Lines frame={frame} statement={statement} />
    </article>
  )
}

function SheetHead({ frame, statement }: { frame: PageFrame; statement: StatementProps }) {
  const { words, timeZone } = frame
  const { t } = words
  const span = t('statement:days', {
    from: day(words, statement.start, timeZone),
    to: day(words, statement.end, timeZone),
  })
  const facts: [string, string][] = [
    [t('statement:shop'), statement.shopName],
    [t('statement:for'), [statement.customerName, statement.company].filter(Boolean).join(', ')],
    [t('statement:period'), span],
    [t('statement:made'), day(words, frame.now, timeZone)],
  ]
  return (
    <header>
      <h1>{t('statement:title')}</h1>
      <dl>
        {facts.map(([name, value]) => (
          <div>
            <dt class="small quiet">{name}</dt>
            <dd class="num" dir="auto">
              {value || t('desk:noName')}
            </dd>
          </div>
        ))}
      </dl>
    </header>
  )
}

function Summary({ words, statement }: { words: Words; statement: StatementProps }) {
  const { t } = words
  const { totals } = statement
  const moved = [
    ...movements.plus.map((name) => [name, totals[name]] as const),
    ...movements.minus.map((name) => [name, -totals[name]] as const),
  ].filter(([, units]) => units !== 0n)
  return (
    <section>
      <h2>{t('statement:summary')}</h2>
      <dl class="sums">
        <div class="end">
          <dt>{t('statement:figure.opening')}</dt>
          <dd class="num">{figure(totals.opening, words)}</dd>
        </div>
        {moved.map(([name, units]) => (
          <div>
            <dt>{t(`statement:figure.${name}`)}</dt>
            <dd class="num">{signed(units, words)}</dd>
          </div>
        ))}
        <div class="end">
          <dt>{t('statement:figure.closing')}</dt>
          <dd class="num">{figure(totals.closing, words)}</dd>
        </div>
      </dl>
      {(['held', 'deficit', 'overdraft'] as const)
        .filter((name) => statement[name] > 0n)
        .map((name) => (
          <p class={name === 'deficit' ? 'small bad' : 'small quiet'}>
            {t(`statement:note.${name}`, { credits: words.creditsPhrase(statement[name]) })}
          </p>
        ))}
    </section>
  )
}

function Lines({ frame, statement }: { frame: PageFrame; statement: StatementProps }) {
  const { t } = frame.words
  return (
    <section>
      <h2>{t('statement:movements')}</h2>
      {statement.lines.length === 0 ? (
        <p class="quiet">{t('statement:empty')}</p>
      ) : (
        <table class="moves">
          <thead>
            <tr>
              <th scope="col">{t('statement:column.at')}</th>
              <th scope="col">{t('statement:column.what')}</th>
              <th scope="col" class="num">
                {t('statement:column.credits')}
              </th>
              <th scope="col" class="num">
                {t('statement:column.balance')}
              </th>
            </tr>
          </thead>
          <tbody>
            {statement.lines.map((line) => (
              <Line frame={frame} line={line} />
            ))}
          </tbody>
        </table>
      )}
      {statement.moreHref && (
        <p class="older">
          <a class="button" rel="next" href={statement.moreHref}>
            {t('statement:more')}
          </a>
        </p>
      )}
    </section>
  )
}

function Line({ frame, line }: { frame: PageFrame; line: StatementProps['lines'][number] }) {
  const { words, timeZone } = frame
  const { what, detail } = describeLine(line, words)
  return (
    <tr>
      <td class="num">{moment(words, line.at, timeZone)}</td>
      <td>
        {line.href ? (
          <a class="cause" href={line.href}>
            {what}
          </a>
        ) : (
          what
        )}
        {detail && <span class="small quiet">{detail}</span>}
      </td>
      <td class={line.units > 0n ? 'num plus' : 'num'}>{signed(line.units, words)}</td>
      <td class="num">{figure(line.balance, words)}</td>
    </tr>
  )
}

function signed(units: bigint, words: Words): string {
  if (units === 0n) return figure(0n, words)
  return units > 0n ? `+${figure(units, words)}` : `−${figure(-units, words)}`
}
