/** Leaves a server alone that could not be reached, so that a thousand waiting mails do not knock one after the other. */
export interface Pause {
  /** Why nothing is sent just now; undefined when it may be tried. */
  reason(): string | undefined
  reached(): void
  missed(reason: string): void
}

/** `pausesMs`: the waits after one failure after another; the last goes on. One mail at its end tries again. */
export function createPause(pausesMs: readonly number[], now: () => number = Date.now): Pause {
  let failures = 0
  let until = 0
  let because = ''
  return {
    reason() {
      if (now() >= until) return undefined
      const seconds = Math.ceil((until - now()) / 1000)
      return `The mail server could not be reached (${because}). The next attempt is in ${seconds} s.`
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
