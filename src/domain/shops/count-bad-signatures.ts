import type { Deps } from '../deps.ts'

/**
 * Adds to the count of deliveries whose signature did not hold. Nothing of them is stored: anybody could fill the table with
 * such bodies.
 */
export async function countBadSignatures(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; times: number },
): Promise<void> {
  await deps.db.query(
    'count-bad-signatures',
    'update shop set bad_signatures = bad_signatures + $2 where id = $1',
    [input.shopId, input.times],
  )
}
