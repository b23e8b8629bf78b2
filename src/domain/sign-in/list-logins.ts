import type { Deps } from '../deps.ts'

export interface ListedLogin {
  id: bigint
  /** "Firefox on Linux"; '' when the program did not say. */
  device: string
  /** Shortened. */
  address: string
  createdAt: Date
  seenAt: Date
}

/** Where an agent is signed in, the one that was used last first. */
export async function listLogins(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; agentId: bigint },
): Promise<ListedLogin[]> {
  return await deps.db.query<ListedLogin>(
    'list-logins',
    `select id, device, address, created_at as "createdAt", coalesce(seen_at, created_at) as "seenAt"
     from login where shop_id = $1 and agent_id = $2 and expires_at > $3 order by 5 desc, id desc limit 100`,
    [input.shopId, input.agentId, deps.clock.now()],
  )
}
