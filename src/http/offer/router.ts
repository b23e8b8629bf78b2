import { type Response, Router } from 'express'
import { refuse, refuseField } from '../../domain/refusal.ts'
import { readOfferToken } from '../../domain/secrets/links.ts'
import { answerWorkOffer } from '../../domain/tickets/close-work-offer.ts'
import { findOfferPage, type OfferPage } from '../../domain/tickets/find-offer-page.ts'
import { portalUrl } from '../../domain/tickets/render-outgoing.ts'
import { renderOfferPage } from '../../web/portal/offer.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { csrfTokenFor } from '../middleware/csrf-token.ts'
import { parseForm, pathText, readForm } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { privatePage } from '../pages/private-page.ts'

/** /offer: the customer's word on work before it is done. The link in the mail is the key; opening it answers nothing. */
export function offerRouter(deps: HttpDeps): Router {
  const router = Router()
  router.use('/offer', privatePage)

  router.get('/offer/:token', async (req, res) => {
    const { token } = req.params
    const { shopId, page } = await openOffer(deps, token)
    sendOffer(deps, res, { token, shopId, page })
  })

  router.post(
    '/offer/:token',
    parseForm,
    requireCsrf(deps, (req) => pathText(req, 'token')),
    async (req, res) => {
      const token = pathText(req, 'token')
      const { shopId, page } = await openOffer(deps, token)
      const { answer } = readForm(req)
      if (answer !== 'agree' && answer !== 'decline') return refuseField('answer', 'give agree or decline')
      // Whatever stands already stays; the page then shows it.
      await answerWorkOffer(deps, {
        shopId,
        offerId: page.offer.id,
        agreed: answer === 'agree',
        customer: { id: page.customerId, name: page.customerName },
      })
      deps.tellDesk(shopId, page.ticketId)
      res.redirect(303, `/offer/${token}`)
    },
  )
  return router
}

/** Refuses not_found for a link that we did not make or that was revoked. */
async function openOffer(deps: HttpDeps, token: string): Promise<{ shopId: bigint; page: OfferPage }> {
  const link = readOfferToken(deps.keyring, token)
  const page = link && (await findOfferPage(deps, link))
  return link && page ? { shopId: link.shopId, page } : refuse({ code: 'not_found', what: 'offer' })
}

function sendOffer(
  deps: HttpDeps,
  res: Response,
  { token, shopId, page }: { token: string; shopId: bigint; page: OfferPage },
): void {
  const { offer } = page
  res.send(
    renderOfferPage({
      ...pageFrame(deps, {
        locale: page.locale,
        timeZone: page.timeZone,
        csrf: csrfTokenFor(deps.keyring, token),
      }),
      shopName: page.shopName,
      ticketNumber: page.ticketNumber,
      subject: page.subject,
      offer: { minutes: offer.minutes, units: offer.units, body: offer.body, agent: offer.agentName },
      available: page.availableUnits,
      state: offer.state,
      ...(offer.answeredAt && { answeredAt: offer.answeredAt }),
      action: `/offer/${token}`,
      portalHref: portalUrl(deps, { shopId, ...page }),
    }),
  )
}
