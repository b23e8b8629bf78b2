import { ShopApiError } from '../../ports/shop.ts'
import type { Deps } from '../deps.ts'
import { type FieldProblem, refuse, refuseField } from '../refusal.ts'
import { type Connection, findConnectable, findConnection } from './connection.ts'
import { readDays, usualDays } from './read-days.ts'
import { trustKeys } from './trust-keys.ts'
import { readTypedUrl } from './typed-url.ts'
import { checkAddress, verifyKeys } from './verify-keys.ts'

export interface ConnectWithKeysInput {
  shopId: bigint
  url: string
  key: string
  secret: string
  /** Orders of so many days are read afterwards; 30 for a shop without keys, else none. */
  days?: number
  /** The shop may say that it is at another address. */
  anyHome?: boolean
  actor: string
}

/**
 * Connects a shop with keys that somebody pasted, or gives it new ones. They are tried at once, before anything is saved; the webhooks
 * follow in the background. Refuses: not_found (shop), shop_not_askable, invalid (url, key, secret, days: what is wrong and the mend).
 */
export async function connectWithKeys(
  deps: Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops' | 'wakeWorkers'>,
  input: ConnectWithKeysInput,
): Promise<Connection> {
  const { shopId, actor, anyHome = false } = input
  const shop = await findConnectable(deps, shopId)
  const days = readDays(input.days, shop.hasKeys ? 0 : usualDays)
  const pair = { consumerKey: input.key.trim(), consumerSecret: input.secret.trim() }
  const url = readTypedUrl(input.url)
  const fields: FieldProblem[] = shop.api.findKeyProblems(pair)
  if (url === undefined) {
    fields.unshift({ field: 'url', message: 'give the address of the shop, such as https://shop.example' })
  }
  if (url === undefined || fields.length > 0) return refuse({ code: 'invalid', fields })
  await checkAddress(shop, url, anyHome)
  const keys = { url, ...pair }
  const verdict = await verifyKeys(deps, shop, keys, anyHome).catch((error: unknown) => {
    if (error instanceof ShopApiError) return refuseField(error.about ?? 'url', error.message)
    throw error
  })
  if ('wrong' in verdict) return refuse({ code: 'invalid', fields: [verdict.wrong] })
  await trustKeys(deps, { shopId, keys, facts: verdict.facts, anyHome, days, actor })
  const connection = await findConnection(deps.db, shopId)
  if (!connection) throw new Error('a shop that was connected has no connection')
  return connection
}
