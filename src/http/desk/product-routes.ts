import type { RequestHandler, Router } from 'express'
import { dismissUnmatched } from '../../domain/packages/dismiss-unmatched.ts'
import { refreshProducts } from '../../domain/products/refresh-products.ts'
import { changeSettings } from '../../domain/shops/change-settings.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { parseForm, queryText, readForm } from '../pages/form.ts'
import { authorOf } from './desk-frame.ts'
import { sendProducts } from './products-page.ts'
import { refusedForm } from './refused-form.ts'

const pages = '/desk/packages/products'

/** What the shop sells, to make packages of, and what may need one. Stands behind requireOwner and before /desk/packages/:id. */
export function addProductRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get(pages, (req, res) =>
    sendProducts(deps, res, { query: queryText(req, 'q') ?? '', after: toId(queryText(req, 'after')) }),
  )

  router.post(`${pages}/refresh`, parseForm, csrf, async (_req, res) => {
    await refreshProducts(deps, { shopId: agentOf(res).shopId })
    res.redirect(303, pages)
  })

  router.post(`${pages}/settings`, parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    const agent = agentOf(res)
    try {
      const { actor } = authorOf(agent)
      await changeSettings(deps, { shopId: agent.shopId, actor, creditsKey: form.creditsKey ?? '' })
      res.redirect(303, pages)
    } catch (error) {
      await sendProducts(deps, res, { refused: { form, wrong: refusedForm(error).wrong } })
    }
  })

  router.post('/desk/packages/unmatched', parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    const agent = agentOf(res)
    const dismissed = form.dismissed !== 'false'
    await dismissUnmatched(deps, {
      shopId: agent.shopId,
      subject: form.subject ?? '',
      dismissed,
      actor: authorOf(agent).actor,
    })
    res.redirect(303, dismissed ? '/desk/packages#unmatched' : '/desk/packages?dismissed=true#unmatched')
  })
}
