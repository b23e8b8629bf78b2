import type { Words } from '../../words/words.ts'
import { isolate, signed } from '../text.tsx'
import { clock } from '../time.ts'
import type { PortalProps, SpentLine } from './props.ts'

/** What each credit went for: the customer's reason to trust the counter. */
export function Spent({ props, statementHref }: { props: PortalProps; statementHref: string }) {
  const { words, spent } = props
  return (
    <section class="card">
      <h2>{words.t('portal:spent.title')}</h2>
      {spent.length === 0 && <p class="quiet">{words.t('portal:spent.empty')}</p>}
      <ul class="lines">
        {spent.map((line) => {
          const { what, detail } = describe(line, words)
          return (
            <li>
              <span>{what}</span>
              <span class={line.units > 0n ? 'num plus' : 'num'}>{moved(line.units, words)}</span>
              <span class="small quiet num">
                {detail && <>{detail} · </>}
                {clock(words, line.at, props.now, props.timeZone)}
              </span>
            </li>
          )
        })}
      </ul>
      <p class="small to-statement">
        <a class="link" href={statementHref}>
          {words.t('statement:allMovements')}
        </a>
      </p>
    </section>
  )
}

function moved(units: bigint, words: Words): string {
  return units > 0n
    ? signed('+', words.credits(units), words.dir)
    : signed('−', words.credits(-units), words.dir)
}

function describe(line: SpentLine, words: Words): { what: string; detail: string } {
  const { t } = words
  switch (line.kind) {
    case 'reply':
      return {
        what: t('portal:spent.reply', { agent: isolate(line.agent), channel: t(`desk:by.${line.channel}`) }),
        detail: isolate(line.subject),
      }
    case 'session':
      return {
        what: t('portal:spent.session', { agent: isolate(line.agent) }),
        detail: t('portal:spent.sessionDetail', {
          actual: words.duration(line.actualSeconds),
          billed: words.duration(line.billedSeconds),
        }),
      }
    case 'work':
      return {
        what: t('portal:spent.work', { agent: isolate(line.agent) }),
        detail: `${words.duration(line.minutes * 60)} · ${isolate(line.subject)}`,
      }
    case 'purchase':
    case 'refund':
      return {
        what: t(`portal:spent.${line.kind}`, { package: isolate(line.packageName) }),
        detail: line.order ? t('desk:grant.order', { order: line.order }) : '',
      }
    default:
      return { what: t(`portal:spent.${line.kind}`), detail: '' }
  }
}
