import { z } from 'zod'
import { readHealth } from '../../../domain/health/read-health.ts'
import { requestCheck } from '../../../domain/health/request-check.ts'
import { requestLook } from '../../../domain/sync/request-look.ts'
import { requestReconcile } from '../../../domain/sync/request-reconcile.ts'
import { getBackfill, startBackfill, stopBackfill } from '../../../domain/sync/start-backfill.ts'
import { actorOf } from '../author.ts'
import { backfillJson, syncJson, toBackfillJson, toSyncJson } from '../json/sync.ts'
import { apiRoute } from '../route.ts'

export const getSyncRoute = apiRoute({
  method: 'get',
  path: '/sync',
  summary:
    'Whether all is well with the shop: its connection and webhooks, how far its orders are taken in, what no delivery had told of, and what is wrong.',
  scope: 'read',
  status: 200,
  answer: syncJson,
  problems: [],
  async handle(deps, { caller }) {
    return toSyncJson(await readHealth(deps, { shopId: caller.shopId }))
  },
})

const asked = z.object({ asked: z.boolean() })

export const reconcileRoute = apiRoute({
  method: 'post',
  path: '/sync/reconciles',
  summary: 'Has the shop asked now for what it changed, instead of at the next fifth minute.',
  scope: 'write',
  body: z.object({}),
  example: {},
  status: 201,
  answer: asked,
  problems: [],
  async handle(deps, { caller }) {
    await requestReconcile(deps, { shopId: caller.shopId })
    return { asked: true }
  },
})

export const checkRoute = apiRoute({
  method: 'post',
  path: '/sync/checks',
  summary: "Has the shop's webhooks looked at and mended now, and those switched on that somebody paused.",
  scope: 'supervise',
  body: z.object({}),
  example: {},
  status: 201,
  answer: asked,
  problems: [],
  async handle(deps, { caller }) {
    await requestCheck(deps, { shopId: caller.shopId, actor: actorOf(caller) })
    return { asked: true }
  },
})

export const lookRoute = apiRoute({
  method: 'post',
  path: '/sync/looks',
  summary: 'Has the orders with credits looked at now, which finds those deleted for good.',
  scope: 'supervise',
  body: z.object({
    acceptGone: z.boolean().default(false).meta({
      description:
        'The orders that the shop has no more were deleted on purpose: this one look takes their credits however many they are.',
    }),
  }),
  example: { acceptGone: false },
  status: 201,
  answer: asked,
  problems: [422],
  async handle(deps, { caller, body }) {
    await requestLook(deps, { shopId: caller.shopId, acceptGone: body.acceptGone, actor: actorOf(caller) })
    return { asked: true }
  },
})

export const startBackfillRoute = apiRoute({
  method: 'post',
  path: '/sync/backfills',
  summary:
    'Has the orders of the last days read in the background. Customers get their credits. Nobody is written to because of orders that were paid more than two days ago, and their tickets are closed, unless `welcome`.',
  scope: 'supervise',
  body: z.object({
    days: z.int().min(1).max(3650).default(30),
    welcome: z.boolean().default(false),
  }),
  example: { days: 30, welcome: false },
  status: 201,
  answer: backfillJson,
  problems: [409, 422],
  async handle(deps, { caller, body }) {
    return toBackfillJson(
      await startBackfill(deps, { shopId: caller.shopId, actor: actorOf(caller), ...body }),
    )
  },
})

export const getBackfillRoute = apiRoute({
  method: 'get',
  path: '/sync/backfills/{id}',
  summary: 'How far a reading of earlier orders is.',
  scope: 'read',
  status: 200,
  answer: backfillJson,
  problems: [404],
  async handle(deps, { caller, ids }) {
    return toBackfillJson(await getBackfill(deps, { shopId: caller.shopId, backfillId: ids.id }))
  },
})

export const stopBackfillRoute = apiRoute({
  method: 'post',
  path: '/sync/backfills/{id}/stop',
  summary: 'Ends a reading of earlier orders; what it took in stays.',
  scope: 'supervise',
  body: z.object({}),
  example: {},
  status: 201,
  answer: backfillJson,
  problems: [404],
  async handle(deps, { caller, ids }) {
    const input = { shopId: caller.shopId, backfillId: ids.id, actor: actorOf(caller) }
    return toBackfillJson(await stopBackfill(deps, input))
  },
})
