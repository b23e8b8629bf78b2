import { type Request, type Response, Router } from 'express'
import { hasShop } from '../../domain/first-start/has-shop.ts'
import { isFirstStart, setUpShop } from '../../domain/first-start/set-up-shop.ts'
import { Refused } from '../../domain/refusal.ts'
import {
  renderStartOver,
  renderStartPage,
  type StartField,
  startFields,
} from '../../web/first-start/page.tsx'
import type { SignInProblem } from '../../web/sign-in/fields.tsx'
import { knownLocales } from '../../words/words.ts'
import type { HttpDeps } from '../http-deps.ts'
import { goOn } from '../login/go-on.ts'
import { originOf } from '../login/origin.ts'
import { signInProblem } from '../login/problem.ts'
import { refuseForeignForms } from '../middleware/csrf.ts'
import { parseForm, pathText, readForm } from '../pages/form.ts'
import { pageFrame } from '../pages/page-frame.ts'
import { privatePage } from '../pages/private-page.ts'

/** /start/TOKEN: whoever has the link that a start printed makes the first shop and its owner. */
export function firstStartRouter(deps: HttpDeps): Router {
  const router = Router()

  router.get('/start/:token', privatePage, async (req, res) => {
    if (await isFirstStart(deps, holderOf(req))) return sendStart(deps, req, res, {})
    await sendOver(deps, res)
  })

  router.post('/start/:token', privatePage, parseForm, refuseForeignForms(deps), async (req, res) => {
    const form = readForm(req)
    const { password = '', again = '' } = form
    if (password !== again && (await isFirstStart(deps, holderOf(req)))) {
      res.status(422)
      return sendStart(deps, req, res, { problem: { kind: 'differs' } })
    }
    try {
      const result = await setUpShop(deps, { ...valuesIn(form), password, ...holderOf(req) })
      goOn(deps, res, result, '/desk/setup')
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (error.refusal.code === 'login_link_spent') return await sendOver(deps, res)
      if (error.refusal.code !== 'invalid') {
        return sendStart(deps, req, res, { problem: signInProblem(res, error) })
      }
      const named = error.refusal.fields.map(({ field }) => field)
      res.status(422)
      sendStart(deps, req, res, { wrong: startFields.filter((field) => named.includes(field)) })
    }
  })
  return router
}

const holderOf = (req: Request) => ({ token: pathText(req, 'token'), origin: originOf(req) })

function valuesIn(form: Record<string, string>): Record<StartField, string> {
  const { shopName = '', url = '', name = '', email = '' } = form
  return {
    shopName,
    url,
    name,
    email,
    timezone: form.timezone ?? 'Europe/Ljubljana',
    locale: form.locale ?? 'en',
  }
}

function sendStart(
  deps: HttpDeps,
  req: Request,
  res: Response,
  state: { wrong?: StartField[]; problem?: SignInProblem },
): void {
  const values = valuesIn(readForm(req))
  const zones = Intl.supportedValuesOf('timeZone')
  res.send(
    renderStartPage({
      ...pageFrame(deps),
      action: `/start/${pathText(req, 'token')}`,
      values,
      wrong: [],
      // UTC is not among them.
      timeZones: [...new Set([...zones, 'UTC'])].sort(),
      locales: knownLocales(),
      ...state,
    }),
  )
}

async function sendOver(deps: HttpDeps, res: Response): Promise<void> {
  // Unknown, used and too old are one answer.
  res.status(410).send(renderStartOver({ ...pageFrame(deps), made: await hasShop(deps) }))
}
