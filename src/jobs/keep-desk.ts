import { setTimeout as sleep } from 'node:timers/promises'
import type { Deps } from '../domain/deps.ts'
import { wakeTickets } from '../domain/tickets/acts/wake-tickets.ts'
import { indexTickets } from '../domain/tickets/search/index-tickets.ts'

/** How soon a new message is found, and a ticket comes back whose rest is over. */
const everyMs = 2_000
const batch = 100

/**
 * Keeps the desk's lists and search up to date while workers run. No job for each message: on a reply it would cost more than the whole
 * round does for a hundred. Several processes may do so at once; the sweep makes up for what a stopped one left.
 */
export function keepDesk(deps: Deps): { stop(): Promise<void> } {
  const ending = new AbortController()
  const loop = async () => {
    while (!ending.signal.aborted) {
      try {
        await wakeTickets(deps)
        while ((await indexTickets(deps, { limit: batch })) === batch && !ending.signal.aborted);
      } catch (error) {
        deps.log.debug({ error: String(error) }, 'lists and search are brought up to date a little later')
      }
      await sleep(everyMs, undefined, { signal: ending.signal, ref: false }).catch(() => undefined)
    }
  }
  const running = loop()
  return {
    async stop() {
      ending.abort()
      await running
    },
  }
}
