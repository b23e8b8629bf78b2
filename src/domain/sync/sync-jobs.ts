import type { JobOptions } from '../enqueue.ts'

/**
 * One job of each kind waits for a shop at most, and of a shop's reconcile and look one runs at a time; a back-fill, which may
 * take an hour, has a queue of its own. Shops never share a queue, so one that hangs holds up its own jobs only.
 */
export function syncJob(kind: 'reconcile' | 'look' | 'backfill', shopId: bigint): JobOptions {
  const queue = kind === 'backfill' ? 'backfill' : 'sync'
  return { key: `${kind}:${shopId}`, queue: `${queue}:${shopId}` }
}
