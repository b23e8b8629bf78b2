import type { Waiting } from './delivery.ts'
import type { Sent, Webhooks } from './webhooks.ts'

/** Shares of the deliveries, from 0 to 1, to which it happens. */
export interface DeliverOptions {
  /** Never sent, and the shop does not know it: it counts as no failure. */
  loss?: number
  /** Sent twice. */
  duplicate?: number
  /** Put at another place of the queue. */
  reorder?: number
  /** Left in the queue until the next run, where it may be merged with what happens until then. */
  delay?: number
  /** How many runners of the queue work at the same time. Default 1. */
  atOnce?: number
  /** Of the chance; the same seed does the same. */
  seed?: number
}

export interface Delivered {
  sent: Sent[]
  lost: Waiting[]
  delayed: Waiting[]
}

/** Runs the queue once. What comes in while it runs waits for the next run. */
export async function deliver(webhooks: Webhooks, options: DeliverOptions = {}): Promise<Delivered> {
  const chance = makeChance(options.seed ?? 1)
  const happens = (share: number | undefined) => chance() < (share ?? 0)
  const done: Delivered = { sent: [], lost: [], delayed: [] }
  const run: Waiting[] = []
  for (const entry of webhooks.take()) {
    if (happens(options.loss)) done.lost.push(entry)
    else if (happens(options.delay)) done.delayed.push(entry)
    else run.push(...(happens(options.duplicate) ? [entry, entry] : [entry]))
  }
  for (let place = 0; place < run.length; place += 1) {
    if (happens(options.reorder)) swap(run, place, Math.floor(chance() * run.length))
  }
  const runner = async (): Promise<void> => {
    for (let entry = run.shift(); entry; entry = run.shift()) {
      const sent = await webhooks.send(entry)
      if (sent) done.sent.push(sent)
    }
  }
  await Promise.all(Array.from({ length: options.atOnce ?? 1 }, runner))
  webhooks.putBack(done.delayed)
  return done
}

function swap<T>(list: T[], left: number, right: number): void {
  const [a, b] = [list[left], list[right]]
  if (a === undefined || b === undefined) return
  list[left] = b
  list[right] = a
}

/** mulberry32: small, and the same on every machine. */
export function makeChance(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
