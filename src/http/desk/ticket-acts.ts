import express, { type Request, type Response } from 'express'
import { findAgent } from '../../domain/agents/find-agent.ts'
import { refuseField } from '../../domain/refusal.ts'
import { actOnTickets } from '../../domain/tickets/acts/act-on-tickets.ts'
import { mergeTickets } from '../../domain/tickets/acts/merge-tickets.ts'
import { findSpamRest, markSpamRest } from '../../domain/tickets/acts/spam-rest.ts'
import type { TicketActDone, TicketActInput } from '../../domain/tickets/acts/ticket-act.ts'
import { undoTicketAct } from '../../domain/tickets/acts/undo-ticket-act.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { pathText, readForm } from '../pages/form.ts'
import { authorOf } from './desk-frame.ts'
import { backHref } from './list-place.ts'
import { refusedPart } from './notice.ts'
import { snoozeUntil } from './snooze-until.ts'

/** The form around a list: a box for each row. */
export const parseActs = express.urlencoded({ extended: false, limit: '64kb', parameterLimit: 300 })

/** POST of an act on one ticket or on those that are ticked; back to where it came from, which says what was done, or why nothing was. */
export async function ticketActsForm(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const form = readForm(req)
  const [kind, from] = [form.act ?? '', form.from ?? '']
  try {
    const { said, to } = await act(deps, req, res)
    res.redirect(303, backHref(req, from, { done: said }, to))
  } catch (error) {
    res.redirect(303, backHref(req, from, { refused: refusedPart(kind, error) }))
  }
}

/** What was done, as the address says it, and where to see it when that is not where it came from. */
async function act(deps: HttpDeps, req: Request, res: Response): Promise<{ said: string; to?: bigint }> {
  const agent = agentOf(res)
  const form = readForm(req)
  const ticketIds = idsIn(req.body)
  const base = { shopId: agent.shopId, by: authorOf(agent) }
  const kind = form.act ?? ''
  const done: TicketActDone =
    kind === 'merge'
      ? await mergeTickets(deps, { ...base, ...partsOf(ticketIds, form.into ?? '') })
      : await actOnTickets(deps, { ...base, ticketIds, act: await readAct(deps, res, form) })
  const rest = kind === 'spam' && done.actId ? await findSpamRest(deps, { ...base, actId: done.actId }) : []
  return {
    said: `${kind}-${done.changed.length}-${done.actId ?? 0}-${rest.length}`,
    ...(kind === 'merge' && form.from?.startsWith('ticket:') && { to: targetOf(ticketIds, form.into ?? '') }),
  }
}

/** POST /desk/acts/:id/rest: the other tickets of the senders whom this act marked as spam. */
export async function markRestForm(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  const { changed, actId } = await markSpamRest(deps, {
    shopId: agent.shopId,
    actId: toId(pathText(req, 'id')),
    by: authorOf(agent),
  })
  res.redirect(303, backHref(req, readForm(req).from ?? '', { done: `spam-${changed.length}-${actId ?? 0}` }))
}

/** POST /desk/acts/:id/undo */
export async function undoActForm(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const agent = agentOf(res)
  const { restored, left } = await undoTicketAct(deps, {
    shopId: agent.shopId,
    actId: toId(pathText(req, 'id')),
    by: authorOf(agent),
  })
  const said = `undone-${restored.length}-0-${left.length}`
  res.redirect(303, backHref(req, readForm(req).from ?? '', { done: said }))
}

function idsIn(body: unknown): bigint[] {
  const given: unknown = typeof body === 'object' && body !== null && 'ticket' in body ? body.ticket : []
  return (Array.isArray(given) ? given : [given]).map(toId).filter((id) => id !== 0n)
}

/** Into the ticket that is named, else all into the oldest of them. */
function partsOf(ticketIds: bigint[], into: string): { sourceIds: bigint[]; targetId: bigint } {
  const targetId = targetOf(ticketIds, into)
  return { targetId, sourceIds: ticketIds }
}

function targetOf(ticketIds: bigint[], into: string): bigint {
  if (into !== '') return toId(into)
  return [...ticketIds].sort((a, b) => (a < b ? -1 : 1))[0] ?? 0n
}

async function readAct(deps: HttpDeps, res: Response, form: Record<string, string>): Promise<TicketActInput> {
  const agent = agentOf(res)
  switch (form.act) {
    case 'take':
      return { kind: 'assign', agentId: agent.id }
    case 'assign': {
      if (!form.agent) return { kind: 'assign', agentId: null }
      const chosen = await findAgent(deps, { shopId: agent.shopId, agent: form.agent })
      if (!chosen) return refuseField('agent', 'choose an agent of this shop')
      return { kind: 'assign', agentId: chosen.id }
    }
    case 'tag':
      return { kind: 'tag', add: [form.tags ?? ''], remove: [] }
    case 'untag':
      return { kind: 'tag', add: [], remove: [form.tags ?? ''] }
    case 'snooze':
      return {
        kind: 'snooze',
        until: snoozeUntil(form.until ?? '', form.day, deps.clock.now(), agent.timezone),
      }
    case 'wake':
    case 'spam':
    case 'not_spam':
    case 'close':
    case 'reopen':
      return { kind: form.act }
    default:
      return refuseField('act', 'choose one of the acts of the page')
  }
}
