import { writeAudit } from '../audit/write-audit.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { admit, type SignInAgent, type SignInResult, signInColumns } from './admit.ts'
import { countedAddress, isShared, type Origin } from './origin.ts'
import { matchPassword } from './password.ts'
import { readStepToken, stepToken } from './step-token.ts'
import { giveBackTry, keyOf, type TryLimit, takeTry } from './tries.ts'

type SignInDeps = Pick<Deps, 'db' | 'clock' | 'keyring'>
type Candidate = SignInAgent & { passwordHash: string; shopName: string }

const knownDays = 60

/**
 * Signs in by e-mail and password. Whose password it is decides the shop; when it is right in several, they are asked which
 * (README.md). What is wrong is never told apart: unknown e-mail, wrong password, no password yet, deactivated.
 * Refuses: sign_in_wrong, too_many_tries.
 */
export async function signInWithPassword(
  deps: SignInDeps,
  input: { email: string; password: string; origin: Origin },
): Promise<SignInResult> {
  const email = input.email.trim().toLowerCase()
  const { origin, password } = input
  const limits = limitsOf(email, origin)
  await countTry(deps, email, limits)
  const candidates = await deps.db.query<Candidate>(
    'sign-in-candidates',
    `select ${signInColumns}, a.password_hash as "passwordHash", s.name as "shopName"
     from agent a join shop s on s.id = a.shop_id
     where a.email = $1 and a.password_hash is not null and a.deactivated_at is null order by a.shop_id`,
    [email],
  )
  const matched = await matchPassword(
    password,
    candidates.map(({ passwordHash }) => passwordHash),
  )
  const right = candidates.filter((_, at) => matched[at])
  const [only, another] = right
  if (!only) return refuse({ code: 'sign_in_wrong' })
  const at = deps.clock.now()
  const { pair, account, address } = limits
  return await deps.db.transaction(async (sql) => {
    await giveBackTry(sql, { anew: [pair], less: [account, ...(address ? [address] : [])] })
    await takeTry(sql, [knownFrom(email, origin)], at)
    if (!another) return await admit(deps, sql, only, { by: 'password', origin })
    return {
      kind: 'shop',
      shops: right.map(({ shopId, id: agentId, passwordSetAt, shopName }) => {
        const step = { stage: 'shop', shopId, agentId, passwordSetAt, by: 'password' } as const
        return { name: shopName, step: stepToken(deps.keyring, step, at) }
      }),
    }
  })
}

/** Goes on with one of the shops whose password was right. Refuses: sign_in_over. */
export async function chooseShop(
  deps: SignInDeps,
  input: { step: string; origin: Origin },
): Promise<Exclude<SignInResult, { kind: 'shop' }>> {
  const step = readStepToken(deps.keyring, 'shop', input.step, deps.clock.now())
  if (!step) return refuse({ code: 'sign_in_over' })
  return await deps.db.transaction(async (sql) => {
    const [agent] = await sql.query<SignInAgent>(
      'sign-in-agent',
      `select ${signInColumns} from agent a where a.shop_id = $1 and a.id = $2 and a.deactivated_at is null`,
      [step.shopId, step.agentId],
    )
    if (!agent || !step.isOf(agent.passwordSetAt)) return refuse({ code: 'sign_in_over' })
    return await admit(deps, sql, agent, { by: step.by, origin: input.origin })
  })
}

interface PasswordLimits {
  pair: TryLimit
  account: TryLimit
  address?: TryLimit
}

/**
 * Ten wrong passwords of one address for one account, thirty of all addresses for one, sixty of one address for all; within a
 * quarter of an hour each.
 */
function limitsOf(email: string, origin: Origin): PasswordLimits {
  const from = countedAddress(origin.address)
  const minutes = 15
  return {
    pair: { of: ['pair', email, from], most: 10, minutes },
    account: { of: ['account', email], most: 30, minutes },
    ...(!isShared(origin.address) && { address: { of: ['address', from], most: 60, minutes } }),
  }
}

/** Remembers that this account was signed in to from there: a stranger's guesses elsewhere then do not keep its owner out. */
const knownFrom = (email: string, origin: Origin): TryLimit => ({
  of: ['known', email, countedAddress(origin.address)],
  most: Number.POSITIVE_INFINITY,
  minutes: knownDays * 24 * 60,
})

async function countTry(deps: SignInDeps, email: string, limits: PasswordLimits): Promise<void> {
  const at = deps.clock.now()
  const { pair, account, address } = limits
  const over = await takeTry(deps.db, [pair, account, ...(address ? [address] : [])], at)
  if (over.length === 0) return
  if (over.every(({ limit }) => limit === account)) {
    const [known] = await deps.db.query(
      'known-place',
      'select from sign_in_try where key = $1 and until > $2',
      [keyOf(['known', email, pair.of[2] ?? '']), at],
    )
    if (known) return
  }
  if (over.some(({ limit, tries }) => limit !== address && tries === limit.most + 1)) {
    await noteBlocked(deps, email, at)
  }
  refuse({
    code: 'too_many_tries',
    retryAfterSeconds: Math.max(...over.map(({ retryAfterSeconds }) => retryAfterSeconds)),
  })
}

/** Once for each span, for the log of the shop. */
async function noteBlocked(deps: SignInDeps, email: string, at: Date): Promise<void> {
  const agents = await deps.db.query<{ shop_id: bigint; id: bigint }>(
    'blocked-agents',
    'select shop_id, id from agent where email = $1',
    [email],
  )
  for (const { shop_id: shopId, id } of agents) {
    await writeAudit(deps.db, {
      shopId,
      actor: 'system',
      action: 'sign_in_blocked',
      data: { agentId: String(id) },
      at,
    })
  }
}
