import type { Deps } from '../deps.ts'
import { personToken } from '../secrets/links.ts'

/** A person's private page. Whoever has the address reads as that person, so it is only ever sent to them. */
export function personUrl(
  deps: Pick<Deps, 'keyring' | 'publicUrl'>,
  person: { shopId: bigint; contactId: bigint; linkVersion: number },
): string {
  return `${deps.publicUrl}/portal/${personToken(deps.keyring, { ...person, version: person.linkVersion })}`
}
