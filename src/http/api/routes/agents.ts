import { z } from 'zod'
import { activateAgent, changeAgent, deactivateAgent } from '../../../domain/agents/change-agent.ts'
import { type HandedLink, inviteAgent, inviteAgentAgain } from '../../../domain/agents/invite-agent.ts'
import { listAgents } from '../../../domain/agents/list-agents.ts'
import { roles } from '../../../domain/agents/roles.ts'
import type { Deps } from '../../../domain/deps.ts'
import { refuse } from '../../../domain/refusal.ts'
import { toId } from '../../ids.ts'
import { actorOf } from '../author.ts'
import { filledText, id, text, time } from '../fields.ts'
import { apiRoute } from '../route.ts'

const role = z.enum(roles).meta({
  description:
    'agent: answers; supervisor: also adjusts, merges, waives without limit, reads reports; owner: also sets the shop up.',
})

const agentJson = z
  .object({
    id,
    name: z.string().meta({ description: 'Customers read it.' }),
    email: z.string(),
    role,
    active: z.boolean().meta({ description: 'Whether they work for the shop now.' }),
    hasPassword: z
      .boolean()
      .meta({ description: 'False for somebody who was invited and has not come yet.' }),
    hasSecondFactor: z.boolean(),
    openTickets: z.int(),
    seenAt: time.nullable().meta({ description: 'Last seen; null when they are signed in nowhere.' }),
    createdAt: time,
  })
  .meta({ id: 'Agent' })

const link = z.object({ url: z.string(), hours: z.int() }).nullable().meta({
  description:
    'Null: it was mailed. Where mail is not configured, the link that lets them choose a password; shown only here, works once.',
})

type Listed = Awaited<ReturnType<typeof listAgents>>[number]
const toJson = (agent: Listed): z.input<typeof agentJson> => ({
  id: String(agent.id),
  name: agent.name,
  email: agent.email,
  role: agent.role,
  active: agent.deactivatedAt === null,
  hasPassword: agent.hasPassword,
  hasSecondFactor: agent.hasSecondFactor,
  openTickets: agent.openTickets,
  seenAt: agent.seenAt?.toISOString() ?? null,
  createdAt: agent.createdAt.toISOString(),
})

async function oneOf(
  deps: Pick<Deps, 'db'>,
  shopId: bigint,
  agentId: bigint,
): Promise<z.input<typeof agentJson>> {
  const found = (await listAgents(deps, { shopId })).find((agent) => agent.id === agentId)
  return found ? toJson(found) : refuse({ code: 'not_found', what: 'agent' })
}

const invitedBy = filledText(100).meta({
  description: 'Who invites, as the mail names them.',
  example: 'Maja Kos',
})
const linkOf = (handed: HandedLink | undefined) => handed ?? null

export const listAgentsRoute = apiRoute({
  method: 'get',
  path: '/agents',
  summary: 'Who works for the shop, and who did.',
  scope: 'administer',
  status: 200,
  answer: z.object({ data: z.array(agentJson), next: z.null().meta({ description: 'There is one page.' }) }),
  problems: [],
  async handle(deps, { caller }) {
    return { data: (await listAgents(deps, { shopId: caller.shopId })).map(toJson), next: null }
  },
})

export const inviteAgentRoute = apiRoute({
  method: 'post',
  path: '/agents',
  summary: 'Lets somebody work for the shop and mails them a link to choose their password.',
  scope: 'administer',
  body: z.object({ email: text(320), name: text(200), role: text(20), invitedBy }),
  example: { email: 'luka@shop.example', name: 'Luka', role: 'agent', invitedBy: 'Maja Kos' },
  status: 201,
  answer: z.object({ agent: agentJson, link }),
  problems: [409, 422],
  async handle(deps, { caller, body }) {
    const { shopId } = caller
    const { invitedBy: by, ...agent } = body
    const made = await inviteAgent(deps, { ...agent, shopId, actor: actorOf(caller), by })
    return { agent: await oneOf(deps, shopId, BigInt(made.id)), link: linkOf(made.link) }
  },
})

export const inviteAgentAgainRoute = apiRoute({
  method: 'post',
  path: '/agents/{id}/invitation',
  summary:
    'Sends the link again, at most three times an hour; to somebody with a password, one to choose another.',
  scope: 'administer',
  body: z.object({ invitedBy }),
  example: { invitedBy: 'Maja Kos' },
  status: 200,
  answer: z.object({ agent: agentJson, link }),
  problems: [404, 422],
  async handle(deps, { caller, ids, body }) {
    const named = { shopId: caller.shopId, agentId: ids.id }
    const told = await inviteAgentAgain(deps, { ...named, actor: actorOf(caller), by: body.invitedBy })
    return { agent: await oneOf(deps, caller.shopId, ids.id), link: linkOf(told.link) }
  },
})

export const changeAgentRoute = apiRoute({
  method: 'post',
  path: '/agents/{id}',
  summary: 'Changes name or role, what is given of them. A change of role signs them out everywhere.',
  scope: 'administer',
  body: z.object({ name: text(200).optional(), role: text(20).optional() }),
  example: { role: 'supervisor' },
  status: 200,
  answer: agentJson,
  problems: [404, 409, 422],
  async handle(deps, { caller, ids, body: { name, role: wanted } }) {
    await changeAgent(deps, {
      ...{ shopId: caller.shopId, agentId: ids.id, actor: actorOf(caller) },
      ...(name !== undefined && { name }),
      ...(wanted !== undefined && { role: wanted }),
    })
    return await oneOf(deps, caller.shopId, ids.id)
  },
})

export const deactivateAgentRoute = apiRoute({
  method: 'post',
  path: '/agents/{id}/deactivate',
  summary:
    "Ends their work: signed out at once, links void; their open tickets go to a colleague, or become nobody's.",
  scope: 'administer',
  body: z.object({
    heirId: text(20).optional().meta({ description: 'The id of who takes their open tickets.' }),
  }),
  example: {},
  status: 200,
  answer: z.object({ agent: agentJson, tickets: z.int().meta({ description: 'How many went on.' }) }),
  problems: [404, 409],
  async handle(deps, { caller, ids, body: { heirId } }) {
    const named = { shopId: caller.shopId, agentId: ids.id, actor: actorOf(caller) }
    const { tickets } = await deactivateAgent(deps, {
      ...named,
      ...(heirId !== undefined && { to: toId(heirId) }),
    })
    return { agent: await oneOf(deps, caller.shopId, ids.id), tickets }
  },
})

export const activateAgentRoute = apiRoute({
  method: 'post',
  path: '/agents/{id}/activate',
  summary: 'Lets them work again, with the role they had; their password still opens.',
  scope: 'administer',
  status: 200,
  answer: agentJson,
  problems: [404],
  async handle(deps, { caller, ids }) {
    await activateAgent(deps, { shopId: caller.shopId, agentId: ids.id, actor: actorOf(caller) })
    return await oneOf(deps, caller.shopId, ids.id)
  },
})
