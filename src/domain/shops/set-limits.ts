import { toUnits } from '../credits/units.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'

export interface SetLimits {
  shopId: bigint
  /** The most credits that a supervisor may move in one act; beyond it an owner is needed. */
  supervisorCredits?: number
  /** How many replies a day an agent may send at no charge. */
  agentWaivers?: number
}

/** Sets what roles may do in a shop; what is left out stays. Refuses: invalid (each field), not_found (shop). */
export async function setLimits(
  deps: Pick<Deps, 'db'>,
  input: SetLimits,
): Promise<{ supervisorCredits: number; agentWaivers: number }> {
  const { supervisorCredits, agentWaivers } = input
  if (supervisorCredits !== undefined && !(supervisorCredits >= 0 && supervisorCredits <= 1_000_000)) {
    refuseField('supervisorCredits', 'give a number of credits from 0 to a million')
  }
  if (
    agentWaivers !== undefined &&
    !(Number.isInteger(agentWaivers) && agentWaivers >= 0 && agentWaivers <= 1000)
  ) {
    refuseField('agentWaivers', 'give a whole number from 0 to 1000')
  }
  const [shop] = await deps.db.query<{ limit: bigint; waivers: number }>(
    'set-limits',
    `update shop set supervisor_limit_units = coalesce($2, supervisor_limit_units),
       agent_waivers_per_day = coalesce($3, agent_waivers_per_day)
     where id = $1 returning supervisor_limit_units as "limit", agent_waivers_per_day as waivers`,
    [input.shopId, supervisorCredits === undefined ? null : unitsOf(supervisorCredits), agentWaivers ?? null],
  )
  if (!shop) return refuse({ code: 'not_found', what: 'shop' })
  return { supervisorCredits: Number(shop.limit) / 100, agentWaivers: shop.waivers }
}

function unitsOf(credits: number): bigint {
  try {
    return toUnits(credits)
  } catch {
    return refuseField('supervisorCredits', 'credits have at most two decimals')
  }
}
