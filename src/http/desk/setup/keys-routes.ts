import type { RequestHandler, Response, Router } from 'express'
import { addApiKey, scopes } from '../../../domain/agents/add-api-key.ts'
import { listApiKeys } from '../../../domain/agents/list-api-keys.ts'
import { revokeApiKey } from '../../../domain/agents/revoke-api-key.ts'
import { type KeysPageProps, renderKeysPage } from '../../../web/setup/keys.tsx'
import type { HttpDeps } from '../../http-deps.ts'
import { toId } from '../../ids.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { parseForm, queryText, readForm } from '../../pages/form.ts'
import { deskFrame } from '../desk-frame.ts'
import { refusedForm } from '../refused-form.ts'
import { actOf } from './agents-routes.ts'

const page = '/desk/setup/keys'

/** /desk/setup/keys: what other programs come in with. Stands behind requireOwner. */
export function addKeysRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get(page, (req, res) => sendKeys(deps, res, { revoked: queryText(req, 'revoked') === 'true' }))

  // The page that answers is the only one that ever shows the key.
  router.post(page, parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    const wanted = scopes.filter((scope) => form[`scope.${scope}`] === 'on')
    try {
      const { key } = await addApiKey(deps, { ...actOf(res), scopes: wanted, name: form.name ?? '' })
      await sendKeys(deps, res, { made: key })
    } catch (error) {
      const { wrong } = refusedForm(error)
      res.status(422)
      await sendKeys(deps, res, { wrong })
    }
  })

  router.post(`${page}/:id/revoke`, parseForm, csrf, async (req, res) => {
    await revokeApiKey(deps, { ...actOf(res), keyId: toId(req.params.id) })
    res.redirect(303, `${page}?revoked=true`)
  })
}

async function sendKeys(
  deps: HttpDeps,
  res: Response,
  state: Partial<Pick<KeysPageProps, 'made' | 'revoked' | 'wrong'>>,
): Promise<void> {
  const keys = await listApiKeys(deps, { shopId: agentOf(res).shopId })
  res.send(
    renderKeysPage({
      ...deskFrame(deps, res),
      keys: keys.map(({ revokedAt, ...key }) => ({
        ...key,
        id: String(key.id),
        ...(revokedAt && { revokedAt }),
      })),
      revoked: false,
      wrong: [],
      ...state,
    }),
  )
}
