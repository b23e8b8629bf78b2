import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import type { BalanceJson } from '../credits/balance.ts'
import { refuseCharge } from '../credits/refuse-charge.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { closeIfTimedOut } from './close-timed-out-sessions.ts'
import { holdMilliseconds } from './hold-deadline.ts'
import { queueSessionMessage } from './queue-session-message.ts'
import { roomLinks } from './room-links.ts'

type OpenDeps = Pick<Deps, 'db' | 'clock' | 'keyring' | 'publicUrl' | 'wakeWorkers'>

export interface OpenSessionInput {
  shopId: bigint
  ticketId: bigint
  kind: 'video'
  agent: { id?: bigint; name: string }
  /** Who did it, for the ledger. */
  actor: string
}

/** Addresses are absolute; each is a key to its side's presence, so the customer's goes to the customer only. */
export interface OpenedSession {
  sessionId: string
  agentUrl: string
  customerUrl: string
  agentSocket: string
  customerSocket: string
}

type OpenAnswer =
  | { code: 'ok'; sessionId: string }
  | { code: 'ticket_not_found' }
  | { code: 'session_open'; sessionId: string }
  | { code: 'insufficient_credits' | 'channel_not_covered'; price: number | null; balance: BalanceJson }

/**
 * Opens a metered session on a ticket, holds its first step (rule 11) and queues the customer's invitation, in one
 * transaction. The grant that pays first sets the price of the whole session.
 *
 * Refuses: not_found, session_open, insufficient_credits, channel_not_covered.
 */
export async function openSession(deps: OpenDeps, input: OpenSessionInput): Promise<OpenedSession> {
  let answer = await openOnce(deps, input)
  if (answer.code === 'session_open') {
    // One that timed out only waits for the sweep; nobody should have to wait with it.
    const sessionId = BigInt(answer.sessionId)
    if (await closeIfTimedOut(deps, { shopId: input.shopId, sessionId })) answer = await openOnce(deps, input)
  }
  if (answer.code !== 'ok') return refuseOpening(deps, input, answer)
  deps.wakeWorkers()
  const pass = { shopId: input.shopId, sessionId: BigInt(answer.sessionId) }
  const agent = roomLinks(deps, { ...pass, side: 'agent' })
  const customer = roomLinks(deps, { ...pass, side: 'customer' })
  return {
    sessionId: answer.sessionId,
    agentUrl: agent.url,
    customerUrl: customer.url,
    agentSocket: agent.socket,
    customerSocket: customer.socket,
  }
}

function openOnce(deps: OpenDeps, input: OpenSessionInput): Promise<OpenAnswer> {
  const at = deps.clock.now()
  return retryTransaction(deps.db, async (sql) => {
    const answer = await askToOpen(sql, input, at)
    if (answer.code === 'ok') {
      await queueSessionMessage(sql, {
        shopId: input.shopId,
        ticketId: input.ticketId,
        sessionId: BigInt(answer.sessionId),
        template: 'session-invitation',
        at,
      })
    }
    return answer
  })
}

async function askToOpen(sql: Sql, input: OpenSessionInput, at: Date): Promise<OpenAnswer> {
  const [row] = await sql.query<{ answer: OpenAnswer }>(
    'open-session',
    'select open_session($1, $2, $3, $4, $5, $6, $7, $8) as answer',
    [
      input.shopId,
      input.ticketId,
      input.kind,
      input.agent.id ?? null,
      input.actor,
      input.agent.name,
      new Date(at.getTime() + holdMilliseconds),
      at,
    ],
  )
  if (!row) throw new Error('open_session gave no row')
  return row.answer
}

async function refuseOpening(
  deps: Pick<Deps, 'db'>,
  input: OpenSessionInput,
  answer: Exclude<OpenAnswer, { code: 'ok' }>,
): Promise<never> {
  switch (answer.code) {
    case 'ticket_not_found':
      return refuse({ code: 'not_found', what: 'ticket' })
    case 'session_open':
      return refuse({ code: 'session_open', sessionId: answer.sessionId })
    case 'channel_not_covered':
    case 'insufficient_credits':
      return refuseCharge(deps.db, { shopId: input.shopId, channel: input.kind, quantity: null }, answer)
  }
}
