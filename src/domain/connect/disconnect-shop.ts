import { ShopApiError } from '../../ports/shop.ts'
import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { webhookUrl } from '../health/mend-webhooks.ts'
import { listKeptWebhooks } from '../health/webhook-rows.ts'
import { seal } from '../secrets/seal.ts'
import { newToken } from '../secrets/token.ts'
import { shopKeys } from '../shops/find-shop.ts'
import { lockShop } from '../shops/lock-shop.ts'
import { secretContext } from '../shops/secret-context.ts'
import { problemKinds } from '../sync/problem-kinds.ts'
import { clearProblems } from '../sync/shop-problems.ts'
import { type ConnectableShop, findConnectable } from './connection.ts'

/**
 * Takes our webhooks out of the shop and forgets its keys; credits, orders and tickets stay. The webhooks' secret is changed, so
 * that one which could not be removed is refused. Says whether all were removed; the key itself can only be revoked in the shop. One
 * that is not connected is left as it is. Refuses: not_found (shop), shop_not_askable.
 */
export async function disconnectShop(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'publicUrl'>,
  input: { shopId: bigint; actor: string },
): Promise<{ webhooksRemoved: boolean }> {
  const { shopId, actor } = input
  const shop = await findConnectable(deps, shopId)
  const webhooksRemoved = await removeOurs(deps, shop)
  const at = deps.clock.now()
  const secret = seal(deps.keyring, newToken(), secretContext(shopId, 'webhook_secret'))
  await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    const [left] = await sql.query(
      'forget-keys',
      `update shop set consumer_key = null, consumer_secret = null, webhook_secret = $2, webhook_secret_made = true,
         webhook_secret_old = null, webhook_secret_old_until = null
       where id = $1 and consumer_key is not null returning id`,
      [shopId, secret],
    )
    await sql.query(
      'end-connection',
      `update shop_connection set state = 'disconnected', connected_at = null, state_hash = null, asked_until = null,
         consumer_key = null, consumer_secret = null, problem = null where shop_id = $1`,
      [shopId],
    )
    if (!left) return
    await sql.query('forget-webhooks', 'delete from shop_webhook where shop_id = $1', [shopId])
    await clearProblems(sql, { shopId, kinds: problemKinds, at })
    await writeAudit(sql, { shopId, actor, action: 'shop_disconnect', data: { webhooksRemoved }, at })
  })
  return { webhooksRemoved }
}

/** A shop that cannot be reached, or refuses the keys, is left with webhooks that it will switch off itself. */
async function removeOurs(
  deps: Pick<Deps, 'db' | 'keyring' | 'publicUrl'>,
  { id, kind, api }: ConnectableShop,
): Promise<boolean> {
  const keys = await shopKeys(deps, id)
  if (!keys) return true
  const kept = await listKeptWebhooks(deps.db, id)
  const url = webhookUrl(deps, kind, id)
  try {
    for (const one of await api.listWebhooks(keys)) {
      const isKnown = kept.some(
        ({ webhookId, name, topic }) =>
          webhookId === one.webhookId && name === one.name && topic === one.topic,
      )
      if (one.deliveryUrl === url || isKnown) await api.removeWebhook(keys, one.webhookId)
    }
    return true
  } catch (error) {
    if (error instanceof ShopApiError) return false
    throw error
  }
}
