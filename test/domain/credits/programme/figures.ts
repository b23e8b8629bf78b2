import type { ModelGrant } from '../../../support/ledger-model/ledger-model.ts'
import type { Place } from '../moves.ts'
import type { Replay } from './replay.ts'
import type { Stage } from './stage.ts'

interface Row {
  id: bigint
  customer_id: bigint
  figures: number[]
  isUsed: boolean
  owes: boolean
}

const figuresOf = (g: ModelGrant, settled: number) => [
  g.entitled,
  g.consumed,
  g.held,
  g.expired,
  g.cleared,
  g.overdraft,
  g.promised,
  g.revokeDue,
  g.frozen ? 1 : 0,
  settled,
]

/**
 * All figures of every grant and account of a stage, as the ledger has them and as the model says, in one shape: entitled,
 * consumed, held, expired, cleared, overdraft, promised, revoke due, frozen, settled by others. What is over counts as expired although its entry
 * may not be written yet. Teaches stage and replay the ids of the grants that moves made by themselves.
 */
export async function compareFigures(
  world: Pick<Place, 'db' | 'clock'>,
  stage: Stage,
  { model, customers, grants }: Replay,
) {
  const rows = await world.db.query<Row>(
    'test-figures',
    `select id, customer_id, array[entitled, consumed, held,
       expired + case when expires_at <= $2 then greatest(entitled - consumed - held - expired + overdraft, 0) else 0 end,
       cleared, overdraft, promised, revoke_due, frozen::int, coalesce(s.paid, 0)]::int[] as figures,
       consumed > 0 as "isUsed", consumed - entitled - cleared > 0 as owes
     from credit_grant g
     left join lateral (select sum(units - returned) as paid from settlement where shop_id = g.shop_id and grant_id = g.id) s on true
     where shop_id = $1 order by id`,
    [stage.shopId, world.clock.at],
  )
  const balances = await world.db.query<{ customer_id: bigint; balance: Record<string, number> }>(
    'test-balances',
    'select customer_id, account_balance(shop_id, customer_id, $2) as balance from account where shop_id = $1 order by customer_id',
    [stage.shopId, world.clock.at],
  )
  const accounts = balances.filter(({ customer_id }) => customers.has(customer_id))
  const stored = accounts.map(({ customer_id, balance }) => ({
    customer: customer_id,
    balance,
    grants: rows.filter((row) => row.customer_id === customer_id).map((row) => row.figures),
  }))
  const expected = accounts.map(({ customer_id }) => {
    const customer = customers.get(customer_id)
    return {
      customer: customer_id,
      balance: customer && model.balanceOf(customer),
      grants: customer?.grants.map((g) => figuresOf(g, model.settledFor(g))),
    }
  })
  learnIds(stage, rows, { customers, grants })
  return { stored, expected }
}

function learnIds(
  stage: Stage,
  rows: readonly Row[],
  { customers, grants }: Pick<Replay, 'customers' | 'grants'>,
): void {
  stage.grants = rows.map((row) => ({ ...row, grantId: row.id, customerId: row.customer_id }))
  for (const [customerId, customer] of customers) {
    const ids = rows.filter((row) => row.customer_id === customerId)
    for (const [index, { id }] of ids.entries()) {
      const grant = customer.grants[index]
      if (grant) grants.set(id, grant)
    }
  }
}
