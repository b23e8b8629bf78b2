import type { IncomingHttpHeaders } from 'node:http'
import { type Request, type Response, Router } from 'express'
import { acceptDelivery } from '../../domain/orders/accept-delivery.ts'
import { refuse } from '../../domain/refusal.ts'
import { type IntakeShop, shopForIntake } from '../../domain/shops/find-shop.ts'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { makeBadSignatureCount } from './bad-signatures.ts'
import { readRawBody } from './raw-body.ts'
import { isSigned } from './signature.ts'

const longestBody = 1024 * 1024
/* A topic stands in an index, which takes no long values. WooCommerce's own are far shorter. */
const longestTopic = 100

/**
 * POST /webhooks/woocommerce/{shopId}: verify over the raw bytes, store with its job in one statement, answer 200. A signed
 * body is kept even when it makes no sense, because the shop switches its webhook off at the seventh failure in a row.
 */
export function woocommerceRouter(deps: HttpDeps): Router {
  const router = Router()
  const countBadSignature = makeBadSignatureCount(deps)

  router.post('/:shopId', async (req: Request, res: Response) => {
    const shopId = toId(req.params.shopId)
    // Both at once: the shop is usually remembered, and the body must be read in any case.
    const [body, shop] = await Promise.all([
      readRawBody(req, longestBody),
      shopId === 0n ? undefined : shopForIntake(deps, shopId),
    ])
    if (!shop) return refuse({ code: 'not_found', what: 'shop' })
    if (isPing(req, body)) {
      deps.metrics.deliveries.inc({ outcome: 'ping' })
      res.status(200).end()
      return
    }
    if (!(await isFromShop(deps, shop, req, body))) {
      deps.metrics.badSignatures.inc({ from: 'woocommerce' })
      deps.metrics.deliveries.inc({ outcome: 'refused' })
      countBadSignature(shopId)
      refuseRequest({ code: 'bad_signature', status: 401 })
    }
    const deliveryId = await acceptDelivery(deps, {
      shopId,
      topic: (req.get('x-wc-webhook-topic') ?? '').slice(0, longestTopic),
      headers: headersToKeep(req.headers),
      body,
    })
    deps.metrics.deliveries.inc({ outcome: deliveryId === undefined ? 'duplicate' : 'accepted' })
    res.status(200).end()
  })
  router.all('/:shopId', () => refuseRequest({ code: 'method_not_allowed', allow: 'POST' }))
  return router
}

/** What WooCommerce sends when a webhook is saved: no signature, no topic, and anything but 200 switches the webhook off. */
function isPing(req: Request, body: Buffer): boolean {
  return (
    req.headers['x-wc-webhook-signature'] === undefined &&
    /^application\/x-www-form-urlencoded\b/i.test(req.headers['content-type'] ?? '') &&
    body.length < 40 &&
    /^webhook_id=\d+$/.test(body.toString('latin1'))
  )
}

/** A signature that does not hold is tried once more with the secret as it is in the database now: it may be a new one. */
async function isFromShop(deps: HttpDeps, shop: IntakeShop, req: Request, body: Buffer): Promise<boolean> {
  const signature = req.get('x-wc-webhook-signature')
  if (signature === undefined) return false
  if (isSigned(body, shop.webhookSecret, signature)) return true
  const now = await shopForIntake(deps, shop.id, { fresh: true })
  return (
    now !== undefined &&
    now.webhookSecret !== shop.webhookSecret &&
    isSigned(body, now.webhookSecret, signature)
  )
}

/** What helps to understand a delivery later. Cookies, keys and the signature are left behind. */
function headersToKeep(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const wanted =
      (name.startsWith('x-wc-') && name !== 'x-wc-webhook-signature') ||
      name === 'user-agent' ||
      name === 'content-type'
    if (wanted && typeof value === 'string') kept[name] = value
  }
  return kept
}
