import type { Deps } from '../deps.ts'

interface DueAccount {
  shop_id: bigint
  customer_id: bigint
  next_expiry: Date
}

/** Accounts on which an end of validity is due, the longest overdue first, after one of them. Walks an index of only these. */
export const dueAccounts = `
  select shop_id, customer_id, next_expiry from account
  where next_expiry <= $1 and (next_expiry, shop_id, customer_id) > ($2::timestamptz, $3::bigint, $4::bigint)
  order by next_expiry, shop_id, customer_id limit $5`

/**
 * Writes the `expire` entries (breakage, rule 13) of every account on which one is due, each account in a transaction of its
 * own, so that one that fails is logged and does not keep the others. Any number of workers may do this at once: the account's
 * lock makes each entry once. Nobody depends on it being punctual: whatever reads or moves credits does the same for its account.
 * Returns how many accounts it brought up to date.
 */
export async function expireCredits(
  deps: Pick<Deps, 'db' | 'clock' | 'log' | 'tellDesk'>,
  { batch = 200 }: { batch?: number } = {},
): Promise<number> {
  const at = deps.clock.now()
  let after: [Date | string, bigint, bigint] = ['-infinity', 0n, 0n]
  let done = 0
  for (;;) {
    const due = await deps.db.query<DueAccount>('due-accounts', dueAccounts, [at, ...after, batch])
    const shops = new Set<bigint>()
    for (const account of due) {
      if (!(await expireAccount(deps, account, at))) continue
      done += 1
      shops.add(account.shop_id)
    }
    // An open page shows a price beside credits that are gone now.
    for (const shopId of shops) deps.tellDesk(shopId)
    const last = due.at(-1)
    if (!last || due.length < batch) return done
    // Onwards also past those that failed, which stay due until the next run.
    after = [last.next_expiry, last.shop_id, last.customer_id]
  }
}

async function expireAccount(
  deps: Pick<Deps, 'db' | 'log'>,
  { shop_id: shopId, customer_id: customerId }: DueAccount,
  at: Date,
): Promise<boolean> {
  try {
    await deps.db.query('expire-account', 'select from lock_account($1, $2, $3)', [shopId, customerId, at])
    return true
  } catch (error) {
    deps.log.error(
      { err: error, shopId: String(shopId), customerId: String(customerId) },
      'credits not expired',
    )
    return false
  }
}
