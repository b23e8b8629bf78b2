/** Leaves a server alone that does not want mail just now, so that a thousand waiting mails do not knock one after the other. */
export interface Pause {
  /** Why nothing is sent just now and for how long; undefined when it may be tried. */
  resting(): Rest | undefined
  reached(): void
  missed(reason: string): void
}

export interface Rest {
  because: string
  waitMs: number
}

/** `pausesMs`: the waits after one failure after another; the last goes on. One mail at its end tries again. */
export function createPause(pausesMs: readonly number[], now: () => number = Date.now): Pause {
  let failures = 0
  let until = 0
  let because = ''
  return {
    resting() {
      return now() >= until ? undefined : { because, waitMs: until - now() }
    },
    reached() {
      failures = 0
      until = 0
    },
    missed(reason) {
      // Mails that were under way together count as one failure.
      if (now() < until) return
      until = now() + (pausesMs[Math.min(failures, pausesMs.length - 1)] ?? 0)
      failures += 1
      because = reason.slice(0, 200)
    },
  }
}

/** A pause for each server behind ours, told by the domain of its mailboxes. */
export interface Pauses {
  resting(domain: string): Rest | undefined
  reached(domain: string): void
  missed(domain: string, reason: string): void
}

/** Domains that are remembered; strangers' addresses must not fill the memory. */
const mostDomains = 1_000

export function createPauses(pausesMs: readonly number[], now: () => number = Date.now): Pauses {
  const pauses = new Map<string, Pause>()
  return {
    resting: (domain) => pauses.get(domain)?.resting(),
    reached: (domain) => void pauses.delete(domain),
    missed(domain, reason) {
      const pause = pauses.get(domain) ?? createPause(pausesMs, now)
      pauses.delete(domain)
      pauses.set(domain, pause)
      const [oldest] = pauses.keys()
      if (pauses.size > mostDomains && oldest !== undefined) pauses.delete(oldest)
      pause.missed(reason)
    },
  }
}
