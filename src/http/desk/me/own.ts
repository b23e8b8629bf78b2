import type { Response } from 'express'
import { agentOf } from '../../middleware/require-agent.ts'

/** Whose account a page of /desk/me is about: always the reader's own. */
export function ownOf(res: Response): { shopId: bigint; agentId: bigint } {
  const { shopId, id: agentId } = agentOf(res)
  return { shopId, agentId }
}
