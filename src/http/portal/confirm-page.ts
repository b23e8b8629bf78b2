import type { Response } from 'express'
import { renderConfirmPage } from '../../web/portal/confirm.tsx'
import type { HttpDeps } from '../http-deps.ts'
import { csrfTokenFor } from '../middleware/csrf-token.ts'
import { pageFrame } from '../pages/page-frame.ts'
import type { PortalVisit } from './portal-page.ts'

export function sendConfirmPage(deps: HttpDeps, res: Response, { token, link }: PortalVisit): void {
  const frame = pageFrame(deps, {
    locale: link.locale,
    timeZone: link.timeZone,
    csrf: csrfTokenFor(deps.keyring, token),
  })
  res.send(
    renderConfirmPage({
      ...frame,
      shopName: link.shopName,
      personName: link.person.name,
      accountName: link.customerName,
      action: `/portal/${token}/confirm`,
    }),
  )
}
