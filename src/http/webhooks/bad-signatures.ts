import type { Deps } from '../../domain/deps.ts'
import { countBadSignatures } from '../../domain/shops/count-bad-signatures.ts'

const flushMilliseconds = 1_000

/**
 * Counts deliveries with a bad signature and writes the sums down once a second, so that somebody who floods the address
 * costs us no row lock for each try. The counts of the last second are lost when the process ends; nothing hangs on them.
 */
export function makeBadSignatureCount(deps: Pick<Deps, 'db' | 'log'>): (shopId: bigint) => void {
  // Only shops that exist get here, so the map cannot be made to grow.
  const counted = new Map<bigint, number>()
  const flush = async () => {
    const sums = [...counted]
    counted.clear()
    for (const [shopId, times] of sums) await countBadSignatures(deps, { shopId, times })
  }
  return (shopId) => {
    if (counted.size === 0) {
      setTimeout(() => {
        flush().catch(() => deps.log.warn({}, 'bad signatures could not be counted'))
      }, flushMilliseconds).unref()
    }
    counted.set(shopId, (counted.get(shopId) ?? 0) + 1)
  }
}
