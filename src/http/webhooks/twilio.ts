import express, { type Request, Router } from 'express'
import { findTextedShop } from '../../domain/tickets/find-texted-shop.ts'
import { receiveText } from '../../domain/tickets/receive-text.ts'
import { recordTextStatus } from '../../domain/tickets/record-text-status.ts'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { textOfForm } from './text-of-form.ts'

const nothingToSay = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'

/** /webhooks/twilio/{shopId}/{sms|status}: what customers text, and what became of our texts. */
export function twilioRouter(deps: HttpDeps): Router {
  const router = Router()
  const form = express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 200 })

  router.post('/:shopId/status', form, async (req, res) => {
    const report = deps.texting.readStatus(calledAddress(deps, req), headersOf(req), textOfForm(req.body))
    if (!report) return refuseSignature(deps)
    const ticketId = toId(req.query.ticket)
    const messageId = toId(req.query.message)
    await recordTextStatus(deps, {
      shopId: toId(req.params.shopId),
      report,
      ...(ticketId > 0n && messageId > 0n ? { ours: { ticketId, messageId } } : {}),
    })
    if (ticketId > 0n) deps.tellDesk(toId(req.params.shopId), ticketId)
    // Also for a text that is not ours: Twilio would only ask again.
    res.status(204).end()
  })

  router.post('/:shopId/sms', form, async (req, res) => {
    const text = deps.texting.readIncoming(calledAddress(deps, req), headersOf(req), textOfForm(req.body))
    if (!text) return refuseSignature(deps)
    const addressed = toId(req.params.shopId)
    const shopId = await findTextedShop(deps, { ...text, addressed })
    if (shopId === undefined || !(await receiveText(deps, { shopId, text }))) {
      const { providerId } = text
      deps.log.warn({ shopId: String(addressed), providerId }, 'text from a number that no customer has')
    }
    res.type('text/xml').send(nothingToSay)
  })
  return router
}

function refuseSignature(deps: HttpDeps): never {
  deps.metrics.badSignatures.inc({ from: 'twilio' })
  return refuseRequest({ code: 'bad_signature', status: 403 })
}

/** Twilio signs the address that it called, which behind a proxy is not the one that reached us. */
function calledAddress(deps: HttpDeps, req: Request): string {
  return `${deps.publicUrl}${req.originalUrl}`
}

function headersOf(req: Request): Record<string, string | undefined> {
  const signature = req.get('x-twilio-signature')
  return signature === undefined ? {} : { 'x-twilio-signature': signature }
}
