import type { Request, Response } from 'express'
import { refuse } from '../../domain/refusal.ts'
import { renderPortalPeople } from '../../web/people/page.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { csrfTokenFor } from '../middleware/csrf-token.ts'
import { readForm } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { doPeopleAct, type RefusedForm } from '../people/people-form.ts'
import { peopleProps } from '../people/people-props.ts'
import { type PortalVisit, portalHref } from './portal-page.ts'

/** The people of the account, for its owner. Refuses: not_account_owner. */
export async function showPortalPeople(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: PortalVisit,
  refused?: RefusedForm,
): Promise<void> {
  const { link, token } = visit
  if (!link.person.owner) return refuse({ code: 'not_account_owner' })
  const { people, timeZone } = await peopleProps(deps, req, {
    shopId: link.shopId,
    customerId: link.customerId,
    path: `/portal/${token}/people`,
    carried: {},
    backHref: portalHref(visit, link.ticketId),
    readerId: link.person.id,
    ...(refused && { refused }),
  })
  res.status(refused ? 422 : 200).send(
    renderPortalPeople({
      ...pageFrame(deps, { locale: link.locale, timeZone, csrf: csrfTokenFor(deps.keyring, token) }),
      shopName: link.shopName,
      readerName: link.person.name,
      people,
    }),
  )
}

/** POST of the page's forms. Whoever handed the account over has no such page any more, and goes back to the first. */
export async function changePortalPeople(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: PortalVisit,
): Promise<void> {
  requireCsrf(deps, () => visit.token)(req, res, () => undefined)
  const { shopId, customerId, person } = visit.link
  const outcome = await doPeopleAct(deps, { shopId, customerId, by: { contactId: person.id } }, readForm(req))
  if (typeof outcome !== 'string') return showPortalPeople(deps, req, res, visit, outcome)
  const page = outcome === 'handed_over' ? '' : `/people?done=${outcome}`
  res.redirect(303, `/portal/${visit.token}${page}`)
}
