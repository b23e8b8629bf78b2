import { askAgain } from '../../db/ask-again.ts'
import type { Role } from '../agents/add-agent.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { type Balance, type BalanceJson, readBalance } from './balance.ts'
import { toUnits } from './units.ts'

/** Why a person did it: a closed list for each act, so that reports can count them. Words: supervise:reason. */
export const actReasons = {
  adjust: ['agreed', 'amount_refund', 'mistake', 'other'],
  goodwill: ['apology', 'delay', 'loyalty', 'promotion', 'other'],
  settle: ['agreed', 'mistake', 'other'],
  forgive: ['goodwill', 'mistake', 'small_sum', 'uncollectable', 'other'],
  freeze: ['chargeback', 'suspicion', 'other'],
  unfreeze: ['dispute_won', 'paid_again', 'mistake', 'other'],
  merge: ['same_person', 'same_company', 'other'],
  reverse: ['contest_granted', 'duplicate', 'wrong_customer', 'mistake', 'other'],
} as const

export type Act = keyof typeof actReasons

/** Who acts. Without a role it is a program with a key of scope supervise, which an owner made: not limited. */
export interface Supervisor {
  /** "agent:7" or "api:3". */
  actor: string
  role?: Role
}

/** What every act by hand carries. */
export interface ActInput {
  shopId: bigint
  by: Supervisor
  /** One of `actReasons`. */
  reason: string
  note?: string
  idempotencyKey: string
}

export interface ActResult {
  units: bigint
  balance: Balance
  at: Date
}

interface OkAnswer {
  code: 'ok'
  units: number
  balance: BalanceJson
  at: string
}

type ActAnswer =
  | OkAnswer
  | {
      code:
        | 'customer_not_found'
        | 'ticket_not_found'
        | 'message_not_found'
        | 'grant_not_found'
        | 'payer_not_found'
        | 'idempotency_conflict'
        | 'grant_over'
        | 'nothing_owed'
        | 'account_frozen'
        | 'message_not_charged'
        | 'message_reversed'
        | 'same_customer'
    }
  | { code: 'customer_merged'; into: string }
  | { code: 'session_open'; sessionId: string }
  | { code: 'above_limit'; limit: number }
  | { code: 'adjustment_below_use'; lowest: number }
  | { code: 'more_than_owed'; owed: number }
  | { code: 'payer_short'; required: number; there: number }
  | { code: 'message_pending'; state: string }

/** Refuses: invalid (reason). */
export function requireReason(act: Act, reason: string): void {
  const known: readonly string[] = actReasons[act]
  if (!known.includes(reason)) refuseField('reason', `give one of ${known.join(', ')}`)
}

/** The most units that this person may move in one act; null without a limit. Refuses: role_too_low. */
export async function unitLimitOf(
  deps: Pick<Deps, 'db'>,
  shopId: bigint,
  by: Supervisor,
): Promise<bigint | null> {
  if (by.role === 'agent') refuse({ code: 'role_too_low', role: 'supervisor' })
  if (by.role !== 'supervisor') return null
  const [shop] = await deps.db.query<{ limit: bigint }>(
    'supervisor-limit',
    'select supervisor_limit_units as "limit" from shop where id = $1',
    [shopId],
  )
  return shop?.limit ?? 0n
}

/** Credits of a form or request as units. Refuses: invalid (field). */
export function readUnits(field: string, credits: number): bigint {
  if (!Number.isFinite(credits) || Math.abs(credits) > 1_000_000 || credits === 0) {
    return refuseField(field, 'give a number of credits other than 0, at most a million')
  }
  try {
    return toUnits(credits)
  } catch {
    return refuseField(field, 'credits have at most two decimals')
  }
}

/** Runs the one statement of an act and turns its answer into a result or a refusal. A refusal has written nothing. */
export async function runAct(
  deps: Pick<Deps, 'db'>,
  name: string,
  text: string,
  values: unknown[],
): Promise<ActResult> {
  const answer = await askAgain(async () => {
    const [row] = await deps.db.query<{ answer: ActAnswer }>(name, text, values)
    if (!row) throw new Error(`${name} gave no row`)
    return row.answer
  })
  if (answer.code !== 'ok') return refuseAct(answer)
  return {
    units: BigInt(answer.units),
    balance: readBalance(answer.balance),
    at: new Date(answer.at),
  }
}

function refuseAct(answer: Exclude<ActAnswer, OkAnswer>): never {
  switch (answer.code) {
    case 'customer_not_found':
      return refuse({ code: 'not_found', what: 'customer' })
    case 'ticket_not_found':
      return refuse({ code: 'not_found', what: 'ticket' })
    case 'message_not_found':
      return refuse({ code: 'not_found', what: 'message' })
    case 'grant_not_found':
      return refuseField('grantId', 'give the id of a grant of this customer')
    case 'payer_not_found':
      return refuseField('payerId', 'give the id of another grant of this customer')
    case 'above_limit':
      return refuse({ code: 'above_limit', limitUnits: BigInt(answer.limit) })
    case 'adjustment_below_use':
      return refuse({ code: 'adjustment_below_use', lowestUnits: BigInt(answer.lowest) })
    case 'more_than_owed':
      return refuse({ code: 'more_than_owed', owedUnits: BigInt(answer.owed) })
    case 'payer_short':
      return refuse({
        code: 'payer_short',
        requiredUnits: BigInt(answer.required),
        availableUnits: BigInt(answer.there),
      })
    case 'customer_merged':
      return refuse({ code: 'customer_merged', into: answer.into })
    case 'session_open':
      return refuse({ code: 'session_open', sessionId: answer.sessionId })
    case 'message_pending':
      return refuse({ code: 'message_pending', state: answer.state })
    default:
      return refuse({ code: answer.code })
  }
}
