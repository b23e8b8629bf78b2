import type { NextFunction, Request, Response } from 'express'
import type { Deps } from '../../domain/deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'

/** What scripts send while a person writes changes nothing that others see. */
const unseen = /\/(quote|writing|draft|files|saved-replies)(\/|$)/

/**
 * After each form of the desk that was accepted, the open pages of the shop are told, so an act needs no line of its own for that. The
 * ticket is the one in the address; a form without one may have changed any.
 */
export function tellAfterForms(deps: Pick<Deps, 'tellDesk'>) {
  return (req: Request, res: Response, next: NextFunction): void => {
    if (req.method === 'POST' && !unseen.test(req.path)) {
      const { shopId } = agentOf(res)
      const ticketId = toId(/^\/tickets\/(\d+)(?:\/|$)/.exec(req.path)?.[1])
      res.once('finish', () => {
        if (res.statusCode < 400) deps.tellDesk(shopId, ticketId === 0n ? undefined : ticketId)
      })
    }
    next()
  }
}
