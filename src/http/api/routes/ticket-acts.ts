import { z } from 'zod'
import { findAgent } from '../../../domain/agents/find-agent.ts'
import type { Deps } from '../../../domain/deps.ts'
import { refuse, refuseField } from '../../../domain/refusal.ts'
import { actOnTickets } from '../../../domain/tickets/acts/act-on-tickets.ts'
import { mergeTickets } from '../../../domain/tickets/acts/merge-tickets.ts'
import {
  mostTickets,
  type TicketActDone,
  type TicketActInput,
} from '../../../domain/tickets/acts/ticket-act.ts'
import { undoTicketAct } from '../../../domain/tickets/acts/undo-ticket-act.ts'
import { toId } from '../../ids.ts'
import { authorOf } from '../author.ts'
import { agentName, id, text, time } from '../fields.ts'
import { type ApiCaller, apiRoute } from '../route.ts'

const done = z
  .object({
    act: id
      .nullable()
      .meta({ description: 'For POST acts/{id}/undo within a day; null when nothing changed.' }),
    changed: z
      .array(id)
      .meta({ description: 'The tickets that changed; those that stood so already are left out.' }),
  })
  .meta({ id: 'TicketActDone' })

const to = agentName.meta({
  description: "An agent's e-mail or id; null: nobody's again.",
  example: 'ana@shop.example',
})
const tags = z.array(text(100)).max(20)

function toDone({ actId, changed }: TicketActDone): z.input<typeof done> {
  return { act: actId === undefined ? null : String(actId), changed: changed.map(String) }
}

interface Asked {
  caller: ApiCaller
  ticketIds: bigint[]
  agent: string | null | undefined
}

async function act(deps: Deps, asked: Asked, input: TicketActInput): Promise<z.input<typeof done>> {
  const { caller, ticketIds } = asked
  const by = await authorOf(deps, caller, asked.agent)
  return toDone(await actOnTickets(deps, { shopId: caller.shopId, ticketIds, act: input, by }))
}

async function agentTo(
  deps: Deps,
  caller: ApiCaller,
  named: string | null | undefined,
): Promise<bigint | null> {
  if (named === null || named === undefined) return null
  const found = await findAgent(deps, { shopId: caller.shopId, agent: named })
  return found?.id ?? refuseField('to', 'give the e-mail or the id of an agent of this shop, or null')
}

const common = { method: 'post', scope: 'write', status: 200, answer: done, problems: [404, 422] } as const
const byAgent = z.object({ agent: agentName })

export const assignRoute = apiRoute({
  ...common,
  path: '/tickets/{id}/assign',
  summary: "Gives a ticket to an agent, or makes it nobody's.",
  body: z.object({ to, agent: agentName }),
  example: { to: null },
  async handle(deps, { caller, ids, body }) {
    const agentId = await agentTo(deps, caller, body.to)
    return act(deps, { caller, ticketIds: [ids.id], agent: body.agent }, { kind: 'assign', agentId })
  },
})

export const tagRoute = apiRoute({
  ...common,
  path: '/tickets/{id}/tags',
  summary: 'Puts tags on a ticket and takes tags off.',
  body: z.object({ add: tags.nullish(), remove: tags.nullish(), agent: agentName }),
  example: { add: ['checkout'], remove: [] },
  handle: (deps, { caller, ids, body }) =>
    act(
      deps,
      { caller, ticketIds: [ids.id], agent: body.agent },
      { kind: 'tag', add: body.add ?? [], remove: body.remove ?? [] },
    ),
})

export const snoozeRoute = apiRoute({
  ...common,
  path: '/tickets/{id}/snooze',
  summary: 'Puts a ticket on hold. It comes back by itself then, or when the customer writes.',
  body: z.object({ until: time, agent: agentName }),
  example: { until: '2027-01-04T08:00:00.000Z' },
  handle: (deps, { caller, ids, body }) =>
    act(
      deps,
      { caller, ticketIds: [ids.id], agent: body.agent },
      { kind: 'snooze', until: new Date(body.until) },
    ),
})

function plainRoute<const Path extends `/tickets/{id}/${string}`>(
  path: Path,
  kind: 'wake' | 'spam' | 'not_spam' | 'close' | 'reopen',
  summary: string,
) {
  return apiRoute({
    ...common,
    path,
    summary,
    body: byAgent,
    example: {},
    handle: (deps, { caller, ids, body }) =>
      act(deps, { caller, ticketIds: [(ids as { id: bigint }).id], agent: body.agent }, { kind }),
  })
}

export const plainActRoutes = [
  plainRoute('/tickets/{id}/wake', 'wake', 'Brings a ticket back that is on hold.'),
  plainRoute(
    '/tickets/{id}/spam',
    'spam',
    "Marks a ticket as spam. New tickets by its sender's mails are spam too, until that is taken back.",
  ),
  plainRoute('/tickets/{id}/not-spam', 'not_spam', 'Takes back that a ticket, and its sender, is spam.'),
  plainRoute('/tickets/{id}/close', 'close', 'Closes a ticket. A new message of the customer reopens it.'),
  plainRoute('/tickets/{id}/reopen', 'reopen', 'Opens a closed or waiting ticket.'),
]

export const mergeTicketRoute = apiRoute({
  ...common,
  path: '/tickets/{id}/merge',
  summary:
    'Merges a ticket into another of the same customer. Charges nothing; what comes to either is told on the other.',
  body: z.object({ into: id, agent: agentName }),
  example: { into: '1042' },
  async handle(deps, { caller, ids, body }) {
    const by = await authorOf(deps, caller, body.agent)
    return toDone(
      await mergeTickets(deps, {
        shopId: caller.shopId,
        sourceIds: [ids.id],
        targetId: toId(body.into),
        by,
      }),
    )
  },
})

export const bulkActRoute = apiRoute({
  ...common,
  path: '/acts',
  summary: `Does one thing with up to ${mostTickets} tickets, to all or none.`,
  body: z.object({
    act: z.enum(['assign', 'tag', 'snooze', 'wake', 'spam', 'not_spam', 'close', 'reopen']),
    tickets: z.array(id).min(1).max(mostTickets),
    to: to.optional(),
    add: tags.nullish(),
    remove: tags.nullish(),
    until: time.nullish(),
    agent: agentName,
  }),
  example: { act: 'assign', tickets: ['1042', '1043'], to: null },
  async handle(deps, { caller, body }) {
    const asked = { caller, ticketIds: body.tickets.map(toId), agent: body.agent }
    switch (body.act) {
      case 'assign':
        return act(deps, asked, { kind: 'assign', agentId: await agentTo(deps, caller, body.to) })
      case 'tag':
        return act(deps, asked, { kind: 'tag', add: body.add ?? [], remove: body.remove ?? [] })
      case 'snooze':
        return act(deps, asked, { kind: 'snooze', until: new Date(body.until ?? Number.NaN) })
      default:
        return act(deps, asked, { kind: body.act })
    }
  },
})

export const undoActRoute = apiRoute({
  ...common,
  path: '/acts/{id}/undo',
  summary:
    'Puts the tickets of an act back as they were, but for those that changed since. Once, within a day.',
  body: byAgent,
  example: {},
  answer: z.object({
    restored: z.array(id),
    left: z.array(id).meta({ description: 'Changed since; they stay.' }),
  }),
  async handle(deps, { caller, ids, body }) {
    if (ids.id === 0n) return refuse({ code: 'not_found', what: 'act' })
    const by = await authorOf(deps, caller, body.agent)
    const { restored, left } = await undoTicketAct(deps, { shopId: caller.shopId, actId: ids.id, by })
    return { restored: restored.map(String), left: left.map(String) }
  },
})
