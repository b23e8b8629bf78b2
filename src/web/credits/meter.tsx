import type { Words } from '../../words/words.ts'
import type { BalanceProps } from '../props.ts'

const mostSegments = 20

/**
 * The credit meter: one segment for each credit up to 20, then a bar. Left to spend is green, held is striped, used is
 * grey. No inline style (the page's policy forbids it), so a segment's part is a class in tenths.
 */
export function Meter({ balance, words }: { balance: BalanceProps; words: Words }) {
  const total = balance.available + balance.held + balance.used
  const label = words.t('desk:balance.meter', {
    left: words.credits(balance.available),
    total: words.credits(total),
    held: words.credits(balance.held),
  })
  if (total <= 0n) return <span class="meter" role="img" aria-label={label} />
  const count = Number((total + 99n) / 100n)
  return count <= mostSegments ? (
    <span class="meter" role="img" aria-label={label}>
      {segments(balance, count).map((name) => (
        <i class={name} />
      ))}
    </span>
  ) : (
    <Bar balance={balance} total={total} label={label} />
  )
}

/** Class of each segment, first what is left, then what is held, then what is used. */
export function segments(balance: BalanceProps, count: number): string[] {
  const left = Number(balance.available)
  const taken = left + Number(balance.held)
  return Array.from({ length: count }, (_, index) => {
    const start = index * 100
    const leftHere = within(left - start)
    const heldHere = within(taken - start) - leftHere
    if (leftHere === 100) return 'full'
    if (leftHere > 0)
      return `part p${Math.min(9, Math.max(1, Math.round(leftHere / 10)))}${heldHere > 0 ? ' then-held' : ''}`
    return heldHere > 0 ? 'held' : 'used'
  })
}

const within = (units: number) => Math.min(100, Math.max(0, units))

function Bar({ balance, total, label }: { balance: BalanceProps; total: bigint; label: string }) {
  const share = (units: bigint) => Number((units * 1000n) / total) / 10
  const left = share(balance.available)
  const taken = share(balance.available + balance.held)
  return (
    <svg class="meter bar" height="10" role="img" aria-label={label}>
      <rect class="full" width={`${left}%`} height="10" />
      {taken > left && <line class="held" x1={`${left}%`} x2={`${taken}%`} y1="5" y2="5" />}
    </svg>
  )
}
