import { readShopToken } from '../agents/login-link.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { seal } from '../secrets/seal.ts'
import { hashToken } from '../secrets/token.ts'
import { candidateContext } from './candidate.ts'
import { enqueueConnect } from './connect-jobs.ts'

/**
 * Takes what the shop's page posts: keys, with the state that went there with the merchant. They are only kept, sealed, with the
 * job that verifies them: a shop with few workers, which waits for our answer, could not answer us meanwhile. Refuses: not_found
 * (connection), for a body that is none, a state of nobody, one that is used and one whose hour is over. The shop then deletes the key.
 */
export async function takeKeys(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'wakeWorkers'>,
  input: { kind: string; body: Buffer },
): Promise<void> {
  const given = deps.shops[input.kind]?.authorisation?.readCallback(input.body)
  const token = given && readShopToken(given.state)
  if (!given || !token) return refuse({ code: 'not_found', what: 'connection' })
  const { shopId, secret } = token
  const sealed = (value: string, part: 'key' | 'secret') =>
    seal(deps.keyring, value, candidateContext(shopId, part))
  await deps.db.transaction(async (sql) => {
    const [taken] = await sql.query(
      'take-keys',
      `update shop_connection c set state = 'verifying', state_hash = null, asked_until = null, consumer_key = $3, consumer_secret = $4
       from shop s where c.shop_id = $1 and s.id = c.shop_id and s.kind = $5 and c.state = 'asked' and c.state_hash = $2 and c.asked_until > $6
       returning c.shop_id`,
      [
        shopId,
        hashToken(secret),
        sealed(given.consumerKey, 'key'),
        sealed(given.consumerSecret, 'secret'),
        input.kind,
        deps.clock.now(),
      ],
    )
    if (!taken) refuse({ code: 'not_found', what: 'connection' })
    await enqueueConnect(sql, shopId)
  })
  deps.wakeWorkers()
}
