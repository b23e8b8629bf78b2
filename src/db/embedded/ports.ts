import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/** Whether nobody listens on this port of 127.0.0.1. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

const [lowest, highest, mostTries] = [11_000, 32_000, 200]

/**
 * A port of 127.0.0.1 that a server may take, leave and come back to. Not one of those that the system gives to whoever asks for any
 * (from 32768 on Linux, from 49152 elsewhere): while the server is away, another program would get it. Browsers refuse 10080.
 * Throws when none can be had, as where nothing may listen.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = randomInt(lowest, highest)
    if (await isFree(port)) return port
  }
  throw new Error(`No free port was found on 127.0.0.1 between ${lowest} and ${highest}`)
}
