import type { Sql } from '../../db/database.ts'
import type { Balance } from '../credits/balance.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { addNote } from '../tickets/add-note.ts'
import { assignTicket } from '../tickets/assign-ticket.ts'
import { countWaivers } from '../tickets/count-waivers.ts'
import { logWork } from '../tickets/log-work.ts'
import { replyToTicket } from '../tickets/reply-to-ticket.ts'
import { setTicketStatus } from '../tickets/set-status.ts'
import type { AgentOrder } from './read-order.ts'

export type OrderDeps = Pick<Deps, 'db' | 'clock' | 'mail' | 'texting' | 'wakeWorkers'>

/** In whose name something is done. */
export interface ActingAgent {
  id: bigint
  name: string
  role: 'agent' | 'supervisor' | 'owner'
  /** How many replies a day a simple agent may send at no charge. */
  waiversPerDay: number
  timezone: string
}

export interface OrderOnTicket {
  shopId: bigint
  ticketId: bigint
  agent: ActingAgent
  order: AgentOrder
  /** Of the mail: done again with the same key, nothing is done twice. */
  key: string
  attachments: KeptFile[]
  /** Records in the same commit that it is done, where what is done knows no key by itself. */
  settle(sql: Sql): Promise<void>
}

export interface KeptFile {
  name: string
  mediaType: string
  size: number
  blob: string
}

export interface OrderDone {
  units: bigint
  balance?: Balance
}

/**
 * Does what an agent's mail asks for, by the same functions as the desk: same price, same limits. Charges first, so that a ticket
 * is not closed without its answer. Throws Refused as they do; besides `waive_not_allowed`.
 */
export async function performOrder(deps: OrderDeps, input: OrderOnTicket): Promise<OrderDone> {
  const { order } = input
  if (order.waive !== undefined) await requireWaiver(deps, input)
  // Before anything is charged: a mistyped name should not cost an answer.
  if (order.assign !== undefined) await assignTicket(deps, { ...input, to: order.assign })
  const done = await perform(deps, input)
  if (order.close) await setTicketStatus(deps, { ...input, status: 'closed' })
  return done
}

async function perform(deps: OrderDeps, input: OrderOnTicket): Promise<OrderDone> {
  const { shopId, ticketId, order, key } = input
  const agent = { id: input.agent.id, name: input.agent.name, actor: `agent:${input.agent.id}` }
  const waive = order.waive === undefined ? {} : { waive: { reason: order.waive } }
  switch (order.act) {
    case 'reply': {
      const { charge, balance } = await replyToTicket(deps, {
        shopId,
        ticketId,
        channel: 'email',
        body: order.body,
        idempotencyKey: key,
        agent,
        ...waive,
        ...(input.attachments.length > 0 && { attachments: input.attachments }),
      })
      await deps.db.transaction(input.settle)
      return { units: charge.units, balance }
    }
    case 'work': {
      const { charge, balance } = await logWork(deps, {
        shopId,
        ticketId,
        minutes: order.minutes ?? 0,
        body: order.body,
        idempotencyKey: key,
        agent,
        ...waive,
      })
      await deps.db.transaction(input.settle)
      return { units: charge.units, balance }
    }
    case 'note':
      await deps.db.transaction(async (sql) => {
        await addNote({ db: sql, clock: deps.clock }, { shopId, ticketId, body: order.body, agent })
        await input.settle(sql)
      })
      return { units: 0n }
    case 'nothing':
      await deps.db.transaction(input.settle)
      return { units: 0n }
  }
}

/** Rule 9: sending at no charge is limited by role; an agent has a number of replies a day. */
async function requireWaiver(deps: OrderDeps, { shopId, agent }: OrderOnTicket): Promise<void> {
  if (agent.role !== 'agent') return
  const sent = await countWaivers(deps, { shopId, id: agent.id, timezone: agent.timezone })
  if (sent >= agent.waiversPerDay) refuse({ code: 'waive_not_allowed' })
}
