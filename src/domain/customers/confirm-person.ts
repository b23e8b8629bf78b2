import type { Deps } from '../deps.ts'

/**
 * A person said, by a click that no mail scanner makes, that the address of their invitation is theirs; from then on mail from
 * it is matched to the account (README, invariant 5). Does nothing for a void link or a second click.
 */
export async function confirmPerson(
  deps: Pick<Deps, 'db' | 'clock'>,
  link: { shopId: bigint; contactId: bigint; version: number },
): Promise<void> {
  await deps.db.query(
    'confirm-person',
    `update authorised_contact set confirmed_at = $4
     where shop_id = $1 and id = $2 and link_version = $3 and confirmed_at is null and removed_at is null`,
    [link.shopId, link.contactId, link.version, deps.clock.now()],
  )
}
