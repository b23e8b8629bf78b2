import { type Balance, type BalanceJson, readBalance } from '../credits/balance.ts'
import type { Channel } from '../credits/rate-card.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** One grant as people see it. Units in hundredths of a credit. */
export interface AccountGrant {
  id: bigint
  name: string
  source: string
  /** The number and id that the shop gave the order; null for grants from elsewhere. */
  orderNumber: string | null
  orderId: string | null
  channels: Channel[]
  entitled: bigint
  consumed: bigint
  held: bigint
  /** What is left to spend now: 0 when the validity is over. */
  remainder: bigint
  deficit: bigint
  overdraft: bigint
  expiresAt: Date | null
  frozen: boolean
  reason: string | null
  createdAt: Date
}

/** A customer's balance and grants, oldest first. Throws Refused `not_found`. */
export async function getAccount(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; customerId: bigint },
): Promise<{ balance: Balance; grants: AccountGrant[] }> {
  const at = deps.clock.now()
  const [account] = await deps.db.query<{ balance: BalanceJson | null }>(
    'account-balance',
    'select account_balance($1, $2, $3) as balance',
    [input.shopId, input.customerId, at],
  )
  if (!account?.balance) return refuse({ code: 'not_found', what: 'customer' })
  const grants = await deps.db.query<AccountGrant>(
    'account-grants',
    `select g.id, g.name, g.source, o.number as "orderNumber", o.external_id as "orderId", g.channels, g.entitled, g.consumed,
       g.held, g.overdraft, g.expires_at as "expiresAt", g.frozen, g.reason, g.created_at as "createdAt",
       case when g.expires_at <= $3 then 0
         else greatest(g.entitled - g.consumed - g.held - g.expired + g.overdraft, 0) end::bigint as remainder,
       greatest(g.consumed - g.overdraft - g.entitled - g.cleared, 0) as deficit
     from credit_grant g
     left join shop_order o on o.shop_id = g.shop_id and o.id = g.order_id
     where g.shop_id = $1 and g.customer_id = $2 order by g.id`,
    [input.shopId, input.customerId, at],
  )
  return { balance: readBalance(account.balance), grants }
}
