import type { RequestHandler, Response, Router } from 'express'
import { askForKeys } from '../../../domain/connect/ask-for-keys.ts'
import { connectWithKeys } from '../../../domain/connect/connect-with-keys.ts'
import { disconnectShop } from '../../../domain/connect/disconnect-shop.ts'
import { requestCheck } from '../../../domain/health/request-check.ts'
import { Refused, refuseField } from '../../../domain/refusal.ts'
import { requestReconcile } from '../../../domain/sync/request-reconcile.ts'
import { startBackfill, stopBackfill } from '../../../domain/sync/start-backfill.ts'
import type { HttpDeps } from '../../http-deps.ts'
import { toId } from '../../ids.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { parseForm, readForm } from '../../pages/form.ts'
import { authorOf } from '../desk-frame.ts'
import { sendShop, stateIn } from './shop-page.ts'

const page = '/desk/setup/shop'

/** /desk/setup/shop: the connection to the shop and its health. Stands behind requireOwner. */
export function addShopRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get(page, (req, res) => sendShop(deps, res, stateIn(req)))

  router.post(`${page}/connect`, parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    const given = {
      ...byAgent(res),
      url: form.url ?? '',
      ...daysIn(form),
      anyHome: form.anyHome === 'on',
    }
    try {
      if (form.how === 'keys') {
        await connectWithKeys(deps, { ...given, key: form.key ?? '', secret: form.secret ?? '' })
        return res.redirect(303, `${page}?done=connecting`)
      }
      const { pageUrl, url } = await askForKeys(deps, given)
      await sendShop(deps, res, { shopPage: { href: pageUrl, host: new URL(url).host } })
    } catch (error) {
      await sendShop(deps, res, { refused: { of: 'connect', form, messages: messagesOf(error) } })
    }
  })

  router.post(`${page}/disconnect`, parseForm, csrf, async (req, res) => {
    if (readForm(req).sure !== 'on') refuseField('sure', 'say that orders shall not come in any more')
    const { webhooksRemoved } = await disconnectShop(deps, byAgent(res))
    res.redirect(303, `${page}?done=${webhooksRemoved ? 'disconnected' : 'webhooks_left'}`)
  })

  router.post(`${page}/check`, parseForm, csrf, async (_req, res) => {
    await requestCheck(deps, byAgent(res))
    res.redirect(303, `${page}?done=checking`)
  })

  router.post(`${page}/reconcile`, parseForm, csrf, async (_req, res) => {
    await requestReconcile(deps, byAgent(res))
    res.redirect(303, `${page}?done=asked`)
  })

  router.post(`${page}/backfill`, parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    try {
      const { days = Number.NaN } = daysIn(form)
      await startBackfill(deps, { ...byAgent(res), days, welcome: form.welcome === 'on' })
      res.redirect(303, `${page}?done=reading`)
    } catch (error) {
      // A second click, or a colleague: the one that runs is shown.
      if (error instanceof Refused && error.refusal.code === 'backfill_running')
        return res.redirect(303, page)
      await sendShop(deps, res, { refused: { of: 'backfill', form, messages: messagesOf(error) } })
    }
  })

  router.post(`${page}/backfill/:id/stop`, parseForm, csrf, async (req, res) => {
    await stopBackfill(deps, { ...byAgent(res), backfillId: toId(req.params.id) })
    res.redirect(303, page)
  })
}

function byAgent(res: Response): { shopId: bigint; actor: string } {
  const agent = agentOf(res)
  return { shopId: agent.shopId, actor: authorOf(agent).actor }
}

/** What is no number is refused by the use case; an empty field is what is usual. */
function daysIn(form: Record<string, string>): { days?: number } {
  const typed = (form.days ?? '').trim()
  return typed === '' ? {} : { days: Number(typed) }
}

/** What is wrong with each field, in the words of the shop's connector; anything else is thrown on. */
function messagesOf(error: unknown): Record<string, string> {
  if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
  return Object.fromEntries(error.refusal.fields.map(({ field, message }) => [field, message]))
}
