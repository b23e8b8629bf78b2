import type { Words } from '../../words/words.ts'

/** At or under two credits the next answer or two empties the account: the agent should know before writing. */
const lowAt = 200n

export type Level = 'ok' | 'low' | 'none'

export function levelOf(available: bigint): Level {
  if (available <= 0n) return 'none'
  return available <= lowAt ? 'low' : 'ok'
}

/** "7 left" on a list row; amber when low, red when empty. */
export function BalancePill({ available, words }: { available: bigint; words: Words }) {
  const level = levelOf(available)
  const text =
    level === 'none'
      ? words.t('desk:balance.empty')
      : words.t('desk:balance.left', { n: words.credits(available) })
  return <span class={`pill num ${level}`}>{text}</span>
}
