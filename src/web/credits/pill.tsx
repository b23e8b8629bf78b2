import type { Words } from '../../words/words.ts'

export type Level = 'ok' | 'low' | 'none'

/** `lowBelow`: units under which the next answer or two empties the account, so that the agent should know before writing. */
export function levelOf(available: bigint, lowBelow: bigint): Level {
  if (available <= 0n) return 'none'
  return available < lowBelow ? 'low' : 'ok'
}

/** "7 left" on a list row; amber when low, red when empty. */
export function BalancePill({
  available,
  lowBelow,
  words,
}: {
  available: bigint
  lowBelow: bigint
  words: Words
}) {
  const level = levelOf(available, lowBelow)
  const text =
    level === 'none'
      ? words.t('desk:balance.empty')
      : words.t('desk:balance.left', { n: words.credits(available) })
  return <span class={`pill num ${level}`}>{text}</span>
}
