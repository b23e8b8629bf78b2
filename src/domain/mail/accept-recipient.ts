import type { Deps } from '../deps.ts'
import { readOurAddress } from './addresses.ts'

/** Whether mail to this address (lower case) is for us: a token that is ours, the sender's own address, or that of a shop. */
export async function acceptRecipient(
  deps: Pick<Deps, 'db' | 'keyring' | 'mailFrom'>,
  address: string,
): Promise<boolean> {
  if (readOurAddress(deps, address) !== undefined) return true
  if (address === deps.mailFrom.address.toLowerCase()) return true
  const [shop] = await deps.db.query('shop-of-address', 'select from shop where mail_address = $1', [address])
  return shop !== undefined
}
