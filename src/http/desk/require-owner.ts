import type { NextFunction, Request, Response } from 'express'
import { refuse } from '../../domain/refusal.ts'
import { agentOf } from '../middleware/require-agent.ts'

/** Lets owners pass: they set the shop up. Stands after requireAgent. Refuses: role_too_low. */
export function requireOwner(_req: Request, res: Response, next: NextFunction): void {
  if (agentOf(res).role !== 'owner') refuse({ code: 'role_too_low', role: 'owner' })
  next()
}
