import { createSession } from 'better-sse'
import type { Request, Response } from 'express'
import { findLogin } from '../../domain/agents/find-login.ts'
import type { Reader } from '../../domain/live/hub.ts'
import { requireTicket } from '../../domain/tickets/require-ticket.ts'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { agentOf, loginTokenOf } from '../middleware/require-agent.ts'
import { pathText, queryText } from '../pages/form.ts'

/** Proxies close a connection on which nothing is said for a minute. */
const keepAliveMs = 15_000
/** A login that was ended elsewhere must not go on listening. */
const askLoginMs = 60_000

/** GET /desk/events?ticket=…&age=… or ?news=1: what happens in the agent's shop, while the page is open (src/domain/live/README.md). */
export async function streamEvents(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  // A stream that never ends is no answer to whoever asks for a page.
  if (req.accepts(['html', 'text/event-stream']) !== 'text/event-stream')
    return refuseRequest({ code: 'bad_request' })
  const age = Number(queryText(req, 'age') ?? Number.NaN)
  const reader = {
    ...(await readerOf(deps, res, queryText(req, 'ticket'))),
    ...(queryText(req, 'news') === '1' && { tells: true }),
    ...(age >= 0 && { age }),
  }
  const token = loginTokenOf(res)
  if (deps.live.closed.aborted || req.destroyed) {
    res.status(503).end()
    return
  }
  const stream = await createSession(req, res, { keepAlive: keepAliveMs })
  const page = deps.live.join(reader, ({ kind, ...data }) => {
    if (stream.isConnected) stream.push(data, kind)
  })
  const end = () => res.end()
  const ask = setInterval(() => {
    findLogin(deps, token).then(
      (agent) => agent ?? end(),
      // The database is away; whoever waits here is told by the page.
      () => undefined,
    )
  }, askLoginMs)
  deps.live.closed.addEventListener('abort', end)
  const leave = () => {
    clearInterval(ask)
    deps.live.closed.removeEventListener('abort', end)
    page.leave()
  }
  stream.once('disconnected', leave)
  if (!stream.isConnected) leave()
}

/** POST /desk/tickets/:id/writing: the agent touched the keys, or stopped. */
export async function tellWriting(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const body: unknown = req.body
  const on = typeof body === 'object' && body !== null && 'writing' in body && body.writing === true
  const reader = await readerOf(deps, res, pathText(req, 'id'))
  if (reader.ticketId !== undefined) deps.live.write({ ...reader, ticketId: reader.ticketId }, on)
  res.status(204).end()
}

/** Refuses: not_found, for a ticket that is not the shop's. */
async function readerOf(deps: HttpDeps, res: Response, ticket: string | undefined): Promise<Reader> {
  const agent = agentOf(res)
  const reader = { shopId: agent.shopId, agentId: agent.id, agentName: agent.name }
  if (ticket === undefined) return reader
  const ticketId = toId(ticket)
  await requireTicket(deps, { shopId: agent.shopId, ticketId })
  return { ...reader, ticketId }
}
