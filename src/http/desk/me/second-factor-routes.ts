import type { RequestHandler, Response, Router } from 'express'
import QRCode from 'qrcode'
import { Refused } from '../../../domain/refusal.ts'
import { readAccount } from '../../../domain/sign-in/read-account.ts'
import {
  offerSecondFactor,
  readOffer,
  renewRecoveryCodes,
  turnSecondFactorOff,
  turnSecondFactorOn,
} from '../../../domain/sign-in/second-factor.ts'
import { totpUri } from '../../../domain/sign-in/totp.ts'
import { renderCodes, renderEnrol, renderSecondFactor } from '../../../web/me/security.tsx'
import type { SignInProblem } from '../../../web/sign-in/fields.tsx'
import type { HttpDeps } from '../../http-deps.ts'
import { signInProblem } from '../../login/problem.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { parseForm, readForm } from '../../pages/form.ts'
import { deskFrame } from '../desk-frame.ts'
import { ownOf } from './own.ts'

const page = '/desk/me/second-factor'

/** Turning the second factor on and off, and its recovery codes. */
export function addSecondFactorRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get(page, (_req, res) => sendSecondFactor(deps, res))

  router.post(`${page}/on`, parseForm, csrf, async (req, res) => {
    const { sealed = '', code = '' } = readForm(req)
    try {
      const { loginId } = agentOf(res)
      const codes = await turnSecondFactorOn(deps, { ...ownOf(res), loginId, sealed, code })
      res.send(renderCodes({ ...deskFrame(deps, res), codes }))
    } catch (error) {
      // Turned on in another window meanwhile: the page then shows that.
      if (error instanceof Refused && error.refusal.code === 'second_factor_on') {
        return res.redirect(303, page)
      }
      await sendSecondFactor(deps, res, { problem: signInProblem(res, error), sealed })
    }
  })

  router.post(page, parseForm, csrf, async (req, res) => {
    const { act, password = '', code = '' } = readForm(req)
    const input = { ...ownOf(res), password, code }
    try {
      if (act === 'off') {
        await turnSecondFactorOff(deps, input)
        return res.redirect(303, '/desk/me?done=second_factor_off')
      }
      res.send(renderCodes({ ...deskFrame(deps, res), codes: await renewRecoveryCodes(deps, input) }))
    } catch (error) {
      await sendSecondFactor(deps, res, { problem: signInProblem(res, error) })
    }
  })
}

/** `sealed`: the secret of a page that came back, so that a phone which has it already goes on with it. */
async function sendSecondFactor(
  deps: HttpDeps,
  res: Response,
  state: { problem?: SignInProblem; sealed?: string } = {},
): Promise<void> {
  const own = ownOf(res)
  const { email, hasSecondFactor, codesLeft, secondFactorRequired } = await readAccount(deps, own)
  const { problem } = state
  const shared = {
    ...deskFrame(deps, res),
    email,
    required: secondFactorRequired,
    ...(problem && { problem }),
  }
  if (hasSecondFactor) {
    res.send(renderSecondFactor({ ...shared, codesLeft }))
    return
  }
  const kept = state.sealed === undefined ? undefined : readOffer(deps, own, state.sealed)
  const { secret, sealed } =
    kept === undefined || state.sealed === undefined
      ? offerSecondFactor(deps, own)
      : { secret: kept, sealed: state.sealed }
  const { modules } = QRCode.create(totpUri(secret, { email, shopName: agentOf(res).shopName }))
  const rows = Array.from({ length: modules.size }, (_row, y) =>
    Array.from({ length: modules.size }, (_cell, x) => Boolean(modules.get(y, x))),
  )
  res.send(renderEnrol({ ...shared, secret: secret.replace(/(.{4})(?=.)/g, '$1 '), sealed, qr: rows }))
}
