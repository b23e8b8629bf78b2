import { contactActor } from '../customers/manage-people.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { loadOffer, type WorkOffer } from './work-offers.ts'

/**
 * The customer's answer to an offer. It is kept with who and when and says so in the conversation. An offer that was answered
 * (or withdrawn) before stays as it was: the caller shows that. Refuses: not_found.
 */
export async function answerWorkOffer(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: {
    shopId: bigint
    offerId: bigint
    agreed: boolean
    /** `contactId`: who of the account's people other than the buyer. */
    customer: { id: bigint; name: string; contactId?: bigint }
  },
): Promise<WorkOffer> {
  const { shopId, offerId, customer } = input
  await close(deps, {
    shopId,
    offerId,
    state: input.agreed ? 'agreed' : 'declined',
    actor:
      customer.contactId === undefined
        ? `customer:${customer.id}`
        : contactActor(customer.id, customer.contactId),
    name: customer.name,
  })
  const offer = await loadOffer(deps.db, { shopId, offerId })
  return offer ?? refuse({ code: 'not_found', what: 'offer' })
}

/** Takes back an offer that nobody has answered yet. Refuses: not_found, offer_not_open. */
export async function withdrawWorkOffer(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: {
    shopId: bigint
    ticketId: bigint
    offerId: bigint
    agent: { name: string; actor: string }
  },
): Promise<WorkOffer> {
  const { shopId, ticketId, offerId, agent } = input
  const before = await loadOffer(deps.db, { shopId, offerId })
  if (before?.ticketId !== ticketId) return refuse({ code: 'not_found', what: 'offer' })
  const closed = await close(deps, {
    shopId,
    offerId,
    state: 'withdrawn',
    actor: agent.actor,
    name: agent.name,
  })
  const offer = await loadOffer(deps.db, { shopId, offerId })
  if (!offer) return refuse({ code: 'not_found', what: 'offer' })
  return closed ? offer : refuse({ code: 'offer_not_open', state: offer.state })
}

/** True when this very call closed it. */
async function close(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: {
    shopId: bigint
    offerId: bigint
    state: 'agreed' | 'declined' | 'withdrawn'
    actor: string
    name: string
  },
): Promise<boolean> {
  const [row] = await deps.db.query<{ closed: boolean | null }>(
    'close-work-offer',
    'select close_work_offer($1, $2, $3, $4, $5, $6) as closed',
    [input.shopId, input.offerId, input.state, input.actor, input.name, deps.clock.now()],
  )
  return row?.closed ?? false
}
