import type { ShopApi, ShopKeys, ShopWebhook } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { open } from '../secrets/seal.ts'
import { withRest } from '../shops/rest-shop.ts'
import { secretContext } from '../shops/secret-context.ts'
import { findSyncedShop } from '../sync/shop-of-sync.ts'
import { recordProblem } from '../sync/shop-problems.ts'
import { planWebhook } from './webhook-plan.ts'
import { type KeptWebhook, listKeptWebhooks, saveKeptWebhook } from './webhook-rows.ts'

type MendDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'publicUrl' | 'log'>

/** So often is it found off before the owners are told: the first time is often a restart of ours, or of a proxy. */
const tellAt = 2

/** After so long without being switched off again the count begins anew; a topic may have no delivery for weeks. */
const forgetOffMs = 7 * 86_400_000

/**
 * Gives the shop the webhooks that it should have, switches on those that it switched off, and notes what was seen. What is there is
 * looked up first and each step noted by itself, so that it may be killed anywhere and doubles nothing; jobs of one shop run one after
 * another. False for a shop that cannot be asked. Throws ShopApiError.
 */
export async function mendWebhooks(
  deps: MendDeps,
  input: { shopId: bigint; resume?: boolean },
): Promise<boolean> {
  const { shopId, resume = false } = input
  const shop = await findSyncedShop(deps, shopId)
  if (!shop) return false
  const { api, keys } = shop
  const { kind, managed, secret } = await readManaged(deps, shopId)
  const wanted = { deliveryUrl: webhookUrl(deps, kind, shopId), managed, resume }
  const seen = await withRest(deps, shopId, () => api.listWebhooks(keys))
  const kept = await listKeptWebhooks(deps.db, shopId)
  const after: KeptWebhook[] = []
  for (const topic of api.webhookTopics) {
    const row = kept.find((one) => one.topic === topic)
    const one = await mendOne({ api, keys }, seen, row, { ...wanted, topic, secret, at: deps.clock.now() })
    await saveKeptWebhook(deps.db, shopId, one)
    if (one.offs > (row?.offs ?? 0)) await noteOff(deps, shopId, one, wanted.deliveryUrl)
    after.push(one)
  }
  if (managed && after.every(({ state }) => state === 'active')) await noteConnected(deps, shopId)
  return true
}

/** Where a shop's deliveries come in. */
export function webhookUrl({ publicUrl }: Pick<Deps, 'publicUrl'>, kind: string, shopId: bigint): string {
  return `${publicUrl}/webhooks/${kind}/${shopId}`
}

interface Step {
  topic: string
  deliveryUrl: string
  managed: boolean
  resume: boolean
  secret: string
  at: Date
}

async function mendOne(
  { api, keys }: { api: ShopApi; keys: ShopKeys },
  seen: readonly ShopWebhook[],
  kept: KeptWebhook | undefined,
  step: Step,
): Promise<KeptWebhook> {
  const { topic, deliveryUrl, managed, secret, at } = step
  const { keep, change, remove } = planWebhook(seen, kept, step)
  for (const extra of remove) await api.removeWebhook(keys, extra.webhookId)
  if (!keep) {
    if (!managed) return rowOf(kept, step, undefined, {})
    const made = await api.addWebhook(keys, { name: `CreditDesk ${topic}`, topic, deliveryUrl, secret })
    const isAgain = kept?.webhookId !== undefined
    return rowOf(kept, step, made, {
      secretSet: true,
      ...(isAgain && { mended: 'recreated', mendedAt: at }),
    })
  }
  const { giveSecret, ...rest } = change
  const isChanged = Object.keys(change).length > 0
  const now = isChanged
    ? await api.changeWebhook(keys, keep.webhookId, { ...rest, ...(giveSecret && { secret }) })
    : keep
  // Somebody deleted it in this very moment.
  if (!now)
    return await mendOne(
      { api, keys },
      seen.filter((one) => one !== keep),
      kept,
      step,
    )
  const mended = keep.state !== 'active' && rest.state ? 'enabled' : rest.deliveryUrl ? 'moved' : undefined
  return rowOf(kept, step, now, {
    secretSet: managed || (kept?.secretSet ?? false),
    ...(keep.state === 'disabled' && { offs: (kept?.offs ?? 0) + 1, offAt: at }),
    ...(mended && { mended, mendedAt: at }),
  })
}

function rowOf(
  kept: KeptWebhook | undefined,
  { topic, at }: Step,
  now: ShopWebhook | undefined,
  news: Partial<KeptWebhook>,
): KeptWebhook {
  const isCalm = !kept?.offAt || at.getTime() - kept.offAt.getTime() > forgetOffMs
  return {
    ...{ mended: kept?.mended, mendedAt: kept?.mendedAt, secretSet: false },
    ...(isCalm ? { offs: 0, offAt: undefined } : { offs: kept.offs, offAt: kept.offAt }),
    ...{
      topic,
      webhookId: now?.webhookId,
      name: now?.name ?? '',
      state: now?.state ?? 'missing',
      checkedAt: at,
    },
    ...news,
  }
}

async function readManaged(
  deps: Pick<Deps, 'db' | 'keyring'>,
  shopId: bigint,
): Promise<{ kind: string; managed: boolean; secret: string }> {
  const [row] = await deps.db.query<{ kind: string; managed: boolean; secret: Buffer }>(
    'managed-shop',
    `select s.kind, c.connected_at is not null as managed, s.webhook_secret as secret
     from shop s left join shop_connection c on c.shop_id = s.id where s.id = $1`,
    [shopId],
  )
  if (!row) throw new Error(`there is no shop ${shopId}`)
  return { ...row, secret: open(deps.keyring, row.secret, secretContext(shopId, 'webhook_secret')) }
}

async function noteOff(deps: MendDeps, shopId: bigint, one: KeptWebhook, url: string): Promise<void> {
  deps.log.warn(
    { shopId: String(shopId), topic: one.topic, offs: one.offs },
    'a shop had switched a webhook off',
  )
  if (one.offs < tellAt) return
  const message = `The shop switched its webhook ${one.topic} off again (${one.offs} times now), because it could not deliver to ${url}. We switched it on again. See that nothing keeps the shop from that address: a firewall, a proxy, a certificate, PUBLIC_URL.`
  await deps.db.transaction((sql) =>
    recordProblem(sql, { shopId, kind: 'webhooks', message, at: deps.clock.now() }),
  )
}

async function noteConnected({ db }: Pick<Deps, 'db'>, shopId: bigint): Promise<void> {
  await db.query(
    'note-connected',
    `update shop_connection set state = 'connected', problem = null where shop_id = $1 and state = 'webhooks'`,
    [shopId],
  )
}
