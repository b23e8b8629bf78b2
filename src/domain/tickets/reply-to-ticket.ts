import { askAgain } from '../../db/ask-again.ts'
import type { Database, Sql } from '../../db/database.ts'
import { makeGather } from '../../db/gather.ts'
import {
  type Balance,
  type BalanceJson,
  type Charge,
  type ChargeJson,
  readBalance,
  readCharge,
} from '../credits/balance.ts'
import { priceByRateCard } from '../credits/price-of.ts'
import { refuseCharge } from '../credits/refuse-charge.ts'
import type { Deps } from '../deps.ts'
import { hashInput } from '../hash-input.ts'
import { refuse } from '../refusal.ts'
import { addAttachments } from './add-attachments.ts'
import { problemOfBody, type ReplyChannel, segmentsOf } from './message-text.ts'

export interface ReplyInput {
  shopId: bigint
  ticketId: bigint
  channel: ReplyChannel
  body: string
  /** Chosen by the caller; a repeat with the same key and input is answered as the first time and charged once. */
  idempotencyKey: string
  agent: { id?: bigint; name: string; actor: string }
  /** Sent at no charge; the reason is kept and shown. The caller has checked that the agent may. */
  waive?: { reason: string }
  /** The newest message that the agent has seen. Something newer stops the reply. */
  lastSeenMessageId?: bigint
  /** Kept in the blob store already; they go out with an e-mail and stand on the private page. */
  attachments?: ReplyAttachment[]
}

export interface ReplyAttachment {
  name: string
  mediaType: string
  /** In bytes. */
  size: number
  blob: string
}

export interface ReplyResult {
  messageId: bigint
  state: 'queued' | 'delivered'
  charge: Charge
  /** What the reply would have cost, when it was waived. */
  waivedUnits?: bigint
  balance: Balance
  createdAt: Date
  /** True when the key was used before with the same input. */
  replayed: boolean
}

type ReplyAnswer =
  | {
      code: 'ok'
      messageId: string
      state: 'queued' | 'delivered'
      charge: ChargeJson
      waivedUnits: number | null
      balance: BalanceJson
      createdAt: string
      replayed?: true
    }
  | { code: 'insufficient_credits' | 'channel_not_covered'; price: number | null; balance: BalanceJson }
  | { code: 'stale_conversation'; lastMessageId: string }
  | { code: 'ticket_not_found' | 'idempotency_conflict' | 'contact_missing' }

const statement =
  'select reply_to_tickets($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) as answers'

/**
 * An agent's answer to the customer: the message, its charge and its send job are one statement and one commit; a job hands
 * it to the provider, and a failed send gives the credits back. Nothing is written when it is refused.
 *
 * Refuses: invalid (body), channel_not_configured, not_found, contact_missing, insufficient_credits, channel_not_covered,
 * stale_conversation, idempotency_conflict.
 */
export async function replyToTicket(
  deps: Pick<Deps, 'db' | 'clock' | 'mail' | 'texting' | 'wakeWorkers'>,
  input: ReplyInput,
): Promise<ReplyResult> {
  const problem = problemOfBody(input.body, input.channel)
  if (problem) refuse({ code: 'invalid', fields: [problem] })
  if (
    (input.channel === 'email' && !deps.mail.configured) ||
    (input.channel === 'sms' && !deps.texting.configured)
  ) {
    refuse({ code: 'channel_not_configured', channel: input.channel })
  }
  if (input.channel === 'sms' && input.attachments?.length) {
    const message = 'an SMS carries no files; answer by e-mail or on the private page, or leave them out'
    refuse({ code: 'invalid', fields: [{ field: 'attachments', message }] })
  }
  const segments = input.channel === 'sms' ? segmentsOf(input.body) : null
  const values = [
    input.shopId,
    input.ticketId,
    input.channel,
    segments ?? 1,
    segments,
    input.body,
    input.idempotencyKey,
    hashInput(
      input.ticketId,
      input.channel,
      input.body,
      input.waive?.reason ?? null,
      input.agent.actor,
      ...(input.attachments ?? []).map(({ name, blob }) => `${name}:${blob}`),
    ),
    input.agent.id ?? null,
    input.agent.actor,
    input.agent.name,
    input.waive?.reason ?? null,
    input.lastSeenMessageId ?? null,
    deps.clock.now(),
    // A customer without credits has no grant that names a price, and a waived reply must still show its worth (rule 9).
    input.waive ? await priceByRateCard(deps.db, { ...input, quantity: segments ?? 1 }) : null,
  ]
  const answer = await askAgain(() =>
    input.attachments?.length ? askWithFiles(deps.db, input, values) : askerOf(deps.db)(values),
  )
  if (answer.code === 'ok') {
    deps.wakeWorkers()
    return {
      messageId: BigInt(answer.messageId),
      state: answer.state,
      charge: readCharge(answer.charge),
      ...(answer.waivedUnits === null ? {} : { waivedUnits: BigInt(answer.waivedUnits) }),
      balance: readBalance(answer.balance),
      createdAt: new Date(answer.createdAt),
      replayed: answer.replayed ?? false,
    }
  }
  return refuseReply(deps, input, segments ?? 1, answer)
}

const askers = new WeakMap<Database, (values: unknown[]) => Promise<ReplyAnswer>>()

function askerOf(db: Database): (values: unknown[]) => Promise<ReplyAnswer> {
  const known = askers.get(db)
  if (known) return known
  const together = async (calls: unknown[][]): Promise<ReplyAnswer[]> => {
    const columns = Array.from({ length: calls[0]?.length ?? 0 }, (_, column) =>
      calls.map((values) => values[column]),
    )
    return askTogether(db, columns)
  }
  const asker = makeGather<unknown[], ReplyAnswer>({
    async alone(values) {
      const [answer] = await together([values])
      if (!answer) throw new Error('reply_to_tickets gave no answer')
      return answer
    },
    together,
  })
  askers.set(db, asker)
  return asker
}

/** One array for each parameter of a reply; the answers come in the order of the arrays. */
async function askTogether(sql: Sql, columns: unknown[][]): Promise<ReplyAnswer[]> {
  const [row] = await sql.query<{ answers: ReplyAnswer[] }>('reply-to-tickets', statement, columns)
  return row?.answers ?? []
}

/** With its files in the same commit, so that the send job, which sees neither before, finds both. */
async function askWithFiles(db: Database, input: ReplyInput, values: unknown[]): Promise<ReplyAnswer> {
  return db.transaction(async (sql) => {
    const [answer] = await askTogether(
      sql,
      values.map((value) => [value]),
    )
    if (!answer) throw new Error('reply_to_tickets gave no answer')
    if (answer.code === 'ok' && !answer.replayed) {
      await addAttachments(sql, input, BigInt(answer.messageId), input.attachments ?? [])
    }
    return answer
  })
}

async function refuseReply(
  deps: Pick<Deps, 'db'>,
  input: ReplyInput,
  quantity: number,
  answer: Exclude<ReplyAnswer, { code: 'ok' }>,
): Promise<never> {
  switch (answer.code) {
    case 'ticket_not_found':
      return refuse({ code: 'not_found', what: 'ticket' })
    case 'idempotency_conflict':
      return refuse({ code: 'idempotency_conflict' })
    case 'contact_missing':
      return refuse({ code: 'contact_missing', channel: input.channel })
    case 'stale_conversation':
      return refuse({ code: 'stale_conversation', lastMessageId: answer.lastMessageId })
    case 'channel_not_covered':
    case 'insufficient_credits':
      return refuseCharge(
        deps.db,
        { shopId: input.shopId, channel: input.channel, quantity: quantity },
        answer,
      )
  }
}
