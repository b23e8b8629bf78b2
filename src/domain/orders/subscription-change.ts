// What a switch or a resubscribe order grants. Both stand within a period that a subscription has paid and that was granted
// already, so their lines in full would grant it twice (README, "Subscriptions").

/** A line of such an order that matches a package and has no grant yet. */
export interface ChangingLine {
  lineId: string
  /** What it would carry in an ordinary order. */
  fullUnits: bigint
  /** Validity by its package; null never ends. */
  days: number | null
  /** It cost nothing. */
  free: boolean
}

/** A line of the subscription's earlier orders whose credits were valid when this order was paid. */
export interface PeriodLine {
  orderId: bigint
  /** Of its order; undefined for the one that the subscription may have begun with. */
  kind: 'renewal' | 'switch' | 'resubscribe' | undefined
  paidAt: Date
  promisedUnits: bigint
  days: number | null
}

export type ChangeVerdict =
  /** By line, the units to grant; a line that is not named is granted in full. */
  | { kind: 'settled'; units: ReadonlyMap<string, bigint> }
  /** Nothing is granted until a person says so. */
  | { kind: 'ask'; proposedUnits: bigint; fullUnits: bigint }

/**
 * Grants what the new plan carries beyond what the running period was granted already. `lines`: of a switch those that take
 * the place of others, of a resubscribe those that cost nothing. `period`: the subscription's own lines. `guessUnits`: of the
 * order with which it may have begun; it counts while no renewal is known, because that order is not marked.
 */
export function judgeChange(input: {
  kind: 'switch' | 'resubscribe'
  lines: readonly ChangingLine[]
  period: readonly PeriodLine[]
  guessUnits: bigint
}): ChangeVerdict {
  const { kind, lines, period } = input
  if (lines.length === 0) return { kind: 'settled', units: new Map() }
  const current = currentPeriod(period)
  const begun = current.find((line) => line.kind === 'renewal')
  const promised = sum((begun ? current : period).map((line) => line.promisedUnits))
  const granted = begun ? promised : promised + input.guessUnits
  const full = sum(lines.map((line) => line.fullUnits))
  const rest = full > granted ? full - granted : 0n
  const ask: ChangeVerdict = { kind: 'ask', proposedUnits: rest, fullUnits: full }
  const none = shareUnits(lines, 0n)
  if (kind === 'resubscribe') {
    if (rest === 0n) return { kind: 'settled', units: none }
    return granted === 0n ? { kind: 'settled', units: new Map() } : ask
  }
  const [line] = lines
  const isPlain = lines.length === 1 && current.filter((one) => one.orderId === begun?.orderId).length === 1
  const isFree = lines.every((one) => one.free)
  if (isFree && rest === 0n) return { kind: 'settled', units: none }
  // More than was paid for is not granted without a question.
  if (!isPlain || !line || line.days !== begun?.days || isFree) return ask
  return { kind: 'settled', units: new Map([[line.lineId, rest]]) }
}

/** From the newest renewal on: what came before it paid earlier periods. All, when no renewal is known. */
function currentPeriod(period: readonly PeriodLine[]): PeriodLine[] {
  const renewals = period.filter((line) => line.kind === 'renewal').map((line) => line.paidAt.getTime())
  const since = Math.max(...renewals, Number.NEGATIVE_INFINITY)
  return period.filter((line) => line.paidAt.getTime() >= since)
}

/** Gives the units that a person agreed to, line after line, none more than it carries. */
export function shareUnits(lines: readonly ChangingLine[], agreedUnits: bigint): ReadonlyMap<string, bigint> {
  let left = agreedUnits
  return new Map(
    lines.map((line) => {
      const given = left
      left = given > line.fullUnits ? given - line.fullUnits : 0n
      return [line.lineId, given - left]
    }),
  )
}

function sum(units: readonly bigint[]): bigint {
  return units.reduce((all, one) => all + one, 0n)
}
