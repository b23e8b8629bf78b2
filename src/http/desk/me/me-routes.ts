import type { Request, RequestHandler, Response, Router } from 'express'
import { Refused } from '../../../domain/refusal.ts'
import { changeOwnName } from '../../../domain/sign-in/change-own-name.ts'
import { changePassword } from '../../../domain/sign-in/change-password.ts'
import { endOwnLogins } from '../../../domain/sign-in/end-logins.ts'
import { listLogins } from '../../../domain/sign-in/list-logins.ts'
import { readAccount } from '../../../domain/sign-in/read-account.ts'
import { renderMePage } from '../../../web/me/me.tsx'
import type { MePageProps } from '../../../web/me/props.ts'
import { renderOwnPassword } from '../../../web/me/security.tsx'
import type { SignInProblem } from '../../../web/sign-in/fields.tsx'
import type { HttpDeps } from '../../http-deps.ts'
import { toId } from '../../ids.ts'
import { signInProblem } from '../../login/problem.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { parseForm, queryText, readForm } from '../../pages/form.ts'
import { deskFrame } from '../desk-frame.ts'
import { ownOf } from './own.ts'
import { addSecondFactorRoutes } from './second-factor-routes.ts'

const dones = ['name', 'password', 'signed_out', 'second_factor_off'] as const

/** /desk/me: one's own account. Open to every role, and to whoever still has to set up a second factor. */
export function addMeRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get('/desk/me', (req, res) => {
    const done = dones.find((one) => one === queryText(req, 'done'))
    return sendMe(deps, res, done && { done })
  })

  router.post('/desk/me', parseForm, csrf, async (req, res) => {
    const { name = '' } = readForm(req)
    try {
      await changeOwnName(deps, { ...ownOf(res), name })
      res.redirect(303, '/desk/me?done=name')
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
      res.status(422)
      await sendMe(deps, res, { name, problem: { kind: 'name' } })
    }
  })

  router.get('/desk/me/password', (_req, res) => sendOwnPassword(deps, res))

  router.post('/desk/me/password', parseForm, csrf, async (req, res) => {
    const { current = '', password = '', again = '' } = readForm(req)
    if (password !== again) {
      res.status(422)
      return await sendOwnPassword(deps, res, { kind: 'differs' })
    }
    try {
      const { loginId } = agentOf(res)
      await changePassword(deps, { ...ownOf(res), loginId, current, password })
      res.redirect(303, '/desk/me?done=password')
    } catch (error) {
      await sendOwnPassword(deps, res, signInProblem(res, error))
    }
  })

  router.post('/desk/me/logins/end', parseForm, csrf, async (_req, res) => {
    await endOwnLogins(deps, { ...ownOf(res), which: { allBut: agentOf(res).loginId } })
    res.redirect(303, '/desk/me?done=signed_out')
  })
  router.post('/desk/me/logins/:id/end', parseForm, csrf, async (req: Request, res) => {
    await endOwnLogins(deps, { ...ownOf(res), which: { id: toId(req.params.id) } })
    res.redirect(303, '/desk/me?done=signed_out')
  })

  addSecondFactorRoutes(router, deps, csrf)
}

async function sendMe(
  deps: HttpDeps,
  res: Response,
  state: Pick<MePageProps, 'done' | 'problem' | 'name'> = {},
): Promise<void> {
  const own = ownOf(res)
  const { loginId } = agentOf(res)
  const [account, logins] = await Promise.all([readAccount(deps, own), listLogins(deps, own)])
  const { name: _, passwordSetAt, ...rest } = account
  res.send(
    renderMePage({
      ...deskFrame(deps, res),
      ...rest,
      ...(passwordSetAt && { passwordSetAt }),
      logins: logins.map((login) => ({ ...login, id: String(login.id), here: login.id === loginId })),
      ...state,
    }),
  )
}

async function sendOwnPassword(deps: HttpDeps, res: Response, problem?: SignInProblem): Promise<void> {
  const { email, passwordSetAt } = await readAccount(deps, ownOf(res))
  const props = { ...deskFrame(deps, res), email, hasPassword: passwordSetAt !== null }
  res.send(renderOwnPassword({ ...props, ...(problem && { problem }) }))
}
