import type { Deps } from '../deps.ts'

/** Counts a delivery whose signature was wrong. Nothing of it is stored: anybody could fill the table with such bodies. */
export async function countBadSignature(deps: Pick<Deps, 'db'>, shopId: bigint): Promise<void> {
  await deps.db.query(
    'count-bad-signature',
    'update shop set bad_signatures = bad_signatures + 1 where id = $1',
    [shopId],
  )
}
