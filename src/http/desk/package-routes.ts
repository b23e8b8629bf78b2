import type { Request, RequestHandler, Response, Router } from 'express'
import { cleanString } from '../../domain/orders/stored-order.ts'
import { addPackage } from '../../domain/packages/add-package.ts'
import { editPackage } from '../../domain/packages/edit-package.ts'
import type { UnmatchedFilter } from '../../domain/packages/list-unmatched.ts'
import { retirePackage } from '../../domain/packages/retire-package.ts'
import { setRates } from '../../domain/packages/set-rates.ts'
import { Refused } from '../../domain/refusal.ts'
import { type PackagesDone, packagesDone } from '../../web/desk/packages-props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { parseForm, queryText, readForm } from '../pages/form.ts'
import { authorOf } from './desk-frame.ts'
import { sendPackage } from './package-page.ts'
import { sendPackages } from './packages-page.ts'
import { addProductRoutes } from './product-routes.ts'
import { refusedForm } from './refused-form.ts'
import { requireOwner } from './require-owner.ts'
import { ratesIn, termsIn } from './terms-form.ts'

const pages = '/desk/packages'

/** /desk/packages: what a shop sells and what its channels cost. Owners only. */
export function addPackageRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.use([pages, '/desk/rates'], requireOwner)

  router.get(pages, (req, res) =>
    sendPackages(deps, req, res, {
      retired: queryText(req, 'retired') === 'true',
      after: toId(queryText(req, 'after')),
      ...pickIn(req),
      ...doneIn(req),
      unmatched: unmatchedIn(req),
    }),
  )

  addProductRoutes(router, deps, csrf)

  router.post(pages, parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    try {
      await addPackage(deps, {
        ...byAgent(res),
        match: form.match ?? '',
        ...termsIn(form),
      })
      // To the top, where it is said what was done.
      res.redirect(303, `${pages}?done=added`)
    } catch (error) {
      const refused = refusedForm(error)
      await sendPackages(deps, req, res, { refused: { ...refused, of: 'add', form } })
    }
  })

  router.post('/desk/rates', parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    try {
      await setRates(deps, { ...byAgent(res), prices: ratesIn(form) })
      res.redirect(303, `${pages}?done=rates`)
    } catch (error) {
      const refused = refusedForm(error)
      await sendPackages(deps, req, res, { refused: { ...refused, of: 'rates', form } })
    }
  })

  router.get(`${pages}/:id`, (req, res) => sendPackage(deps, res, toId(req.params.id), doneIn(req)))

  router.post(`${pages}/:id`, parseForm, csrf, async (req, res) => {
    const form = readForm(req)
    const packageId = toId(req.params.id)
    try {
      const version = Number(form.version)
      await editPackage(deps, { ...byAgent(res), packageId, version, ...termsIn(form) })
      res.redirect(303, `${pages}/${packageId}?done=saved`)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { code } = error.refusal
      // Whoever was slower sees the terms as they are now; what was typed belongs to others.
      if (code === 'package_changed' || code === 'package_retired') {
        return sendPackage(deps, res, packageId, { changed: true })
      }
      const { wrong } = refusedForm(error)
      await sendPackage(deps, res, packageId, { refused: { wrong, form } })
    }
  })

  router.post(`${pages}/:id/retire`, parseForm, csrf, async (req, res) => {
    const packageId = toId(req.params.id)
    await retirePackage(deps, { ...byAgent(res), packageId })
    res.redirect(303, `${pages}/${packageId}`)
  })
}

function byAgent(res: Response): { shopId: bigint; actor: string } {
  const agent = agentOf(res)
  return { shopId: agent.shopId, actor: authorOf(agent).actor }
}

/** The product of which a package is to be made, as it was chosen from a list. */
function pickIn(req: Request): { pick?: string } {
  const pick = queryText(req, 'pick')
  return pick === undefined ? {} : { pick: pick.slice(0, 300) }
}

/** What the address says of what was done. */
function doneIn(req: Request): { done?: PackagesDone } {
  const asked = queryText(req, 'done')
  const done = packagesDone.find((one) => one === asked)
  return done === undefined ? {} : { done }
}

function unmatchedIn(req: Request): Pick<UnmatchedFilter, 'dismissed' | 'after'> {
  const newest = toId(queryText(req, 'newest'))
  return {
    dismissed: queryText(req, 'dismissed') === 'true',
    ...(newest !== 0n && { after: { newest, subject: cleanString(queryText(req, 'subject') ?? '') } }),
  }
}
