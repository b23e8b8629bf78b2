import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { clearProblems } from '../sync/shop-problems.ts'
import { countDeliveries } from './count-deliveries.ts'
import { judgeSilence } from './judge-silence.ts'
import { mendWebhooks } from './mend-webhooks.ts'

type CheckDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'publicUrl' | 'log' | 'wakeWorkers'>

/**
 * Looks whether all is well between a shop and us, and mends what can be mended. A shop that does not answer is only noted: the
 * reconcile raises that alarm. `resume`: webhooks that somebody paused are switched on too.
 */
export async function checkShop(deps: CheckDeps, input: { shopId: bigint; resume?: boolean }): Promise<void> {
  const { shopId, resume = false } = input
  await countDeliveries(deps, { shopId })
  if (resume || !(await isLeftAlone(deps, shopId))) {
    const problem = await tryToMend(deps, { shopId, resume })
    await deps.db.query(
      'note-check',
      `insert into shop_health (shop_id, checked_at, problem) values ($1, $2, $3)
       on conflict (shop_id) do update set checked_at = excluded.checked_at, problem = excluded.problem`,
      [shopId, deps.clock.now(), problem ?? null],
    )
  }
  await forgetOffs(deps, shopId)
  await judgeSilence(deps, { shopId })
}

async function tryToMend(
  deps: CheckDeps,
  input: { shopId: bigint; resume: boolean },
): Promise<string | undefined> {
  try {
    await mendWebhooks(deps, input)
    return undefined
  } catch (error) {
    if (error instanceof ShopApiError) return error.message
    throw error
  }
}

/** A shop that cannot be reached is asked by nobody before its pause is over. */
async function isLeftAlone({ db, clock }: Pick<Deps, 'db' | 'clock'>, shopId: bigint): Promise<boolean> {
  const [resting] = await db.query(
    'is-left-alone',
    'select from shop_sync where shop_id = $1 and (not_before > $2 or resting_until > $2)',
    [shopId, clock.now()],
  )
  return resting !== undefined
}

/** The alarm is over when a delivery of each webhook came since, or it stayed on for a week. */
async function forgetOffs({ db, clock }: Pick<Deps, 'db' | 'clock'>, shopId: bigint): Promise<void> {
  const [off] = await db.query(
    'webhook-that-goes-off',
    'select from shop_webhook where shop_id = $1 and offs > 1',
    [shopId],
  )
  if (!off) await clearProblems(db, { shopId, kinds: ['webhooks'], at: clock.now() })
}
