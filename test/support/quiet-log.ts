import type { Log } from '../../src/ports/log.ts'

/** A log that keeps nothing, for tests in which nobody would read it. */
export const quietLog: Log = { info: ignore, warn: ignore, error: ignore, debug: ignore }

function ignore(): void {
  // Nobody reads it.
}
