import { retryTransaction } from '../../db/retry-transaction.ts'
import { normalPhone } from '../customers/normal-phone.ts'
import { resolveCustomer } from '../customers/resolve-customer.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { problemOfBody, type ReplyChannel } from './message-text.ts'

export interface NewTicket {
  shopId: bigint
  customer: { email: string; name?: string; phone?: string; locale?: string }
  subject: string
  body: string
  channel: ReplyChannel
}

/**
 * A ticket that begins with a customer's question instead of an order. The customer is the one of that e-mail, made when there
 * is none; credits are not touched. Refuses: invalid.
 */
export async function createTicket(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: NewTicket,
): Promise<{ ticketId: bigint; number: number }> {
  const email = input.customer.email.trim().toLowerCase()
  const phone = readPhone(input)
  const problem = problemOfBody(input.body, 'portal')
  if (problem) refuse({ code: 'invalid', fields: [problem] })
  const subject = input.subject.trim()
  if (subject === '') refuse({ code: 'invalid', fields: [{ field: 'subject', message: 'write a subject' }] })
  const locale = readLocale(input.customer.locale)
  return retryTransaction(deps.db, async (sql) => {
    const at = deps.clock.now()
    const name = input.customer.name?.trim() || email
    const customerId = await resolveCustomer(sql, {
      shopId: input.shopId,
      person: { email, name, company: '', phone: phone ?? '', country: '' },
      locale,
      at,
    })
    const [ticket] = await sql.query<{ id: bigint; number: number }>(
      'create-ticket',
      `insert into ticket (shop_id, number, customer_id, subject, reply_email, reply_phone, activity_at, created_at)
       values ($1, next_ticket_number($1), $2, $3, $4, $5, $6, $6) returning id, number`,
      [input.shopId, customerId, subject, email, phone ?? null, at],
    )
    if (!ticket) throw new Error('creating a ticket returned nothing')
    await sql.query(
      'first-message',
      `with asked as (
         insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, address, state, created_at)
         values ($1, $2, 'inbound', $3, 'customer', $4, $5, $6, 'received', $7) returning id)
       update ticket set last_message_id = asked.id, last_channel = $3, preview = left($5, 140) from asked
       where shop_id = $1 and ticket.id = $2`,
      [
        input.shopId,
        ticket.id,
        input.channel,
        name,
        input.body,
        input.channel === 'sms' ? (phone ?? null) : email,
        at,
      ],
    )
    return { ticketId: ticket.id, number: ticket.number }
  })
}

function readPhone(input: NewTicket): string | undefined {
  if (!input.customer.phone) return undefined
  const phone = normalPhone(input.customer.phone, '')
  if (phone) return phone
  const message = 'give the number with its country code, such as +38640123456'
  return refuse({ code: 'invalid', fields: [{ field: 'customer.phone', message }] })
}

/** Any language may be stored; what is written to the customer falls back to English until its words exist. */
function readLocale(typed: string | undefined): string {
  if (!typed) return 'en'
  try {
    return new Intl.Locale(typed).baseName
  } catch {
    return refuse({
      code: 'invalid',
      fields: [{ field: 'customer.locale', message: 'give a language such as sl or de-AT' }],
    })
  }
}
