import { z } from 'zod'
import { actReasons } from '../../../domain/credits/supervise.ts'
import { toCredits } from '../../../domain/credits/units.ts'
import { getContext } from '../../../domain/customers/context/get-context.ts'
import { findCustomers } from '../../../domain/customers/find-customers.ts'
import { getAccount } from '../../../domain/customers/get-account.ts'
import { grantCredits } from '../../../domain/customers/grant-credits.ts'
import { authorOf } from '../author.ts'
import { readIdCursor, writeCursor } from '../cursor.ts'
import {
  agentName,
  credits,
  creditsToGrant,
  filledText,
  id,
  idempotencyKey,
  listQuery,
  pageOf,
  text,
  time,
} from '../fields.ts'
import { contextJson, toContextJson } from '../json/context.ts'
import { balanceJson, toBalanceJson } from '../json/credits.ts'
import { customerJson, grantJson, toCustomerJson, toGrantJson } from '../json/customer.ts'
import { apiRoute } from '../route.ts'

export const findCustomersRoute = apiRoute({
  method: 'get',
  path: '/customers',
  summary: 'Customers by e-mail, phone or order; all filters together.',
  scope: 'read',
  query: listQuery.extend({
    email: text(320).optional(),
    phone: text(40).optional().meta({ description: 'E.164, such as +38640123456.' }),
    order: text(100).optional().meta({ description: "The shop's order id." }),
  }),
  status: 200,
  answer: pageOf(customerJson),
  problems: [422],
  async handle(deps, { caller, query }) {
    const after = readIdCursor(query.cursor)
    const page = await findCustomers(deps, {
      shopId: caller.shopId,
      limit: query.limit,
      ...(query.email && { email: query.email }),
      ...(query.phone && { phone: query.phone }),
      ...(query.order && { order: query.order }),
      ...(after === undefined ? {} : { after }),
    })
    return {
      data: page.customers.map(toCustomerJson),
      next: page.next === undefined ? null : writeCursor(page.next),
    }
  },
})

export const getAccountRoute = apiRoute({
  method: 'get',
  path: '/customers/{id}/account',
  summary: "A customer's balance and every grant behind it.",
  scope: 'read',
  status: 200,
  answer: balanceJson
    .extend({ grants: z.array(grantJson) })
    .meta({ id: 'Account', description: 'Balance and grants.' }),
  problems: [404],
  async handle(deps, { caller, ids }) {
    const account = await getAccount(deps, { shopId: caller.shopId, customerId: ids.id })
    return { ...toBalanceJson(account.balance), grants: account.grants.map(toGrantJson) }
  },
})

export const getContextRoute = apiRoute({
  method: 'get',
  path: '/customers/{id}/context',
  summary:
    'What the customer bought in the shop, also without support; what is old is asked for again behind it.',
  scope: 'read',
  status: 200,
  answer: contextJson,
  problems: [404],
  async handle(deps, { caller, ids }) {
    const context = await getContext(deps, { shopId: caller.shopId, customerId: ids.id })
    return toContextJson(context, deps.shops)
  },
})

export const grantCreditsRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/grants',
  summary: 'Puts credits into an account by hand, for all channels.',
  scope: 'supervise',
  body: z.object({
    credits: creditsToGrant,
    reason: filledText(500),
    reasonCode: z.enum(actReasons.goodwill).nullish().meta({ description: 'Marks it as goodwill.' }),
    expiresAt: z.iso
      .datetime({ offset: true, error: 'give a time with its zone, such as 2027-12-31T23:59:59Z' })
      .nullish(),
    idempotencyKey,
    agent: agentName,
  }),
  example: { credits: 2.5, reason: 'For the long wait', idempotencyKey: 'grant-19c2' },
  status: 201,
  answer: z.object({ id, credits, reason: z.string(), expiresAt: time.nullable(), createdAt: time }),
  problems: [403, 404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    const by = await authorOf(deps, caller, body.agent)
    const grant = await grantCredits(deps, {
      shopId: caller.shopId,
      customerId: ids.id,
      credits: body.credits,
      reason: body.reason,
      idempotencyKey: body.idempotencyKey,
      by,
      ...(body.reasonCode && { reasonCode: body.reasonCode }),
      ...(body.expiresAt && { expiresAt: new Date(body.expiresAt) }),
    })
    return {
      id: String(grant.grantId),
      credits: toCredits(grant.units),
      reason: grant.reason,
      expiresAt: grant.expiresAt?.toISOString() ?? null,
      createdAt: grant.createdAt.toISOString(),
    }
  },
})
