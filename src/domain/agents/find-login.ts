import type { Deps } from '../deps.ts'
import { hashToken } from '../secrets/token.ts'
import type { ProblemKind } from '../sync/problem-kinds.ts'
import type { Role } from './add-agent.ts'
import { readShopToken } from './login-link.ts'

/** Who is signed in, and of the shop what every page shows. */
export interface LoggedInAgent {
  shopId: bigint
  id: bigint
  loginId: bigint
  name: string
  email: string
  role: Role
  shopName: string
  timezone: string
  locale: string
  /** How many replies a day an agent of this shop may send at no charge. */
  agentWaiversPerDay: number
  /** The shop wants a second factor of everybody and this agent has none yet: nothing else is open to them. */
  needsSecondFactor: boolean
  /** Whoever has fewer units left has a low balance. */
  lowBalanceUnits: bigint
  /** Of owners: how many problems the last check of the shop's ledger found. */
  ledgerProblems: number
  /** Of owners: what keeps orders from being fetched from the shop, the oldest. */
  shopProblem: { kind: ProblemKind; message: string; since: string } | null
}

/**
 * The agent of a login cookie; undefined when it is unknown, ended or malformed. One statement, which also notes every five
 * minutes that the login is in use.
 */
export async function findLogin(
  deps: Pick<Deps, 'db' | 'clock'>,
  cookie: string,
): Promise<LoggedInAgent | undefined> {
  const parts = readShopToken(cookie)
  if (!parts) return undefined
  const [agent] = await deps.db.query<LoggedInAgent>(
    'find-login',
    `with seen as (
       update login set seen_at = $3 where shop_id = $1 and token_hash = $2
         and seen_at < $3::timestamptz - interval '5 minutes'
     ) select a.shop_id as "shopId", a.id, l.id as "loginId", a.name, a.email, a.role, s.name as "shopName", s.timezone, s.locale,
       s.agent_waivers_per_day as "agentWaiversPerDay", s.low_balance_units as "lowBalanceUnits",
       s.requires_second_factor and a.totp_secret is null as "needsSecondFactor",
       coalesce(case when a.role = 'owner' then (
         select problem_count from ledger_check where shop_id = a.shop_id order by checked_at desc limit 1) end, 0) as "ledgerProblems",
       case when a.role = 'owner' then (
         select jsonb_build_object('kind', kind, 'message', message, 'since', since) from shop_problem
         where shop_id = a.shop_id and cleared_at is null and (kind <> 'unreachable' or since <= $3::timestamptz - interval '1 hour')
         order by since limit 1) end as "shopProblem"
     from login l
     join agent a on a.shop_id = l.shop_id and a.id = l.agent_id
     join shop s on s.id = l.shop_id
     where l.shop_id = $1 and l.token_hash = $2 and l.expires_at > $3 and a.deactivated_at is null`,
    [parts.shopId, hashToken(parts.secret), deps.clock.now()],
  )
  return agent
}
