import { type Request, type Response, Router } from 'express'
import { acceptDelivery } from '../../domain/orders/accept-delivery.ts'
import { refuse } from '../../domain/refusal.ts'
import { type IntakeShop, shopForIntake } from '../../domain/shops/find-shop.ts'
import type { ShopIntake, ShopPost } from '../../ports/shop.ts'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { makeBadSignatureCount } from './bad-signatures.ts'
import { makePingNote } from './pings.ts'
import { readRawBody } from './raw-body.ts'

const longestBody = 1024 * 1024
/* A topic stands in an index, which takes no long values. Those of shops are far shorter. */
const longestTopic = 100

/**
 * POST /webhooks/{kind}/{shopId}, for one kind of shop: verify over the raw bytes, store with its job in one statement, answer
 * 200. A signed body is kept even when it makes no sense; a sender that reads answers gets 422 for it. A shop of another kind is
 * not found here.
 */
export function shopRouter(deps: HttpDeps, kind: string, intake: ShopIntake): Router {
  const router = Router()
  const countBadSignature = makeBadSignatureCount(deps)
  const notePing = makePingNote(deps)

  router.post('/:shopId', async (req: Request, res: Response) => {
    const shopId = toId(req.params.shopId)
    // Both at once: the shop is usually remembered, and the body must be read in any case.
    const [body, shop] = await Promise.all([
      readRawBody(req, longestBody),
      shopId === 0n ? undefined : shopForIntake(deps, shopId),
    ])
    if (shop?.kind !== kind) return refuse({ code: 'not_found', what: 'shop' })
    const post = { headers: req.headers, body }
    if (intake.isPing(post)) {
      deps.metrics.deliveries.inc({ outcome: 'ping' })
      notePing(shopId)
      res.status(200).end()
      return
    }
    if (!(await isFromShop(deps, intake, shop, post))) {
      deps.metrics.badSignatures.inc({ from: kind })
      deps.metrics.deliveries.inc({ outcome: 'refused' })
      countBadSignature(shopId)
      refuseRequest({ code: 'bad_signature', status: 401 })
    }
    const deliveryId = await acceptDelivery(deps, {
      shopId,
      topic: intake.topicOf(post).slice(0, longestTopic),
      headers: intake.headersToKeep(post),
      body,
    })
    deps.metrics.deliveries.inc({ outcome: deliveryId === undefined ? 'duplicate' : 'accepted' })
    const problems = intake.findProblems?.(post) ?? []
    if (problems.length > 0) return refuse({ code: 'invalid', fields: problems })
    res.status(200).end()
  })
  router.all('/:shopId', () => refuseRequest({ code: 'method_not_allowed', allow: 'POST' }))
  return router
}

/** A signature that does not hold is tried once more with the secret as it is in the database now: it may be a new one. */
async function isFromShop(
  deps: HttpDeps,
  intake: ShopIntake,
  shop: IntakeShop,
  post: ShopPost,
): Promise<boolean> {
  if (post.headers[intake.signatureHeader] === undefined) return false
  const isSigned = (secret: string) => intake.isSigned(post, secret)
  if (shop.webhookSecrets.some(isSigned)) return true
  const now = await shopForIntake(deps, shop.id, { fresh: true })
  return now?.webhookSecrets.some(isSigned) ?? false
}
