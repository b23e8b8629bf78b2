import { z } from 'zod'
import { adjustGrant } from '../../../domain/credits/adjust-grant.ts'
import { forgiveDeficit } from '../../../domain/credits/forgive-deficit.ts'
import { freezeAccount } from '../../../domain/credits/freeze-account.ts'
import { reverseMessage } from '../../../domain/credits/reverse-message.ts'
import { settleDeficit } from '../../../domain/credits/settle-deficit.ts'
import { type Act, type ActInput, type ActResult, actReasons } from '../../../domain/credits/supervise.ts'
import { toCredits } from '../../../domain/credits/units.ts'
import { mergeCustomers } from '../../../domain/customers/merge-customers.ts'
import { previewMerge } from '../../../domain/customers/preview-merge.ts'
import type { HttpDeps } from '../../http-deps.ts'
import { toId } from '../../ids.ts'
import { authorOf } from '../author.ts'
import { agentName, credits, creditsToGrant, filledText, idempotencyKey, time } from '../fields.ts'
import { balanceJson, toBalanceJson } from '../json/credits.ts'
import { type ApiCaller, apiRoute } from '../route.ts'

const grantId = z.string().regex(/^\d{1,19}$/, { message: 'give the id of a grant' })

/** Body of an act: the reason is one of a closed list, the note is free. */
function actBody<A extends Act>(act: A) {
  return z.object({
    reason: z.enum(actReasons[act]),
    note: filledText(500).nullish(),
    idempotencyKey,
    agent: agentName,
  })
}

const actAnswer = z
  .object({ credits: credits.meta({ description: 'What was moved.' }), balance: balanceJson, at: time })
  .meta({ id: 'Act' })

const problems = [403, 404, 409, 422]

async function actInput(
  deps: HttpDeps,
  caller: ApiCaller,
  body: z.output<ReturnType<typeof actBody>>,
): Promise<ActInput> {
  return {
    shopId: caller.shopId,
    by: await authorOf(deps, caller, body.agent),
    reason: body.reason,
    idempotencyKey: body.idempotencyKey,
    ...(body.note && { note: body.note }),
  }
}

function toActJson(result: ActResult): z.input<typeof actAnswer> {
  return {
    credits: toCredits(result.units),
    balance: toBalanceJson(result.balance),
    at: result.at.toISOString(),
  }
}

export const adjustRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/adjustments',
  summary: 'Moves what one grant entitles to, up or down; never below what is used and held of it.',
  scope: 'supervise',
  body: actBody('adjust').extend({
    grantId,
    credits: z.number().meta({ description: 'Above or below 0, at most two decimals.', example: -2.5 }),
  }),
  example: { grantId: '1', credits: -2.5, reason: 'agreed', idempotencyKey: 'adjust-77b0' },
  status: 201,
  answer: actAnswer,
  problems,
  async handle(deps, { caller, ids, body }) {
    const input = await actInput(deps, caller, body)
    return toActJson(
      await adjustGrant(deps, {
        ...input,
        customerId: ids.id,
        grantId: toId(body.grantId),
        credits: body.credits,
      }),
    )
  },
})

export const settleRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/settlements',
  summary: 'Lets one grant pay what another of the same account owes. A purchase does it by itself.',
  scope: 'supervise',
  body: actBody('settle').extend({
    grantId: grantId.meta({ description: 'The grant that owes.' }),
    payerId: grantId.meta({ description: 'The grant that pays.' }),
    credits: creditsToGrant.nullish().meta({ description: 'Absent: as much as is owed and there.' }),
  }),
  example: { grantId: '1', payerId: '2', reason: 'agreed', idempotencyKey: 'settle-0c4d' },
  status: 201,
  answer: actAnswer,
  problems: [402, ...problems],
  async handle(deps, { caller, ids, body }) {
    const input = await actInput(deps, caller, body)
    return toActJson(
      await settleDeficit(deps, {
        ...input,
        customerId: ids.id,
        grantId: toId(body.grantId),
        payerId: toId(body.payerId),
        ...(body.credits && { credits: body.credits }),
      }),
    )
  },
})

export const forgiveRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/forgivenesses',
  summary: 'Writes off what a grant owes; nobody pays.',
  scope: 'supervise',
  body: actBody('forgive').extend({
    grantId,
    credits: creditsToGrant.nullish().meta({ description: 'Absent: all of it.' }),
  }),
  example: { grantId: '1', reason: 'small_sum', idempotencyKey: 'forgive-1ab2' },
  status: 201,
  answer: actAnswer,
  problems,
  async handle(deps, { caller, ids, body }) {
    const input = await actInput(deps, caller, body)
    return toActJson(
      await forgiveDeficit(deps, {
        ...input,
        customerId: ids.id,
        grantId: toId(body.grantId),
        ...(body.credits && { credits: body.credits }),
      }),
    )
  },
})

const whole = grantId
  .nullish()
  .meta({ description: 'Absent: the whole account, with grants that still come.' })

export const freezeRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/freeze',
  summary: 'Stops spending and new holds; everything else goes on.',
  scope: 'supervise',
  body: actBody('freeze').extend({ grantId: whole }),
  example: { reason: 'chargeback', idempotencyKey: 'freeze-5e11' },
  status: 200,
  answer: actAnswer,
  problems,
  async handle(deps, { caller, ids, body }) {
    return turn(deps, { customerId: ids.id, frozen: true, grantId: body.grantId }, caller, body)
  },
})

export const unfreezeRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/unfreeze',
  summary: 'Allows spending and holds again.',
  scope: 'supervise',
  body: actBody('unfreeze').extend({ grantId: whole }),
  example: { reason: 'dispute_won', idempotencyKey: 'unfreeze-5e12' },
  status: 200,
  answer: actAnswer,
  problems,
  async handle(deps, { caller, ids, body }) {
    return turn(deps, { customerId: ids.id, frozen: false, grantId: body.grantId }, caller, body)
  },
})

async function turn(
  deps: HttpDeps,
  act: { customerId: bigint; frozen: boolean; grantId: string | null | undefined },
  caller: ApiCaller,
  body: z.output<ReturnType<typeof actBody>>,
) {
  const input = await actInput(deps, caller, body)
  const { customerId, frozen, grantId: named } = act
  return toActJson(
    await freezeAccount(deps, { ...input, customerId, frozen, ...(named && { grantId: toId(named) }) }),
  )
}

export const reverseRoute = apiRoute({
  method: 'post',
  path: '/tickets/{id}/messages/{messageId}/reverse',
  summary: 'Gives back what a message was charged, once, because the customer contested it and is right.',
  scope: 'supervise',
  body: actBody('reverse'),
  example: { reason: 'contest_granted', idempotencyKey: 'reverse-93d0' },
  status: 200,
  answer: actAnswer,
  problems,
  async handle(deps, { caller, ids, body }) {
    const input = await actInput(deps, caller, body)
    return toActJson(await reverseMessage(deps, { ...input, ticketId: ids.id, messageId: ids.messageId }))
  },
})

export const previewMergeRoute = apiRoute({
  method: 'get',
  path: '/customers/{id}/merges/{sourceId}',
  summary: 'What merging another customer (the source) into this one would do. Writes nothing.',
  scope: 'supervise',
  status: 200,
  answer: z.object({
    source: balanceJson,
    target: balanceJson,
    after: balanceJson,
    frozen: z.boolean().meta({ description: 'One of the two is frozen, so the merged account would be.' }),
    grants: z.number().int(),
    tickets: z.number().int(),
    orders: z.number().int(),
  }),
  problems: [404, 409],
  async handle(deps, { caller, ids }) {
    const preview = await previewMerge(deps, {
      shopId: caller.shopId,
      sourceId: ids.sourceId,
      targetId: ids.id,
    })
    return {
      ...preview,
      source: toBalanceJson(preview.source),
      target: toBalanceJson(preview.target),
      after: toBalanceJson(preview.after),
    }
  },
})

export const mergeRoute = apiRoute({
  method: 'post',
  path: '/customers/{id}/merges',
  summary:
    'Merges another customer into this one: credits with their history, tickets, orders, contacts. For good.',
  scope: 'supervise',
  body: actBody('merge').extend({
    sourceId: z
      .string()
      .regex(/^\d{1,19}$/, { message: 'give the id of the customer that shall be no more' }),
  }),
  example: { sourceId: '2', reason: 'same_person', idempotencyKey: 'merge-5e1f' },
  status: 201,
  answer: actAnswer,
  problems,
  async handle(deps, { caller, ids, body }) {
    const input = await actInput(deps, caller, body)
    return toActJson(
      await mergeCustomers(deps, { ...input, targetId: ids.id, sourceId: toId(body.sourceId) }),
    )
  },
})
