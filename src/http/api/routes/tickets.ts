import { z } from 'zod'
import { findAgent } from '../../../domain/agents/find-agent.ts'
import type { Deps } from '../../../domain/deps.ts'
import { refuseField } from '../../../domain/refusal.ts'
import { readTags } from '../../../domain/tickets/acts/tags.ts'
import { createTicket } from '../../../domain/tickets/create-ticket.ts'
import { getTicket } from '../../../domain/tickets/get-ticket.ts'
import { listTickets } from '../../../domain/tickets/list-tickets.ts'
import { searchFilters } from '../../../domain/tickets/search/read-search.ts'
import { ticketViews } from '../../../domain/tickets/views.ts'
import { toId } from '../../ids.ts'
import { readTimeCursor, writeCursor } from '../cursor.ts'
import { filledText, id, listQuery, pageOf, text } from '../fields.ts'
import { ticketJson, ticketRowJson, ticketStatus, toTicketJson, toTicketRowJson } from '../json/ticket.ts'
import { apiRoute } from '../route.ts'

export const listTicketsRoute = apiRoute({
  method: 'get',
  path: '/tickets',
  summary: 'Tickets, the last active first. What is given together must all be so.',
  scope: 'read',
  query: listQuery.extend({
    view: z.enum(ticketViews).optional().meta({
      description:
        'As on the desk. `mine` wants an `assignee`, whose it then is; `due` goes by the promised time, the next first.',
    }),
    status: ticketStatus.optional(),
    customer: text(40).optional().meta({ description: "A customer's id." }),
    order: text(100).optional().meta({ description: "The shop's order id." }),
    tag: text(100).optional().meta({ description: 'One tag, as it is written on the ticket.' }),
    assignee: text(320)
      .optional()
      .meta({ description: "An agent's e-mail or id; `none`: nobody's.", example: 'ana@shop.example' }),
    q: text(200)
      .optional()
      .meta({
        description: `Words of subject, messages, names, e-mails, phones, order numbers and tags, by their beginnings and without accents; and filters: ${searchFilters.join(', ')}. With words, or a tag, the newest tickets come first.`,
      }),
  }),
  status: 200,
  answer: pageOf(ticketRowJson),
  problems: [422],
  async handle(deps, { caller, query }) {
    const after = readTimeCursor(query.cursor)
    const customerId = query.customer === undefined ? undefined : toId(query.customer)
    if (customerId === 0n) return { data: [], next: null }
    const assigneeId = await readAssignee(deps, caller.shopId, query.assignee)
    if (query.view === 'mine' && !assigneeId) {
      return refuseField('assignee', 'give whose the view is: the e-mail or the id of an agent')
    }
    const tag = query.tag === undefined ? undefined : readTag(query.tag)
    const page = await listTickets(deps, {
      shopId: caller.shopId,
      limit: query.limit,
      ...(query.view && { view: query.view }),
      ...(query.view === 'mine' && assigneeId && { agentId: assigneeId }),
      ...(assigneeId !== undefined && { assigneeId }),
      ...(tag !== undefined && { tag }),
      ...(query.status && { status: query.status }),
      ...(customerId === undefined ? {} : { customerId }),
      ...(query.order && { order: query.order }),
      ...(query.q && { q: query.q }),
      ...(after && { after }),
    })
    return {
      data: page.rows.map(toTicketRowJson),
      next: page.next ? writeCursor(page.next.at, page.next.id) : null,
    }
  },
})

/** Refuses: invalid (tag). */
function readTag(typed: string): string {
  const [tag, ...more] = readTags([typed], 'tag')
  return tag === undefined || more.length > 0 ? refuseField('tag', 'give one tag') : tag
}

/** Refuses: invalid (assignee). */
async function readAssignee(
  deps: Pick<Deps, 'db'>,
  shopId: bigint,
  named: string | undefined,
): Promise<bigint | null | undefined> {
  if (named === undefined) return undefined
  if (named.trim().toLowerCase() === 'none') return null
  const agent = await findAgent(deps, { shopId, agent: named })
  if (!agent) {
    return refuseField('assignee', 'give the e-mail or the id of an agent of this shop, or "none"')
  }
  return agent.id
}

export const getTicketRoute = apiRoute({
  method: 'get',
  path: '/tickets/{id}',
  summary: "A ticket with its conversation, tally and the customer's balance.",
  scope: 'read',
  query: z.object({ before: id.optional().meta({ description: 'Messages older than this one.' }) }),
  status: 200,
  answer: ticketJson,
  problems: [404, 422],
  async handle(deps, { caller, ids, query }) {
    return toTicketJson(
      await getTicket(deps, {
        shopId: caller.shopId,
        ticketId: ids.id,
        ...(query.before === undefined ? {} : { before: toId(query.before) }),
      }),
    )
  },
})

export const createTicketRoute = apiRoute({
  method: 'post',
  path: '/tickets',
  summary: 'Opens a ticket with a first message of a customer or an authorised contact. Charges nothing.',
  scope: 'write',
  body: z.object({
    customer: z.object({
      id: id.nullish().meta({
        description: 'On whose account, when the e-mail may write on several (ambiguous_contact).',
      }),
      email: z.email().max(254),
      name: text(200).nullish(),
      phone: text(40).nullish().meta({ description: 'With the country: +386 40 123 456.' }),
      locale: z
        .string()
        .regex(/^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/, {
          message: 'give a language such as "en" or "sl-SI"',
        })
        .nullish(),
    }),
    subject: filledText(300),
    body: filledText(100_000),
    channel: z.enum(['email', 'sms', 'portal']).meta({ description: 'How the customer wrote.' }),
  }),
  example: {
    customer: { email: 'mojca@example.com', name: 'Mojca Novak', phone: '+38640123456', locale: 'sl' },
    subject: 'The printer is offline',
    body: 'Since this morning nothing prints.',
    channel: 'email',
  },
  status: 201,
  answer: ticketJson,
  problems: [409, 422],
  async handle(deps, { caller, body }) {
    const { id: customerId, email, name, phone, locale } = body.customer
    const { ticketId } = await createTicket(deps, {
      shopId: caller.shopId,
      customer: {
        email,
        ...(name && { name }),
        ...(phone && { phone }),
        ...(locale && { locale }),
        ...(customerId && { id: toId(customerId) }),
      },
      subject: body.subject,
      body: body.body,
      channel: body.channel,
    })
    return toTicketJson(await getTicket(deps, { shopId: caller.shopId, ticketId }))
  },
})
