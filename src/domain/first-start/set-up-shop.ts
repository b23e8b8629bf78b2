import { readNewAgent, saveAgent } from '../agents/save-agent.ts'
import { checkAll } from '../check-all.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { hashToken } from '../secrets/token.ts'
import { checkShop, insertShop } from '../shops/add-shop.ts'
import { admit, type SignInAgent, type SignInResult, signInColumns } from '../sign-in/admit.ts'
import { checkPassword } from '../sign-in/check-password.ts'
import { countedAddress, isShared, type Origin } from '../sign-in/origin.ts'
import { hashFor, savePassword } from '../sign-in/save-password.ts'
import { takeTryOrRefuse } from '../sign-in/tries.ts'
import { hasShop } from './has-shop.ts'

export interface FirstShop {
  shopName: string
  url: string
  timezone: string
  locale: string
  name: string
  email: string
  password: string
}

/** Whoever begins by hand answers by hand, and may slip; programs that add shops want their answers sent at once. */
const firstUndoSeconds = 10

type StartDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'shops'>
interface Holder {
  token: string
  origin: Origin
}

/** Whether a link of the first start works now. Looking uses nothing up. Refuses: too_many_tries. */
export async function isFirstStart(
  deps: Pick<Deps, 'db' | 'clock'>,
  { token, origin }: Holder,
): Promise<boolean> {
  const [link] = await deps.db.query(
    'find-first-start',
    'select from first_start_link where token_hash = $1 and expires_at > $2 and not exists (select from shop)',
    [hashToken(token), deps.clock.now()],
  )
  if (!link) await countTry(deps, origin)
  return link !== undefined
}

/**
 * Makes the first shop and its first owner, whom it signs in. All that is wrong is named at once. Refuses: login_link_spent (unknown,
 * over, or there is a shop), invalid (each field), weak_password, too_many_tries.
 */
export async function setUpShop(
  deps: StartDeps,
  input: FirstShop & Holder,
): Promise<Exclude<SignInResult, { kind: 'shop' }>> {
  const { token, origin, password } = input
  if (!(await isFirstStart(deps, input))) return refuse({ code: 'login_link_spent' })
  await countTry(deps, origin)
  const { shop, owner } = checkAll({
    shop: () => checkShop({ ...input, name: input.shopName }, deps.shops, 'shopName'),
    owner: () => readNewAgent({ ...input, shopId: 0n, role: 'owner' }),
  })
  checkPassword(password, [owner.name, owner.email, shop.name])
  const hash = await hashFor(deps, owner.email, password)
  const at = deps.clock.now()
  const result = await deps.db.transaction(async (sql) => {
    // Two links may be out; whoever comes second must wait until the first is through, and find its shop.
    await sql.query('lock-first-start', 'lock table first_start_link in share row exclusive mode', [])
    const [link] = await sql.query(
      'use-first-start',
      `with used as (delete from first_start_link returning token_hash, expires_at)
       select from used where token_hash = $1 and expires_at > $2 and not exists (select from shop)`,
      [hashToken(token), at],
    )
    if (!link) return refuse({ code: 'login_link_spent' })
    const shopId = await insertShop(deps, sql, { ...shop, undoSeconds: firstUndoSeconds })
    const saved = await saveAgent(sql, { ...owner, shopId, actor: 'system', mayExist: false, at })
    await savePassword(sql, { shopId, agentId: saved.id, hash, by: 'link', at })
    const [agent] = await sql.query<SignInAgent>(
      'sign-in-agent',
      `select ${signInColumns} from agent a where a.shop_id = $1 and a.id = $2 and a.deactivated_at is null`,
      [shopId, saved.id],
    )
    if (!agent) throw new Error('the first owner is gone')
    return await admit(deps, sql, agent, { by: 'link', origin })
  })
  await hasShop(deps)
  return result
}

/** A token cannot be guessed; the limit keeps whoever tries from making us work. A shared address is most likely a proxy: many may stand behind it. */
async function countTry(deps: Pick<Deps, 'db' | 'clock'>, { address }: Origin): Promise<void> {
  const most = isShared(address) ? 100 : 30
  const limit = { of: ['first-start', countedAddress(address)], most, minutes: 15 }
  await takeTryOrRefuse(deps.db, [limit], deps.clock.now())
}
