import type { RequestHandler, Router } from 'express'
import { changeSettings } from '../../../domain/shops/change-settings.ts'
import type { HttpDeps } from '../../http-deps.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { parseForm, queryText, readForm } from '../../pages/form.ts'
import { authorOf } from '../desk-frame.ts'
import { refusedForm } from '../refused-form.ts'
import { requireOwner } from '../require-owner.ts'
import { addAgentsRoutes } from './agents-routes.ts'
import { addHubRoutes } from './hub-routes.ts'
import { addKeysRoutes } from './keys-routes.ts'
import { settingsIn } from './settings-form.ts'
import { sendSettings } from './settings-page.ts'
import { addShopRoutes } from './shop-routes.ts'

const settings = '/desk/setup/shop/settings'

/** /desk/setup: what owners set up. */
export function addSetupRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.use('/desk/setup', requireOwner)

  addHubRoutes(router, deps, csrf)
  addAgentsRoutes(router, deps, csrf)
  addKeysRoutes(router, deps, csrf)

  addShopRoutes(router, deps, csrf)

  router.get(settings, (req, res) => sendSettings(deps, res, { saved: queryText(req, 'saved') === 'true' }))

  router.post(settings, parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    const agent = agentOf(res)
    try {
      const { actor } = authorOf(agent)
      await changeSettings(deps, { shopId: agent.shopId, actor, ...settingsIn(form) })
      res.redirect(303, `${settings}?saved=true`)
    } catch (error) {
      await sendSettings(deps, res, { refused: { form, wrong: refusedForm(error).wrong } })
    }
  })
}
