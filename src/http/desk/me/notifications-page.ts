import type { Request, RequestHandler, Response, Router } from 'express'
import { changeNotifications, readNotifications } from '../../../domain/agents/notifications.ts'
import { renderNotificationsPage } from '../../../web/me/notifications.tsx'
import type { HttpDeps } from '../../http-deps.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { parseForm, queryText, readForm } from '../../pages/form.ts'
import { authorOf, deskFrame } from '../desk-frame.ts'
import { refusedForm } from '../refused-form.ts'

const page = '/desk/me/notifications'

/** /desk/me/notifications: what an agent is told of, and how. */
export function addNotificationRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get(page, (req, res) => show(deps, req, res))

  router.post(page, parseForm, csrf, async (req, res) => {
    const { toldOf = '', byMail = '', quietFrom = '', quietUntil = '' } = readForm(req)
    const values = { toldOf, byMail, quietFrom, quietUntil }
    const agent = agentOf(res)
    try {
      const { actor } = authorOf(agent)
      await changeNotifications(deps, {
        shopId: agent.shopId,
        agentId: agent.id,
        actor,
        ...values,
        byMail: byMail === 'on',
      })
      res.redirect(303, `${page}?saved=true`)
    } catch (error) {
      await show(deps, req, res, { values, wrong: refusedForm(error).wrong })
    }
  })
}

async function show(
  deps: HttpDeps,
  req: Request,
  res: Response,
  refused?: { values: Record<string, string>; wrong: string[] },
): Promise<void> {
  const agent = agentOf(res)
  const values = refused?.values ?? (await storedValues(deps, { shopId: agent.shopId, agentId: agent.id }))
  if (refused) res.status(422)
  res.send(
    renderNotificationsPage({
      ...deskFrame(deps, res),
      saved: queryText(req, 'saved') === 'true' && !refused,
      byMail: deps.takesMail,
      form: { action: page, values, wrong: refused?.wrong ?? [], open: true },
    }),
  )
}

async function storedValues(
  deps: HttpDeps,
  of: { shopId: bigint; agentId: bigint },
): Promise<Record<string, string>> {
  const { byMail, ...texts } = await readNotifications(deps, of)
  return { ...texts, byMail: byMail ? 'on' : '' }
}
