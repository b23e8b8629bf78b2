import { ShopApiError, type ShopCustomerFacts } from '../../../ports/shop.ts'
import type { Deps } from '../../deps.ts'
import { cleanString } from '../../orders/stored-order.ts'
import { shopKeys } from '../../shops/find-shop.ts'

/** A customer has one account in the shop and few e-mails; each is a question of its own. */
const mostAccounts = 5
const mostEmails = 5

interface Asked {
  id: bigint
  kind: string
  shopCustomerIds: string[]
  emails: string[]
}

/**
 * Asks the shop about a customer: all accounts and e-mails under which they bought, those of customers who were merged into them
 * too. Throws ShopApiError when trying again may help and this is not the last try; what is known stays, with the reason.
 */
export async function refreshContext(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops'>,
  input: { shopId: bigint; customerId: bigint; lastTry: boolean },
): Promise<void> {
  const customer = await findAsked(deps, input)
  const api = customer && deps.shops[customer.kind]?.api
  const keys = customer && (await shopKeys(deps, input.shopId))
  if (!customer || !api || !keys) return
  const { shopCustomerIds, emails } = customer
  // Somebody who only wrote a text has bought nothing under any name.
  if (shopCustomerIds.length + emails.length === 0) {
    return await saveFacts(deps, input.shopId, customer.id, nothing)
  }
  try {
    const facts = await api.readCustomer(keys, { shopCustomerIds, emails })
    await saveFacts(deps, input.shopId, customer.id, facts)
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    await saveProblem(deps, input.shopId, customer.id, error.message)
    if (error.retriable && !input.lastTry) throw error
  }
}

const nothing: ShopCustomerFacts = {
  orders: 0,
  complete: true,
  spent: [],
  firstOrderAt: undefined,
  lastOrderAt: undefined,
  country: '',
  emails: [],
  latest: [],
}

async function findAsked(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; customerId: bigint },
): Promise<Asked | undefined> {
  const [customer] = await deps.db.query<Asked>(
    'customer-to-ask-about',
    `select u.id, s.kind,
       array(select m.shop_customer_id from customer m
         where m.shop_id = u.shop_id and (m.id = u.id or m.merged_into = u.id) and m.shop_customer_id is not null
         order by m.id limit ${mostAccounts}) as "shopCustomerIds",
       array(select k.value from contact k where k.shop_id = u.shop_id and k.customer_id = u.id and k.kind = 'email'
         order by k.verified_at nulls last, k.created_at, k.value limit ${mostEmails}) as emails
     from customer c
     join customer u on u.shop_id = c.shop_id and u.id = coalesce(c.merged_into, c.id)
     join shop s on s.id = u.shop_id
     where c.shop_id = $1 and c.id = $2`,
    [input.shopId, input.customerId],
  )
  return customer
}

async function saveFacts(
  deps: Pick<Deps, 'db' | 'clock'>,
  shopId: bigint,
  customerId: bigint,
  facts: ShopCustomerFacts,
): Promise<void> {
  await deps.db.query(
    'save-context',
    `insert into customer_context (shop_id, customer_id, orders, complete, spent, first_order_at, last_order_at, country, emails, latest,
       refreshed_at, tried_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
     on conflict (shop_id, customer_id) do update set orders = excluded.orders, complete = excluded.complete, spent = excluded.spent,
       first_order_at = excluded.first_order_at, last_order_at = excluded.last_order_at, country = excluded.country,
       emails = excluded.emails, latest = excluded.latest, refreshed_at = excluded.refreshed_at, tried_at = excluded.tried_at,
       problem = null`,
    [
      shopId,
      customerId,
      facts.orders,
      facts.complete,
      asJson(facts.spent),
      facts.firstOrderAt ?? null,
      facts.lastOrderAt ?? null,
      facts.country,
      facts.emails.slice(0, 20).map(cleanString),
      asJson(facts.latest),
      deps.clock.now(),
    ],
  )
}

/** PostgreSQL refuses some text that a shop may hold. */
function asJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => (typeof part === 'string' ? cleanString(part) : part))
}

async function saveProblem(
  deps: Pick<Deps, 'db' | 'clock'>,
  shopId: bigint,
  customerId: bigint,
  problem: string,
): Promise<void> {
  await deps.db.query(
    'save-context-problem',
    `insert into customer_context (shop_id, customer_id, tried_at, problem) values ($1, $2, $3, $4)
     on conflict (shop_id, customer_id) do update set tried_at = excluded.tried_at, problem = excluded.problem`,
    [shopId, customerId, deps.clock.now(), problem],
  )
}
