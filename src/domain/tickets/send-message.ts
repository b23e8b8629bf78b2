import { uniqueViolation } from '../../db/database.ts'
import type { SendOutcome } from '../../ports/outcome.ts'
import type { TextState } from '../../ports/texting.ts'
import type { Deps } from '../deps.ts'
import { failMessage } from './fail-message.ts'
import { claimOutgoing, loadInterrupted, type MessageKey, type Outgoing } from './load-outgoing.ts'
import { putOff } from './put-off.ts'
import { renderOutgoingMail, renderOutgoingText } from './render-outgoing.ts'

type SendDeps = Pick<
  Deps,
  | 'db'
  | 'clock'
  | 'log'
  | 'keyring'
  | 'blobs'
  | 'mail'
  | 'takesMail'
  | 'texting'
  | 'publicUrl'
  | 'mailFrom'
  | 'mailDomain'
>

/** After so long an answer is of no use any more, and the customer's credits should not wait for a server that is down. */
const giveUpMs = 24 * 60 * 60 * 1000

/** The provider certainly did not take a mail that is no message of a ticket; the queue tries again later. */
export class TryLater extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'TryLater'
  }
}

/**
 * Hands one queued message to its provider: claim, commit, call, record. A crash between the provider's answer and the record
 * leaves it `sending`; the next attempt then looks it up at the provider, or marks it `unknown` for a person. It is never
 * blindly sent again. After a temporary failure it is queued again, later each time; a day after it was written that becomes a
 * failure, which gives the credits back.
 */
export async function sendMessage(deps: SendDeps, input: MessageKey & { lastTry: boolean }): Promise<void> {
  const outgoing = await claimOutgoing(deps.db, input, deps.clock.now())
  if (!outgoing) {
    const interrupted = await loadInterrupted(deps.db, input, deps.clock.now())
    if (interrupted) await settleInterrupted(deps, interrupted)
    return
  }
  const outcome = await send(deps, outgoing)
  const tooLate = deps.clock.now().getTime() - outgoing.createdAt.getTime() > giveUpMs
  await recordOutcome(deps, outgoing, outcome, input.lastTry || tooLate)
}

async function send(deps: SendDeps, outgoing: Outgoing): Promise<SendOutcome> {
  let handOver: () => Promise<SendOutcome>
  try {
    handOver = await prepare(deps, outgoing)
  } catch (error) {
    // Nothing was handed over yet. Left as `sending` it would be shown to a person as perhaps sent.
    deps.log.error({ messageId: outgoing.messageId, error }, 'a message could not be written')
    return { kind: 'temporary', reason: error instanceof Error ? error.message : String(error) }
  }
  return handOver()
}

async function prepare(deps: SendDeps, outgoing: Outgoing): Promise<() => Promise<SendOutcome>> {
  if (outgoing.channel === 'email') {
    const mail = await renderOutgoingMail(deps, outgoing)
    return () => deps.mail.send(mail)
  }
  const text = await textOf(deps, outgoing)
  return () => deps.texting.send(text)
}

async function textOf(deps: SendDeps, outgoing: Outgoing) {
  return {
    shopId: String(outgoing.shopId),
    to: outgoing.address,
    body: await renderOutgoingText(deps, outgoing),
    // Comes back in the status callback's address; the ticket's id makes the message findable by its key.
    messageId: `${outgoing.ticketId}-${outgoing.messageId}`,
  }
}

async function recordOutcome(
  deps: SendDeps,
  outgoing: Outgoing,
  outcome: SendOutcome,
  lastTry: boolean,
): Promise<void> {
  switch (outcome.kind) {
    case 'accepted':
      return recordAccepted(deps, outgoing, outcome.providerId, 'sent')
    case 'rejected':
      return failMessage(deps, outgoing, outcome.reason)
    case 'unknown':
      return recordUnknown(deps, outgoing, outcome.reason)
    case 'temporary':
      if (lastTry) return failMessage(deps, outgoing, outcome.reason)
      return putOff(deps, outgoing, outcome)
  }
}

// Also over `unknown`: what another attempt could not find out, this one knows.
async function recordAccepted(
  deps: SendDeps,
  outgoing: MessageKey,
  providerId: string,
  state: 'sent' | 'delivered',
): Promise<void> {
  await deps.db.query(
    'record-accepted',
    `update message set state = $4, provider_id = $5, settled_at = $6, error = null
     where shop_id = $1 and ticket_id = $2 and id = $3 and state in ('sending', 'unknown')`,
    [outgoing.shopId, outgoing.ticketId, outgoing.messageId, state, providerId, deps.clock.now()],
  )
}

async function recordUnknown(deps: SendDeps, outgoing: MessageKey, reason: string): Promise<void> {
  deps.log.warn({ shopId: outgoing.shopId, messageId: outgoing.messageId, reason }, 'send of unknown outcome')
  await deps.db.query(
    'record-unknown',
    `update message set state = 'unknown', error = $4 where shop_id = $1 and ticket_id = $2 and id = $3 and state = 'sending'`,
    [outgoing.shopId, outgoing.ticketId, outgoing.messageId, reason],
  )
}

async function settleInterrupted(deps: SendDeps, outgoing: Outgoing): Promise<void> {
  const found =
    outgoing.channel === 'sms'
      ? await deps.texting.find(await textOf(deps, outgoing), outgoing.claimedAt)
      : undefined
  if (!found) return recordUnknown(deps, outgoing, 'interrupted')
  const state = found.state === 'delivered' ? 'delivered' : 'sent'
  try {
    await recordAccepted(deps, outgoing, found.providerId, state)
  } catch (error) {
    if (uniqueViolation(error) !== 'message_provider_id') throw error
    // It is an earlier text of the same words, recorded already.
    return recordUnknown(deps, outgoing, 'interrupted')
  }
  if (isFailure(found.state)) await failMessage(deps, outgoing, found.state)
}

function isFailure(state: TextState): boolean {
  return state === 'failed' || state === 'undelivered'
}
