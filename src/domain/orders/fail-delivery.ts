import type { Deps } from '../deps.ts'
import { closeDelivery } from './deliveries.ts'

/** Gives up on a delivery after the last try; it stays listed with its reason. */
export async function failDelivery(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; deliveryId: bigint; reason: string },
): Promise<void> {
  await closeDelivery(deps.db, { ...input, state: 'failed', at: deps.clock.now() })
}
