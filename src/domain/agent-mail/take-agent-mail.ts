import type { Sql } from '../../db/database.ts'
import { enqueueJob } from '../enqueue.ts'
import { fingerprintOf } from '../mail/fingerprint.ts'
import type { MailDeps, PendingMail } from '../mail/pending-mail.ts'
import { settleMail } from '../mail/settle-mail.ts'
import { Refused } from '../refusal.ts'
import type { AgentAddress } from '../secrets/links.ts'
import { describeRefusal } from './describe-refusal.ts'
import { findActingAgent } from './find-acting-agent.ts'
import { holdMail, type WhyHeld } from './hold-mail.ts'
import { type KeptFile, performOrder } from './perform-order.ts'
import { readOrder } from './read-order.ts'

/**
 * A mail to the address that one agent was given for one ticket. It spends a customer's credits, so it is acted on only when the
 * token is ours, the sender is that agent and the sender's domain is proven. Anything else waits on the ticket for a person.
 */
export async function takeAgentMail(deps: MailDeps, mail: PendingMail, address: AgentAddress): Promise<void> {
  const agent = await findActingAgent(deps.db, address)
  if (!agent) {
    await settleMail(deps.db, { ...outcomeOf(mail, deps.clock.now()), state: 'held', verdict: 'agent_gone' })
    return
  }
  const files = await keepFiles(deps, mail)
  const read = readOrder(mail.read.answer)
  const hold = (why: WhyHeld, detail: string) =>
    holdMail(deps, { mail, address, agentEmail: agent.email, why, detail, text: mail.read.answer, files })
  const doubt = await doubtOf(deps, mail, agent.email)
  if (doubt) return hold(doubt.why, doubt.detail)
  if ('problem' in read) return hold('command', read.problem)
  const key = `mail:${address.agentId}:${fingerprintOf(mail.read)}`
  try {
    const settle = (sql: Sql) =>
      settleMail(sql, {
        ...outcomeOf(mail, deps.clock.now()),
        state: 'processed',
        verdict: 'agent_answer',
        shopId: address.shopId,
        ticketId: address.ticketId,
      })
    const done = await performOrder(deps, {
      ...address,
      agent,
      order: read.order,
      key,
      attachments: files,
      async settle(sql) {
        await settle(sql)
        if (read.order.act === 'nothing') return
        await enqueueJob(sql, 'send_receipt', {
          shopId: String(address.shopId),
          ticketId: String(address.ticketId),
          agentId: String(address.agentId),
          mailId: String(mail.mailId),
          outcome: 'done',
          act: read.order.act,
        })
      },
    })
    deps.log.info(
      { shopId: address.shopId, ticketId: address.ticketId, agentId: address.agentId, units: done.units },
      'an agent answered by mail',
    )
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    // What is wrong with the mail itself is mended by another one; the rest may pass, and then it can be sent as it is.
    const why = error.refusal.code === 'invalid' ? 'command' : 'refused'
    return hold(why, describeRefusal(error.refusal))
  }
  deps.wakeWorkers()
}

/** Why the sender is not believed; undefined when token, sender and authentication agree. */
async function doubtOf(
  deps: MailDeps,
  mail: PendingMail,
  email: string,
): Promise<{ why: 'sender' | 'authentication'; detail: string } | undefined> {
  const sender = mail.read.from?.address ?? ''
  if (sender !== email) return { why: 'sender', detail: sender }
  const proof = await deps.mailProof.prove({
    raw: mail.raw,
    domain: sender.slice(sender.lastIndexOf('@') + 1),
    ...(mail.peer && { peer: mail.peer }),
    ...(mail.envelopeFrom !== null && { envelopeFrom: mail.envelopeFrom }),
  })
  return proof.result === 'pass' ? undefined : { why: 'authentication', detail: proof.detail }
}

function outcomeOf(mail: PendingMail, at: Date) {
  return {
    mailId: mail.mailId,
    ...(mail.read.from && { sender: mail.read.from.address }),
    subject: mail.read.subject,
    at,
  }
}

/** Before anything names them: bytes that no row names harm nobody. Pictures of a signature are left out. */
async function keepFiles(deps: MailDeps, mail: PendingMail): Promise<KeptFile[]> {
  const files: KeptFile[] = []
  for (const { name, mediaType, content, inline } of mail.read.parts) {
    if (inline) continue
    files.push({ name, mediaType, size: content.length, blob: await deps.blobs.put(content) })
  }
  return files
}
