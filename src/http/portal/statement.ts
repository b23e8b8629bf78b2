import type { Request, Response } from 'express'
import { renderPortalStatement } from '../../web/statement/page.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { csrfTokenFor } from '../middleware/csrf-token.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { showStatement } from '../statement/statement-page.ts'
import { type PortalVisit, portalHref } from './portal-page.ts'

/** The account's statement, behind the private link of whoever may see it. */
export async function showPortalStatement(
  deps: HttpDeps,
  req: Request,
  res: Response,
  visit: PortalVisit,
): Promise<void> {
  const { link, token, ticketId } = visit
  if (!link.person.maySeeStatement) refuseRequest({ code: 'forbidden', scope: 'statement' })
  await showStatement(
    deps,
    req,
    res,
    {
      shopId: link.shopId,
      customerId: link.customerId,
      audience: 'customer',
      locale: link.locale,
      path: `/portal/${token}/statement`,
      carried: ticketId === link.ticketId ? {} : { ticket: String(ticketId) },
      backHref: portalHref(visit, ticketId),
      hrefOf: ({ ticket }) => ticket && portalHref(visit, ticket.id),
    },
    (statement, props) =>
      renderPortalStatement({
        ...pageFrame(deps, {
          locale: link.locale,
          timeZone: statement.timeZone,
          csrf: csrfTokenFor(deps.keyring, token),
        }),
        statement: props,
      }),
  )
}
