import type { Request, Response } from 'express'
import { refuse, refuseField } from '../../domain/refusal.ts'
import { answerWorkOffer } from '../../domain/tickets/close-work-offer.ts'
import { loadOffer } from '../../domain/tickets/work-offers.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { pathText, readForm } from '../pages/form.ts'
import { type PortalVisit, portalHref, readPortalTicket } from './portal-page.ts'

/** A person's word on work before it is done. Whatever stands already stays. Refuses: not_found, invalid (answer). */
export async function answerOffer(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: PortalVisit,
): Promise<void> {
  const { shopId, customerId, person } = visit.link
  const { answer } = readForm(req)
  if (answer !== 'agree' && answer !== 'decline') return refuseField('answer', 'give agree or decline')
  const offerId = toId(pathText(req, 'offerId'))
  const offer = await loadOffer(deps.db, { shopId, offerId })
  if (!offer) return refuse({ code: 'not_found', what: 'offer' })
  const view = await readPortalTicket(deps, { ...visit, ticketId: offer.ticketId })
  await answerWorkOffer(deps, {
    shopId,
    offerId,
    agreed: answer === 'agree',
    customer: { id: customerId, name: person.name, ...(!person.buyer && { contactId: person.id }) },
  })
  deps.tellDesk(shopId, view.id)
  res.redirect(303, portalHref(visit, view.id))
}
