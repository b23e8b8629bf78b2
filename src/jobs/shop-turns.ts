/** As many requests go to one shop at a time (connectors/README.md); whoever came after them would only hold a worker. */
const perShop = 2

const soonMs = 1_000
/** A shop that keeps somebody waiting for so long is in trouble, and its other jobs need not look every second. */
const slowMs = 3_000
const laterMs = 5_000

/** Which jobs of this process are asking which shop, so that one that hangs leaves the workers to the others. */
export interface ShopTurns {
  /** Call what it returns at the end. Undefined: not now. */
  take(shopId: string): (() => void) | undefined
  /** After how long it is worth asking for a turn again, in milliseconds. */
  pause(shopId: string): number
}

/** `atOnce`: how many may ask at a time, whichever shops they ask; fewer than there are workers. */
export function makeShopTurns(atOnce: number): ShopTurns {
  const asking = new Map<string, Set<{ since: number }>>()
  let total = 0
  return {
    take(shopId) {
      const turns = asking.get(shopId) ?? new Set()
      if (turns.size >= perShop || total >= atOnce) return undefined
      const turn = { since: performance.now() }
      asking.set(shopId, turns.add(turn))
      total += 1
      return () => {
        if (!turns.delete(turn)) return
        total -= 1
        if (turns.size === 0) asking.delete(shopId)
      }
    },
    pause(shopId) {
      const longest = Math.min(...[...(asking.get(shopId) ?? [])].map(({ since }) => since))
      return performance.now() - longest > slowMs ? laterMs : soonMs
    },
  }
}
