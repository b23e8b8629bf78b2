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

/**
 * A port of 127.0.0.1 that a server may take, leave and come back to. Not one of those that the system gives to whoever asks for any (from
 * 32768 on Linux, from 49152 elsewhere): while the server is away, another program would get it. Browsers refuse 10080.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(11_000, 32_000)
    if (await isFree(port)) return port
  }
}
