import {
  type Balance,
  type BalanceJson,
  type Charge,
  type ChargeJson,
  readBalance,
  readCharge,
} from '../credits/balance.ts'
import { priceByRateCard } from '../credits/price-of.ts'
import { refuseCharge } from '../credits/refuse-charge.ts'
import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { refuse } from '../refusal.ts'
import { askKeyed } from './ask-keyed.ts'
import { checkWork } from './work-input.ts'

export interface WorkInput {
  shopId: bigint
  ticketId: bigint
  /** Whole, 1 to 1440. */
  minutes: number
  /** What was done, as the customer reads it. */
  body: string
  /** Chosen by the caller; a repeat with the same key and input is answered as the first time and charged once. */
  idempotencyKey: string
  agent: { id?: bigint; name: string; actor: string }
  /** Logged at no charge; the reason is kept and shown. The caller has checked that the agent may. */
  waive?: { reason: string }
  /** An offer that the customer agreed to: the work costs at most what was agreed, and the offer is used up. */
  offerId?: bigint
}

export interface WorkResult {
  messageId: bigint
  charge: Charge
  /** What the work would have cost, when it was waived. */
  waivedUnits?: bigint
  balance: Balance
  createdAt: Date
  /** True when the key was used before with the same input. */
  replayed: boolean
}

type WorkAnswer =
  | {
      code: 'ok'
      messageId: string
      charge: ChargeJson
      waivedUnits: number | null
      balance: BalanceJson
      createdAt: string
      replayed?: true
    }
  | { code: 'insufficient_credits'; price: number; balance: BalanceJson }
  | { code: 'channel_not_covered'; balance: BalanceJson }
  | { code: 'offer_not_agreed'; state: 'open' | 'declined' | 'withdrawn' | 'used' }
  | { code: 'ticket_not_found' | 'offer_not_found' | 'idempotency_conflict' }

/**
 * Minutes of work that an agent did for the customer: the message that tells of them, its charge and the customer's mail are
 * one statement and one commit. Nothing is written when it is refused.
 *
 * Refuses: invalid (minutes, body), not_found (ticket, offer), offer_not_agreed, insufficient_credits, channel_not_covered,
 * idempotency_conflict.
 */
export async function logWork(
  deps: Pick<Deps, 'db' | 'clock' | 'mail' | 'wakeWorkers'>,
  input: WorkInput,
): Promise<WorkResult> {
  checkWork(input)
  const { shopId, ticketId, minutes, body, agent, waive, offerId } = input
  const answer = await askKeyed<WorkAnswer>(
    deps,
    'log-work',
    'select log_work($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as answer',
    [
      shopId,
      ticketId,
      minutes,
      body,
      input.idempotencyKey,
      hashInput(ticketId, minutes, body, waive?.reason ?? null, offerId ?? null, agent.actor),
      agent.id ?? null,
      agent.actor,
      agent.name,
      waive?.reason ?? null,
      offerId ?? null,
      await priceByRateCard(deps.db, { shopId, channel: 'work', quantity: minutes * 60 }),
      deps.mail.configured,
      deps.clock.now(),
    ],
  )
  if (answer.code !== 'ok') return refuseWork(deps, input, answer)
  deps.wakeWorkers()
  return {
    messageId: BigInt(answer.messageId),
    charge: readCharge(answer.charge),
    ...(answer.waivedUnits === null ? {} : { waivedUnits: BigInt(answer.waivedUnits) }),
    balance: readBalance(answer.balance),
    createdAt: new Date(answer.createdAt),
    replayed: answer.replayed ?? false,
  }
}

async function refuseWork(
  deps: Pick<Deps, 'db'>,
  input: WorkInput,
  answer: Exclude<WorkAnswer, { code: 'ok' }>,
): Promise<never> {
  switch (answer.code) {
    case 'ticket_not_found':
      return refuse({ code: 'not_found', what: 'ticket' })
    case 'offer_not_found':
      return refuse({ code: 'not_found', what: 'offer' })
    case 'idempotency_conflict':
      return refuse({ code: 'idempotency_conflict' })
    case 'offer_not_agreed':
      return refuse({ code: 'offer_not_agreed', state: answer.state })
    case 'channel_not_covered':
    case 'insufficient_credits':
      return refuseCharge(
        deps.db,
        { shopId: input.shopId, channel: 'work', quantity: 60 * input.minutes },
        answer,
      )
  }
}
