import type { JobPayload } from '../../jobs/catalog.ts'
import { renderAgentFailure } from '../../words/agent-mail.ts'
import { wordsFor } from '../../words/words.ts'
import { enqueueJob } from '../enqueue.ts'
import { quoteTicket } from '../tickets/quote-ticket.ts'
import { endOfQuiet } from './notify-agents.ts'
import { readerOf, sendToAgent, type TellDeps } from './tell-agent.ts'

interface Failed {
  agentId: bigint
  reason: string
  address: string
  givenBack: boolean
  quietFrom: number | null
  quietUntil: number | null
  timezone: string
}

/**
 * Mails whoever wrote an answer that it could not be delivered, why, and whether its credits went back; for an answer of nobody
 * in particular whose the ticket is. Not those who want no mail, and not within their quiet hours. Throws TryLater after a
 * temporary failure.
 */
export async function tellFailure(
  deps: TellDeps,
  input: JobPayload<'tell_failure'> & { lastTry: boolean },
): Promise<void> {
  const { shopId, ticketId, messageId } = input
  const [failed] = await deps.db.query<Failed>(
    'failed-answer',
    `select a.id as "agentId", coalesce(m.error, '') as reason, coalesce(m.address, '') as address,
       m.units > 0 and m.reversed_at is not null as "givenBack", a.quiet_from as "quietFrom", a.quiet_until as "quietUntil", s.timezone
     from message m
     join ticket t on t.shop_id = m.shop_id and t.id = m.ticket_id
     join shop s on s.id = m.shop_id
     join agent a on a.shop_id = m.shop_id and a.id = coalesce(m.author_id, t.assignee_id) and a.told_of <> 'none'
     where m.shop_id = $1 and m.ticket_id = $2 and m.id = $3 and m.state = 'failed' and m.undone_at is null
       and m.author_kind = 'agent' and m.template is null`,
    [BigInt(shopId), BigInt(ticketId), BigInt(messageId)],
  )
  if (!failed) return
  const runAt = endOfQuiet(failed, deps.clock.now())
  if (runAt) {
    await enqueueJob(deps.db, 'tell_failure', { shopId, ticketId, messageId }, { runAt })
    return
  }
  const agentId = String(failed.agentId)
  const reader = await readerOf(deps, { shopId, ticketId, agentId, messageId })
  if (!reader) return
  const quote = await quoteTicket(deps, {
    shopId: BigInt(shopId),
    ticketId: BigInt(ticketId),
    channel: 'email',
    body: '',
  })
  const rendered = renderAgentFailure(wordsFor(reader.locale), {
    shopName: reader.shopName,
    agentName: reader.agentName,
    customerName: reader.customerName,
    ticketNumber: reader.number,
    subject: reader.subject,
    availableUnits: quote.balance.available,
    deskUrl: `${deps.publicUrl}/desk/tickets/${ticketId}`,
    address: failed.address,
    reason: failed.reason,
    givenBack: failed.givenBack,
    body: reader.body ?? '',
  })
  const id = `agent-failure-${shopId}-${messageId}`
  await sendToAgent(deps, { shopId, ticketId, agentId, lastTry: input.lastTry }, reader, rendered, id)
}
