import type { Request, RequestHandler, Response, Router } from 'express'
import {
  activateAgent,
  changeAgent,
  deactivateAgent,
  resetSecondFactor,
} from '../../../domain/agents/change-agent.ts'
import { inviteAgent, inviteAgentAgain } from '../../../domain/agents/invite-agent.ts'
import { listAgents } from '../../../domain/agents/list-agents.ts'
import { requireSecondFactor } from '../../../domain/agents/require-second-factor.ts'
import { isRole } from '../../../domain/agents/roles.ts'
import { Refused, refuseField } from '../../../domain/refusal.ts'
import { readAccount } from '../../../domain/sign-in/read-account.ts'
import { renderAgentsPage } from '../../../web/setup/agents.tsx'
import { type AgentsPageProps, agentsDone } from '../../../web/setup/agents-props.ts'
import type { HttpDeps } from '../../http-deps.ts'
import { toId } from '../../ids.ts'
import { agentOf } from '../../middleware/require-agent.ts'
import { parseForm, queryText, readForm } from '../../pages/form.ts'
import { authorOf, deskFrame } from '../desk-frame.ts'
import { ownOf } from '../me/own.ts'

const page = '/desk/setup/agents'

/** /desk/setup/agents: who works for the shop. Stands behind requireOwner. */
export function addAgentsRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get(page, (req, res) => {
    const done = agentsDone.find((one) => one === queryText(req, 'done'))
    const openId = queryText(req, 'open')
    return sendAgents(deps, res, { ...(done && { done }), ...(openId !== undefined && { openId }) })
  })

  router.post(page, parseForm, csrf, async (req, res) => {
    const { email = '', name = '', role = '' } = readForm(req)
    try {
      const by = agentOf(res).name
      const { id, link } = await inviteAgent(deps, { ...actOf(res), email, name, role, by })
      // The page that answers is the only one that ever shows the link.
      if (link) return await sendAgents(deps, res, { link: { ...link, agentId: id, kind: 'invitation' } })
      res.redirect(303, `${page}?done=invited#a-${id}`)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      const { refusal } = error
      const taken = refusal.code === 'agent_exists'
      if (!taken && refusal.code !== 'invalid') throw error
      const wrong = taken ? ['email'] : refusal.fields.map(({ field }) => field)
      const values = { email, name, role: isRole(role) ? role : ('agent' as const) }
      res.status(taken ? 409 : 422)
      await sendAgents(deps, res, { invite: { values, wrong, taken } })
    }
  })

  router.post(`${page}/second-factor`, parseForm, csrf, async (req, res) => {
    const required = readForm(req).required === 'yes'
    await requireSecondFactor(deps, { ...actOf(res), required })
    res.redirect(303, `${page}?done=${required ? 'required' : 'allowed'}`)
  })

  router.post(`${page}/:id`, parseForm, csrf, (req, res) => act(deps, req, res))
}

/** Who does it, and to which shop. */
export function actOf(res: Response): { shopId: bigint; actor: string } {
  const agent = agentOf(res)
  return { shopId: agent.shopId, actor: authorOf(agent).actor }
}

async function act(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const form = readForm(req)
  const agentId = toId(req.params.id)
  const named = { ...actOf(res), agentId }
  try {
    if (form.act === 'invite') return await invite()
    const done = await perform()
    res.redirect(303, `${page}?done=${done}#a-${agentId}`)
  } catch (error) {
    const problem = problemOf(error)
    res.status(problem === 'tries' ? 429 : problem === 'name' ? 422 : 409)
    await sendAgents(deps, res, { problem, openId: String(agentId) })
  }

  async function invite(): Promise<void> {
    const { news, link } = await inviteAgentAgain(deps, { ...named, by: agentOf(res).name })
    const kind = news === 'invitation' ? 'invitation' : 'password'
    if (link) return sendAgents(deps, res, { link: { ...link, agentId: String(agentId), kind } })
    res.redirect(303, `${page}?done=${kind === 'invitation' ? 'again' : 'password'}#a-${agentId}`)
  }

  async function perform(): Promise<(typeof agentsDone)[number]> {
    switch (form.act) {
      case 'change':
        await changeAgent(deps, { ...named, name: form.name ?? '', role: form.role ?? '' })
        return 'changed'
      case 'reset':
        await resetSecondFactor(deps, named)
        return 'reset'
      case 'deactivate':
        await deactivateAgent(deps, { ...named, ...(form.to && { to: toId(form.to) }) })
        return 'gone'
      case 'activate':
        await activateAgent(deps, named)
        return 'back'
      default:
        return refuseField('act', 'give change, invite, reset, deactivate or activate')
    }
  }
}

function problemOf(error: unknown): NonNullable<AgentsPageProps['problem']> {
  if (error instanceof Refused) {
    const { refusal } = error
    if (refusal.code === 'last_owner') return 'lastOwner'
    if (refusal.code === 'too_many_tries') return 'tries'
    if (refusal.code === 'invalid' && refusal.fields.some(({ field }) => field === 'name')) return 'name'
  }
  throw error
}

async function sendAgents(
  deps: HttpDeps,
  res: Response,
  state: Partial<Pick<AgentsPageProps, 'done' | 'problem' | 'openId' | 'invite' | 'link'>>,
): Promise<void> {
  const { shopId, id } = agentOf(res)
  const [agents, { secondFactorRequired }] = await Promise.all([
    listAgents(deps, { shopId }),
    readAccount(deps, ownOf(res)),
  ])
  res.send(
    renderAgentsPage({
      ...deskFrame(deps, res),
      agents: agents.map(({ deactivatedAt, seenAt, createdAt: _, ...agent }) => ({
        ...agent,
        id: String(agent.id),
        self: agent.id === id,
        gone: deactivatedAt !== null,
        ...(seenAt && { seenAt }),
      })),
      required: secondFactorRequired,
      noMail: !deps.mail.configured,
      invite: { values: { email: '', name: '', role: 'agent' }, wrong: [], taken: false },
      ...state,
    }),
  )
}
