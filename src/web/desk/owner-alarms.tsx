import type { DeskFrame } from './props.ts'

/** Tells an owner what needs them: a ledger that disagrees, a shop that gives no orders. Nothing in a sound shop. */
export function OwnerAlarms({ frame }: { frame: DeskFrame }) {
  const count = frame.ledgerProblems ?? 0
  return (
    <>
      {count > 0 && (
        <aside class="owner-alarm">
          {frame.words.t('desk:ledgerAlarm', { count, n: frame.words.number(count) })}
        </aside>
      )}
      <ShopAlarm frame={frame} />
    </>
  )
}

function ShopAlarm({ frame }: { frame: DeskFrame }) {
  const { shopProblem, words, timeZone } = frame
  if (!shopProblem) return null
  const { kind, message, since } = shopProblem
  return (
    <aside class="owner-alarm">
      {words.t(`desk:shopAlarm.${kind}`, { since: words.dateTime(since, timeZone) })} <bdi>{message}</bdi>{' '}
      <a class="link" href="/desk/setup/shop">
        {words.t('desk:shopAlarm.see')}
      </a>
    </aside>
  )
}
