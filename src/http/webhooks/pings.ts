import type { Deps } from '../../domain/deps.ts'
import { notePings } from '../../domain/health/note-pings.ts'

const flushMilliseconds = 1_000

/**
 * Notes that a shop knocked, at most once a second: a ping is not signed, so whoever floods the address with pings must not cost us
 * a row for each. What is lost with the process is shown with the next ping.
 */
export function makePingNote(deps: Pick<Deps, 'db' | 'clock' | 'log'>): (shopId: bigint) => void {
  const knocked = new Set<bigint>()
  const flush = async () => {
    const shopIds = [...knocked]
    knocked.clear()
    await notePings(deps, { shopIds })
  }
  return (shopId) => {
    if (knocked.size === 0) {
      setTimeout(() => {
        flush().catch(() => deps.log.warn({}, 'pings could not be noted'))
      }, flushMilliseconds).unref()
    }
    knocked.add(shopId)
  }
}
