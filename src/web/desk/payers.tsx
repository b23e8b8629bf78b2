import type { Words } from '../../words/words.ts'
import { isolate } from '../text.tsx'
import { clock, day } from '../time.ts'
import type { PayerProps } from './composer-props.ts'

interface Paying {
  payers: readonly PayerProps[]
  freeUntil?: Date | undefined
}

/** "from Support 10, until 12 Mar 2027", or each grant with its part; what is lent; why it is free. '' when nobody pays. */
export function payersText(
  words: Words,
  { payers, freeUntil }: Paying,
  { now, timeZone }: { now: Date; timeZone: string },
): string {
  const { t } = words
  if (freeUntil) return t('desk:payers.free', { time: clock(words, freeUntil, now, timeZone) })
  const [only, ...others] = payers
  if (!only) return ''
  const lent = payers.reduce((sum, payer) => sum + payer.beyond, 0n)
  const until =
    only.until && others.length === 0 ? t('desk:grant.until', { date: day(words, only.until, timeZone) }) : ''
  const names =
    others.length === 0
      ? isolate(only.name)
      : payers.map((payer) =>
          t('desk:payers.part', { name: isolate(payer.name), n: words.credits(payer.units) }),
        )
  return [
    t('desk:payers.from', { names: typeof names === 'string' ? names : words.list(names) }),
    until,
    lent > 0n ? t('desk:payers.beyond', { n: words.credits(lent) }) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/** The line under a price; the script fills it anew when what is written changes the price. */
export function Payers({
  frame,
  ...paying
}: Paying & { frame: { words: Words; now: Date; timeZone: string } }) {
  return (
    <span class="small quiet" data-payers>
      {payersText(frame.words, paying, frame)}
    </span>
  )
}
