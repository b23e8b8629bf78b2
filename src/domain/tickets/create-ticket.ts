import type { Sql } from '../../db/database.ts'
import { retryTransaction } from '../../db/retry-transaction.ts'
import { queueAgentNews } from '../agent-mail/notify-agents.ts'
import { type AddressMatch, findByAddress } from '../customers/find-by-address.ts'
import { normalPhone } from '../customers/normal-phone.ts'
import { type CustomerToResolve, resolveCustomer } from '../customers/resolve-customer.ts'
import type { Deps } from '../deps.ts'
import { refuse, refuseField } from '../refusal.ts'
import { problemOfBody, type ReplyChannel } from './message-text.ts'

export interface NewTicket {
  shopId: bigint
  customer: {
    email: string
    name?: string
    phone?: string
    locale?: string
    /** On whose account, for an e-mail that may write on several. */
    id?: bigint
  }
  subject: string
  body: string
  channel: ReplyChannel
}

/**
 * A ticket that begins with a customer's question instead of an order; credits are not touched. The customer is the one of that
 * e-mail, else the one on whose account its holder may write, else a new one. Refuses: invalid, ambiguous_contact.
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
    const typedName = input.customer.name?.trim()
    const asker =
      (await findAsker(sql, { shopId: input.shopId, email, customerId: input.customer.id })) ??
      (await resolveBuyer(sql, {
        shopId: input.shopId,
        person: { email, name: typedName || email, company: '', phone: phone ?? '', country: '' },
        locale,
        at,
      }))
    const name = typedName || asker.name
    const [ticket] = await sql.query<{ id: bigint; number: number }>(
      'create-ticket',
      `insert into ticket (shop_id, number, customer_id, subject, reply_email, reply_phone, activity_at, created_at, requester_id)
       values ($1, next_ticket_number($1), $2, $3, $4, $5, $6, $6, $7) returning id, number`,
      [input.shopId, asker.customerId, subject, email, phone ?? null, at, asker.contactId],
    )
    if (!ticket) throw new Error('creating a ticket returned nothing')
    const [asked] = await sql.query<{ id: bigint }>(
      'first-message',
      `with asked as (
         insert into message (shop_id, ticket_id, direction, channel, author_kind, author_name, body, address, state, created_at, contact_id)
         values ($1, $2, 'inbound', $3, 'customer', $4, $5, $6, 'received', $7, $8) returning id)
       update ticket set last_message_id = asked.id, last_channel = $3, preview = left($5, 140) from asked
       where shop_id = $1 and ticket.id = $2 returning asked.id`,
      [
        input.shopId,
        ticket.id,
        input.channel,
        name,
        input.body,
        input.channel === 'sms' ? (phone ?? null) : email,
        at,
        asker.contactId,
      ],
    )
    await queueAgentNews(sql, { shopId: input.shopId, ticketId: ticket.id, messageId: asked?.id ?? 0n })
    return { ticketId: ticket.id, number: ticket.number }
  })
}

interface Asker {
  customerId: bigint
  contactId: bigint
  name: string
}

/**
 * On whose account the holder of an e-mail asks as an authorised contact. Undefined when it is a customer's own address, also that
 * of a guest whom it makes; several accounts are for the caller to choose from (src/domain/customers/README.md).
 */
async function findAsker(
  sql: Sql,
  of: { shopId: bigint; email: string; customerId: bigint | undefined },
): Promise<Asker | undefined> {
  const { shopId, email, customerId } = of
  const matches = await findByAddress(sql, { shopId, kind: 'email', value: email })
  if (customerId !== undefined) {
    const chosen = matches.find((match) => match.customerId === customerId)
    if (chosen) return toAsker(chosen)
    return refuseField(
      'customer.id',
      'give a customer on whose account this e-mail may write, or leave it out',
    )
  }
  const [first, ...more] = matches
  if (!first || matches.some((match) => match.buyer)) return undefined
  if (more.length === 0) return toAsker(first)
  return refuse({
    code: 'ambiguous_contact',
    customerIds: matches.map((match) => String(match.customerId)),
  })
}

function toAsker(match: AddressMatch): Asker {
  return { customerId: match.customerId, contactId: match.contactId, name: match.contactName }
}

async function resolveBuyer(sql: Sql, input: CustomerToResolve): Promise<Asker> {
  const customerId = await resolveCustomer(sql, input)
  const [buyer] = await sql.query<{ id: bigint }>(
    'buyer-of',
    'select id from authorised_contact where shop_id = $1 and customer_id = $2 and buyer',
    [input.shopId, customerId],
  )
  if (!buyer) throw new Error('a customer has no buyer')
  return { customerId, contactId: buyer.id, name: input.person.name }
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
