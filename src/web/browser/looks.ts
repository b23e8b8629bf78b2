export interface Looks {
  /** Looks in so many milliseconds, and not before: whoever types is not done yet. */
  after(ms: number): void
  /** Looks in so many milliseconds at the latest: a stream of news must not put it off for ever. */
  within(ms: number): void
}

/** Looks at the server one at a time; what is asked for while one look is under way is done after it. */
export function makeLooks(look: () => Promise<void>): Looks {
  let timer: ReturnType<typeof setTimeout> | undefined
  let due = Number.POSITIVE_INFINITY
  let running = false
  let next: number | undefined

  const begin = async () => {
    due = Number.POSITIVE_INFINITY
    running = true
    await look().catch(() => undefined)
    running = false
    if (next !== undefined) after(next)
    next = undefined
  }
  const after = (ms: number) => {
    if (running) {
      next = ms
      return
    }
    clearTimeout(timer)
    due = performance.now() + ms
    timer = setTimeout(begin, ms)
  }
  const within = (ms: number) => {
    if (running) next = Math.min(next ?? ms, ms)
    else if (performance.now() + ms < due) after(ms)
  }
  return { after, within }
}
