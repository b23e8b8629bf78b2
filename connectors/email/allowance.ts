/** What a server takes from us in a minute. Each process counts its own. */
export interface Allowance {
  /** Takes one; or says how long none is left. */
  take(): number | undefined
}

/** In any sixty seconds at most so many; without a number there is no limit. */
export function createAllowance(perMinute: number | undefined, now: () => number = Date.now): Allowance {
  const taken: number[] = []
  return {
    take() {
      if (perMinute === undefined) return undefined
      const oldest = taken.length < perMinute ? undefined : taken[0]
      const waitMs = oldest === undefined ? 0 : oldest + 60_000 - now()
      if (waitMs > 0) return waitMs
      if (oldest !== undefined) taken.shift()
      taken.push(now())
      return undefined
    },
  }
}
