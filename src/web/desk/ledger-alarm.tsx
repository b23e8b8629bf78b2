import type { DeskFrame } from './props.ts'

/** Tells an owner that the last check of the ledger found problems; nothing for everybody else and in a sound shop. */
export function LedgerAlarm({ frame }: { frame: DeskFrame }) {
  const count = frame.ledgerProblems ?? 0
  if (count === 0) return null
  return (
    <aside class="ledger-alarm">
      {frame.words.t('desk:ledgerAlarm', { count, n: frame.words.number(count) })}
    </aside>
  )
}
