import type { Sql } from '../../db/database.ts'
import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { mendWebhooks } from '../health/mend-webhooks.ts'
import { type Candidate, findCandidate } from './candidate.ts'
import { findConnectable } from './connection.ts'
import { trustKeys } from './trust-keys.ts'
import { verifyKeys } from './verify-keys.ts'

type ConnectDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'publicUrl' | 'log' | 'wakeWorkers'>

/**
 * Brings a connection to its end: verifies keys that came, then gives the shop its webhooks. Each step is looked up before it is done,
 * so it may be killed anywhere and goes on there. Throws ShopApiError when trying again may help; then the page says what is wrong
 * meanwhile.
 */
export async function connectShop(
  deps: ConnectDeps,
  input: { shopId: bigint; lastTry?: boolean },
): Promise<void> {
  const { shopId, lastTry = false } = input
  const candidate = await findCandidate(deps, shopId)
  try {
    if (candidate && !(await verify(deps, shopId, candidate))) return
    await mendWebhooks(deps, { shopId })
  } catch (error) {
    if (!(error instanceof ShopApiError)) throw error
    const isOver = lastTry || !error.retriable
    if (candidate && isOver) await fail(deps.db, shopId, candidate, error.message)
    else await noteProblem(deps.db, shopId, error.message)
    if (!isOver) throw error
  }
}

/** True when the keys are in use now. */
async function verify(deps: ConnectDeps, shopId: bigint, candidate: Candidate): Promise<boolean> {
  const { keys, anyHome, days, startedBy: actor } = candidate
  const shop = await findConnectable(deps, shopId)
  const verdict = await verifyKeys(deps, shop, keys, anyHome)
  if ('wrong' in verdict) {
    await fail(deps.db, shopId, candidate, verdict.wrong.message)
    return false
  }
  return await trustKeys(deps, {
    ...{ shopId, keys, facts: verdict.facts, anyHome, days, actor },
    candidate: candidate.sealed,
  })
}

/** Keys that cannot be trusted are forgotten; once they are trusted, a later failure leaves them. */
async function fail(sql: Sql, shopId: bigint, candidate: Candidate, problem: string): Promise<void> {
  await sql.query(
    'fail-connection',
    `update shop_connection set state = 'failed', problem = $3, consumer_key = null, consumer_secret = null
     where shop_id = $1 and state = 'verifying' and consumer_key = $2`,
    [shopId, candidate.sealed, problem],
  )
  await noteProblem(sql, shopId, problem)
}

async function noteProblem(sql: Sql, shopId: bigint, problem: string): Promise<void> {
  await sql.query(
    'note-connection-problem',
    `update shop_connection set problem = $2 where shop_id = $1 and state in ('verifying', 'webhooks')`,
    [shopId, problem.slice(0, 1_000)],
  )
}
