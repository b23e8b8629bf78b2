import { createHash } from 'node:crypto'
import type { Deps } from '../deps.ts'

export interface ReceivedDelivery {
  shopId: bigint
  topic: string
  headers: Record<string, string | string[] | undefined>
  /** The raw bytes over which the signature was checked. */
  body: Buffer
}

/**
 * Keeps a verified delivery and enqueues its job, in one statement. Undefined when it repeats one that is kept; trashing and
 * restoring carry only an id, so each of them counts.
 */
export async function acceptDelivery(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: ReceivedDelivery,
): Promise<bigint | undefined> {
  const [row] = await deps.db.query<{ id: bigint | null }>(
    'accept-delivery',
    'select accept_delivery($1, $2, $3, $4, $5, $6) as id',
    [
      input.shopId,
      input.topic,
      JSON.stringify(input.headers),
      input.body,
      createHash('sha256').update(input.body).digest(),
      deps.clock.now(),
    ],
  )
  const id = row?.id ?? undefined
  if (id !== undefined) deps.wakeWorkers()
  return id
}
