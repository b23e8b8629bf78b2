import { Router } from 'express'
import { endSession } from '../../domain/sessions/end-session.ts'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { parseForm } from '../pages/form.ts'
import { privatePage } from '../pages/private-page.ts'
import { openRoom, sendRoomPage } from './room-page.ts'

/** /session: the rooms of metered sessions. Each side's token is its key. */
export function sessionRouter(deps: HttpDeps): Router {
  const router = Router()
  router.use('/session', privatePage)

  router.get('/session/:token', async (req, res) => {
    await sendRoomPage(deps, res, await openRoom(deps, req.params.token))
  })

  router.post(
    '/session/:token/end',
    parseForm,
    requireCsrf(deps, (req) => (typeof req.params.token === 'string' ? req.params.token : undefined)),
    async (req, res) => {
      const { token, pass, room } = await openRoom(deps, String(req.params.token))
      // A customer leaves by closing the page; ending it for both is the agent's.
      if (pass.side !== 'agent') refuseRequest({ code: 'forbidden', scope: 'agent' })
      const actor = room.agentId === null ? 'agent' : `agent:${room.agentId}`
      await endSession(deps, { shopId: pass.shopId, sessionId: pass.sessionId, actor })
      res.redirect(303, `/session/${token}`)
    },
  )
  return router
}
