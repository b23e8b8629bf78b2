import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import type { TicketReview, TicketView } from '../../../domain/tickets/get-ticket.ts'
import type { TicketGrant } from '../../../domain/tickets/ticket-grants.ts'
import type { TicketListRow } from '../../../domain/tickets/ticket-row.ts'
import { credits, id, orNull, time } from '../fields.ts'
import { balanceJson, toBalanceJson } from './credits.ts'
import { messageJson, toMessageJson } from './message.ts'

export const ticketStatus = z.enum(['open', 'waiting', 'snoozed', 'closed', 'spam'])

const orderId = z.string().meta({ description: "The shop's order id.", example: '731' })

const grantOnTicket = z
  .object({
    id,
    name: z.string(),
    source: z.string(),
    order: z.string().nullable().meta({ description: "The shop's order number." }),
    entitled: credits,
    consumed: credits,
    held: credits,
    remainder: credits,
    expiresAt: time.nullable(),
    frozen: z.boolean(),
  })
  .meta({ id: 'TicketGrant' })

const reviewOnTicket = z
  .object({
    id,
    kind: z.string(),
    order: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'TicketReview', description: 'Something that a supervisor must decide.' })

const assigneeJson = orNull(z.object({ id, name: z.string() })).meta({ description: 'Whose it is.' })
const dueTime = time
  .nullable()
  .meta({ description: 'By when the first answer was promised; null when nothing was, or it was given.' })
const mergedInto = id.nullable().meta({ description: 'The ticket that this one went into.' })

type OnDesk = Pick<
  TicketListRow,
  'tags' | 'assignee' | 'waitingSince' | 'dueAt' | 'snoozedUntil' | 'mergedInto'
>

function toDeskJson(row: OnDesk) {
  return {
    tags: row.tags,
    assignee: row.assignee ? { id: String(row.assignee.id), name: row.assignee.name } : null,
    waitingSince: row.waitingSince?.toISOString() ?? null,
    dueAt: row.dueAt?.toISOString() ?? null,
    snoozedUntil: row.snoozedUntil?.toISOString() ?? null,
    mergedInto: row.mergedInto === undefined ? null : String(row.mergedInto),
  }
}

export const ticketJson = z
  .object({
    id,
    number: z.number().int(),
    subject: z.string(),
    status: ticketStatus,
    customer: z.object({
      id,
      name: z.string(),
      company: z.string(),
      locale: z.string(),
      email: z.string().nullable().meta({ description: 'Where replies by e-mail go.' }),
      phone: z.string().nullable().meta({ description: 'Where replies by SMS go; E.164.' }),
      emails: z.array(z.string()),
      phones: z.array(z.string()),
    }),
    requester: z.object({ id, name: z.string() }).nullable().meta({
      description: 'The contact who asks and is answered; null: the customer, or nobody in particular.',
    }),
    order: z.object({ id: orderId, number: z.string() }).nullable(),
    balance: balanceJson,
    tally: z.object({
      email: z.number().int(),
      sms: z.number().int(),
      whatsapp: z.number().int(),
      portal: z.number().int(),
      videoSeconds: z.number().int(),
      workMinutes: z.number().int(),
    }),
    tags: z.array(z.string()),
    assignee: assigneeJson,
    waitingSince: time.nullable().meta({ description: 'Since when the customer waits for an answer.' }),
    dueAt: dueTime,
    firstResponseAt: time.nullable(),
    snoozedUntil: time.nullable(),
    mergedInto,
    openSessionId: id.nullable(),
    lastMessageId: id.nullable().meta({ description: 'Give it as lastSeenMessageId with a reply.' }),
    messages: z
      .array(messageJson)
      .meta({ description: 'Oldest first; the newest 300, or those before `before`.' }),
    olderBefore: id
      .nullable()
      .meta({ description: 'Ask again with ?before= for older messages; null when all are here.' }),
    grants: z.array(grantOnTicket),
    reviews: z.array(reviewOnTicket),
    createdAt: time,
    activityAt: time,
  })
  .meta({ id: 'Ticket' })

export function toTicketJson(ticket: TicketView): z.input<typeof ticketJson> {
  const { customer } = ticket
  return {
    id: String(ticket.id),
    number: ticket.number,
    subject: ticket.subject,
    status: ticket.status,
    customer: {
      id: String(customer.id),
      name: customer.name,
      company: customer.company,
      locale: customer.locale,
      email: ticket.replyEmail ?? customer.emails[0] ?? null,
      phone: ticket.replyPhone ?? customer.phones[0] ?? null,
      emails: customer.emails,
      phones: customer.phones,
    },
    requester: ticket.requester ? { id: String(ticket.requester.id), name: ticket.requester.name } : null,
    order: ticket.order ? { id: ticket.order.externalId, number: ticket.order.number } : null,
    balance: toBalanceJson(ticket.balance),
    tally: ticket.tally,
    ...toDeskJson(ticket),
    firstResponseAt: ticket.firstResponseAt?.toISOString() ?? null,
    openSessionId: ticket.openSessionId === undefined ? null : String(ticket.openSessionId),
    lastMessageId: ticket.lastMessageId === 0n ? null : String(ticket.lastMessageId),
    messages: ticket.messages.map(toMessageJson),
    olderBefore: ticket.olderBefore === undefined ? null : String(ticket.olderBefore),
    grants: ticket.grants.map(toGrantJson),
    reviews: ticket.reviews.map(toReviewJson),
    createdAt: ticket.createdAt.toISOString(),
    activityAt: ticket.activityAt.toISOString(),
  }
}

function toGrantJson(grant: TicketGrant): z.input<typeof grantOnTicket> {
  return {
    id: String(grant.id),
    name: grant.name,
    source: grant.source,
    order: grant.orderNumber ?? null,
    entitled: toCredits(grant.entitled),
    consumed: toCredits(grant.consumed),
    held: toCredits(grant.held),
    remainder: toCredits(grant.remainder),
    expiresAt: grant.expiresAt?.toISOString() ?? null,
    frozen: grant.frozen,
  }
}

function toReviewJson(review: TicketReview): z.input<typeof reviewOnTicket> {
  return { id: review.id, kind: review.kind, order: review.orderNumber ?? null, data: review.data }
}

export const ticketRowJson = z
  .object({
    id,
    number: z.number().int(),
    subject: z.string(),
    status: ticketStatus,
    customer: z.object({ id, name: z.string() }),
    order: z.object({ id: orderId }).nullable(),
    preview: z.string().meta({ description: 'Beginning of the last message.' }),
    lastChannel: z.string(),
    tags: z.array(z.string()),
    assignee: assigneeJson,
    waitingSince: time.nullable().meta({ description: 'Since when the customer waits for an answer.' }),
    dueAt: dueTime,
    snoozedUntil: time.nullable(),
    mergedInto,
    available: credits.meta({ description: "Available on the customer's account." }),
    createdAt: time,
    activityAt: time,
  })
  .meta({ id: 'TicketRow' })

export function toTicketRowJson(row: TicketListRow): z.input<typeof ticketRowJson> {
  return {
    id: String(row.id),
    number: row.number,
    subject: row.subject,
    status: row.status,
    customer: { id: String(row.customerId), name: row.customerName },
    order: row.orderExternalId === undefined ? null : { id: row.orderExternalId },
    preview: row.preview,
    lastChannel: row.lastChannel,
    ...toDeskJson(row),
    available: toCredits(row.availableUnits),
    createdAt: row.createdAt.toISOString(),
    activityAt: row.activityAt.toISOString(),
  }
}
