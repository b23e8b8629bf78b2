import { z } from 'zod'
import {
  type AuditLine,
  type AuditPage,
  auditAbouts,
  listAudit,
  listCustomerAudit,
} from '../../../domain/audit/list-audit.ts'
import { toCredits } from '../../../domain/credits/units.ts'
import { readIdCursor, writeCursor } from '../cursor.ts'
import { id, listQuery, pageOf, time } from '../fields.ts'
import { apiRoute } from '../route.ts'

const auditJson = z
  .object({
    id,
    action: z.string().meta({ example: 'adjust' }),
    actor: z.object({
      id: z.string().meta({
        description: 'agent:7, api:3 (the key), cli (the command line), or customer:12/contact:40.',
        example: 'agent:7',
      }),
      name: z.string().nullable().meta({ description: "An agent's or a customer's; null for programs." }),
    }),
    customer: z.object({ id, name: z.string() }).nullable().meta({
      description:
        'Whose account it touched, as it was then: of who was merged the former customer. Null for the shop itself.',
    }),
    data: z.record(z.string(), z.unknown()).meta({
      description:
        'By action: grantId, payerId, credits, reason, note; of edits `before` and `after` with the fields that differ.',
    }),
    at: time,
  })
  .meta({ id: 'AuditLine' })

const answer = pageOf(auditJson)

export const listAuditRoute = apiRoute({
  method: 'get',
  path: '/audit',
  summary:
    'Who did what in the shop by hand, and why: accounts, packages, prices, settings; the newest first.',
  scope: 'supervise',
  query: listQuery.extend({
    about: z.enum(auditAbouts).optional().meta({
      description: 'shop: packages, prices, settings, imports. customers: accounts and their people.',
    }),
  }),
  status: 200,
  answer,
  problems: [422],
  async handle(deps, { caller, query }) {
    const before = readIdCursor(query.cursor)
    return toPageJson(
      await listAudit(deps, {
        shopId: caller.shopId,
        limit: query.limit,
        ...(query.about && { about: query.about }),
        ...(before === undefined ? {} : { before }),
      }),
    )
  },
})

export const listCustomerAuditRoute = apiRoute({
  method: 'get',
  path: '/customers/{id}/audit',
  summary:
    'Who did what to the account by hand, and why, also to customers who were merged into this one; the newest first.',
  scope: 'supervise',
  query: listQuery,
  status: 200,
  answer,
  problems: [404, 422],
  async handle(deps, { caller, ids, query }) {
    const before = readIdCursor(query.cursor)
    return toPageJson(
      await listCustomerAudit(deps, {
        shopId: caller.shopId,
        customerId: ids.id,
        limit: query.limit,
        ...(before === undefined ? {} : { before }),
      }),
    )
  },
})

function toPageJson(page: AuditPage): z.input<typeof answer> {
  return {
    data: page.lines.map(toLineJson),
    next: page.next === undefined ? null : writeCursor(page.next),
  }
}

function toLineJson(line: AuditLine): z.input<typeof auditJson> {
  return {
    id: String(line.id),
    action: line.action,
    actor: { id: line.actor, name: line.actorName },
    customer: line.customer,
    data: withCredits(line.data),
    at: line.at.toISOString(),
  }
}

/** Units are ours; other programs know credits. */
function withCredits({ units, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return typeof units === 'number' ? { ...rest, credits: toCredits(BigInt(units)) } : rest
}
