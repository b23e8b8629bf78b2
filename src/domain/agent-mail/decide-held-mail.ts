import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { findActingAgent } from './find-acting-agent.ts'
import { type KeptFile, type OrderDone, performOrder } from './perform-order.ts'
import { readOrder } from './read-order.ts'

/**
 * Sends what a held mail says, in the name of the agent who decides, or discards it; once. Refuses: not_found, invalid, and as
 * performOrder does; then it goes on waiting.
 */
export async function decideHeldMail(
  deps: Pick<Deps, 'db' | 'clock' | 'mail' | 'texting' | 'wakeWorkers'>,
  input: { shopId: bigint; ticketId: bigint; heldId: bigint; by: bigint; decision: 'sent' | 'discarded' },
): Promise<OrderDone | undefined> {
  const { shopId, ticketId, heldId, by } = input
  const [held] = await deps.db.query<{ mailId: bigint; text: string; files: KeptFile[] }>(
    'held-mail',
    `select mail_id as "mailId", wanted ->> 'text' as text, attachments as files from held_mail
     where shop_id = $1 and ticket_id = $2 and id = $3 and decision is null`,
    [shopId, ticketId, heldId],
  )
  if (!held) return refuse({ code: 'not_found', what: 'message' })
  const settle = async (sql: Sql) => {
    await sql.query(
      'decide-held-mail',
      `update held_mail set decision = $3, decided_at = $4, decided_by = $5
       where shop_id = $1 and id = $2 and decision is null`,
      [shopId, heldId, input.decision, deps.clock.now(), `agent:${by}`],
    )
  }
  if (input.decision === 'discarded') {
    await deps.db.transaction(settle)
    return undefined
  }
  const agent = await findActingAgent(deps.db, { shopId, ticketId, agentId: by })
  if (!agent) return refuse({ code: 'not_found', what: 'agent' })
  const read = readOrder(held.text)
  if ('problem' in read) return refuseField('body', read.problem)
  return performOrder(deps, {
    shopId,
    ticketId,
    agent,
    order: read.order,
    // Of the mail and not of who decides, so that two who press the button at once send it once.
    key: `held:${held.mailId}`,
    attachments: held.files,
    settle,
  })
}
