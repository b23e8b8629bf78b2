import { enqueueJob } from '../enqueue.ts'
import type { MailDeps, PendingMail } from '../mail/pending-mail.ts'
import { settleMail } from '../mail/settle-mail.ts'
import { addTicketEvents } from '../orders/open-ticket.ts'
import type { AgentAddress } from '../secrets/links.ts'
import type { KeptFile } from './perform-order.ts'

/**
 * sender: somebody else wrote to the agent's address. authentication: the sender is not proven. command: it is not clear what is
 * wanted. refused: it cannot be done as it is (the credits do not suffice, …).
 */
export type WhyHeld = 'sender' | 'authentication' | 'command' | 'refused'

/** Keeps what an agent's mail asks for on its ticket until a person decides, and tells the agent. Nothing is lost, nothing spent. */
export async function holdMail(
  deps: MailDeps,
  held: {
    mail: PendingMail
    address: AgentAddress
    /** Who is told: the agent in whose name it came, whoever sent it. */
    agentEmail: string
    why: WhyHeld
    detail: string
    text: string
    files: KeptFile[]
  },
): Promise<void> {
  const { mail, address, why, detail } = held
  const { shopId, ticketId, agentId } = address
  await deps.db.transaction(async (sql) => {
    const at = deps.clock.now()
    const sender = mail.read.from?.address ?? ''
    await sql.query(
      'hold-mail',
      `insert into held_mail (shop_id, ticket_id, agent_id, mail_id, why, sender, wanted, attachments, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (shop_id, mail_id) do nothing`,
      [
        shopId,
        ticketId,
        agentId,
        mail.mailId,
        why,
        sender,
        JSON.stringify({ text: held.text, detail }),
        JSON.stringify(held.files),
        at,
      ],
    )
    await addTicketEvents(sql, { shopId, ticketId, at }, [{ kind: 'mail_held', data: { from: sender, why } }])
    await settleMail(sql, {
      mailId: mail.mailId,
      state: 'held',
      verdict: 'agent_held',
      reason: detail,
      sender,
      subject: mail.read.subject,
      shopId,
      ticketId,
      at,
    })
    await enqueueJob(sql, 'send_receipt', {
      shopId: String(shopId),
      ticketId: String(ticketId),
      agentId: String(agentId),
      mailId: String(mail.mailId),
      outcome: 'held',
    })
  })
  deps.wakeWorkers()
}
