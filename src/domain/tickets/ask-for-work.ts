import { type BalanceJson, readBalance } from '../credits/balance.ts'
import { currentRateCard } from '../credits/rate-card.ts'
import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { refuse } from '../refusal.ts'
import { askKeyed } from './ask-keyed.ts'
import { checkWork } from './work-input.ts'

export interface AskedOffer {
  offerId: bigint
  /** What the customer is asked to agree to. */
  units: bigint
  askedAt: Date
}

type OfferAnswer =
  | { code: 'ok'; offerId: string; units: number; askedAt: string }
  | { code: 'channel_not_covered'; balance: BalanceJson }
  | { code: 'ticket_not_found' | 'idempotency_conflict' }

/**
 * Asks the customer before work is done: "this will cost 4 credits, agree?", by mail when there is an address, and on the
 * private page. Moves no credits, so it may be asked of a customer who has too few.
 *
 * Refuses: invalid (minutes, body), not_found, channel_not_covered, idempotency_conflict.
 */
export async function askForWork(
  deps: Pick<Deps, 'db' | 'clock' | 'mail' | 'wakeWorkers'>,
  input: {
    shopId: bigint
    ticketId: bigint
    minutes: number
    body: string
    idempotencyKey: string
    agent: { id?: bigint; name: string; actor: string }
  },
): Promise<AskedOffer> {
  checkWork(input)
  const { shopId, ticketId, minutes, body, agent } = input
  const card = await currentRateCard(deps.db, shopId)
  const answer = await askKeyed<OfferAnswer>(
    deps,
    'ask-for-work',
    'select ask_for_work($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) as answer',
    [
      shopId,
      ticketId,
      minutes,
      body,
      input.idempotencyKey,
      hashInput(ticketId, minutes, body, agent.actor),
      agent.id ?? null,
      agent.name,
      JSON.stringify(card.work),
      deps.mail.configured,
      deps.clock.now(),
    ],
  )
  switch (answer.code) {
    case 'ticket_not_found':
      return refuse({ code: 'not_found', what: 'ticket' })
    case 'idempotency_conflict':
      return refuse({ code: 'idempotency_conflict' })
    case 'channel_not_covered':
      return refuse({
        code: 'channel_not_covered',
        channel: 'work',
        availableUnits: readBalance(answer.balance).available,
      })
    case 'ok':
      deps.wakeWorkers()
      return {
        offerId: BigInt(answer.offerId),
        units: BigInt(answer.units),
        askedAt: new Date(answer.askedAt),
      }
  }
}
