import type { Words } from '../../words/words.ts'
import { stopwatch } from '../time.ts'
import type { PersonTallyProps, TalliesProps } from './props.ts'

/** The figures of a period, and in small type those of all time where they differ. */
export function Tallies({ tallies, words }: { tallies: TalliesProps; words: Words }) {
  const { period, all } = tallies
  const shown = figures.filter(({ always, of }) => always || of(all) > 0)
  return (
    <dl class="tallies">
      {shown.map(({ name, of, as = (value, { number }) => number(value) }) => (
        <div>
          <dt class="small quiet">{words.t(`people:tally.${name}`)}</dt>
          <dd class="num">
            {as(of(period), words)}
            {of(all) !== of(period) && (
              <span class="small quiet"> {words.t('people:inAll', { n: as(of(all), words) })}</span>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

interface Figure {
  name: string
  of: (tally: PersonTallyProps) => number
  as?: (value: number, words: Words) => string
  always?: boolean
}

const figures: Figure[] = [
  { name: 'written', of: (tally) => tally.written, always: true },
  { name: 'email', of: (tally) => tally.email },
  { name: 'sms', of: (tally) => tally.sms },
  { name: 'portal', of: (tally) => tally.portal },
  {
    name: 'video',
    of: (tally) => tally.videoSeconds,
    as: (seconds, words) => stopwatch(words, seconds),
  },
  {
    name: 'work',
    of: (tally) => tally.workMinutes,
    as: (minutes, words) => stopwatch(words, minutes * 60),
  },
  {
    name: 'credits',
    of: (tally) => Number(tally.units),
    as: (units, words) => words.credits(BigInt(units)),
    always: true,
  },
]
