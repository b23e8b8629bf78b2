import type { Deps } from '../../deps.ts'
import { refuse } from '../../refusal.ts'
import { askForContext } from './ask-for-context.ts'
import { type ContextJson, type CustomerContext, contextColumn, readContext } from './context.ts'

/**
 * What is known of a customer's orders; of one who was merged, the heir's. What is too old is given all the same and the shop is
 * asked behind it. Refuses: not_found.
 */
export async function getContext(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; customerId: bigint },
): Promise<CustomerContext> {
  const [row] = await deps.db.query<{ customerId: bigint; context: ContextJson }>(
    'customer-context',
    `select u.id as "customerId", ${contextColumn('u.shop_id', 'u.id')} as context
     from customer c join customer u on u.shop_id = c.shop_id and u.id = coalesce(c.merged_into, c.id)
     where c.shop_id = $1 and c.id = $2`,
    [input.shopId, input.customerId],
  )
  if (!row) return refuse({ code: 'not_found', what: 'customer' })
  const context = readContext(row.context, deps.clock.now())
  if (context.mayAsk) await askForContext(deps.db, { shopId: input.shopId, customerId: row.customerId })
  return context
}
