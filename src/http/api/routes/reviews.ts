import { z } from 'zod'
import { listReviews } from '../../../domain/orders/list-reviews.ts'
import { resolveReview } from '../../../domain/orders/resolve-review.ts'
import { authorOf } from '../author.ts'
import { readIdCursor, writeCursor } from '../cursor.ts'
import { agentName, creditsToGrant, filledText, id, listQuery, pageOf, time } from '../fields.ts'
import { apiRoute } from '../route.ts'

const reviewJson = z
  .object({
    id,
    kind: z.string().meta({ example: 'amount_refund' }),
    ticketId: id.nullable(),
    order: z
      .object({ id: z.string(), number: z.string() })
      .nullable()
      .meta({ description: "The shop's order." }),
    data: z.record(z.string(), z.unknown()),
    createdAt: time,
  })
  .meta({ id: 'Review' })

export const listReviewsRoute = apiRoute({
  method: 'get',
  path: '/reviews',
  summary: 'What a supervisor must decide, oldest first.',
  scope: 'read',
  query: listQuery,
  status: 200,
  answer: pageOf(reviewJson),
  problems: [422],
  async handle(deps, { caller, query }) {
    const after = readIdCursor(query.cursor)
    const page = await listReviews(deps, {
      shopId: caller.shopId,
      limit: query.limit,
      ...(after === undefined ? {} : { after }),
    })
    return {
      data: page.reviews.map((review) => ({
        id: String(review.id),
        kind: review.kind,
        ticketId: review.ticketId === null ? null : String(review.ticketId),
        order: review.orderId === null ? null : { id: review.orderId, number: review.orderNumber ?? '' },
        data: review.data,
        createdAt: review.createdAt.toISOString(),
      })),
      next: page.next === undefined ? null : writeCursor(page.next),
    }
  },
})

export const resolveReviewRoute = apiRoute({
  method: 'post',
  path: '/reviews/{id}/resolve',
  summary:
    'Answers an open question. Accepting an amount refund takes the proposed credits by an adjustment; accepting a changed e-mail lets the customer be written to there; accepting a changed subscription grants the proposed credits.',
  scope: 'supervise',
  body: z.object({
    decision: z.enum(['accept', 'dismiss']),
    credits: creditsToGrant.nullish().meta({
      description: 'Of an amount refund or a changed subscription: this many instead of the proposal.',
    }),
    note: filledText(500).nullish(),
    agent: agentName,
  }),
  example: { decision: 'dismiss', note: 'A discount on the shipping' },
  status: 200,
  answer: z.object({ id, kind: z.string(), decision: z.enum(['accept', 'dismiss']), resolvedAt: time }),
  problems: [403, 404, 409, 422],
  async handle(deps, { caller, ids, body }) {
    const resolved = await resolveReview(deps, {
      shopId: caller.shopId,
      reviewId: ids.id,
      decision: body.decision,
      by: await authorOf(deps, caller, body.agent),
      ...(body.credits && { credits: body.credits }),
      ...(body.note && { note: body.note }),
    })
    return {
      id: String(ids.id),
      kind: resolved.kind,
      decision: body.decision,
      resolvedAt: resolved.resolvedAt.toISOString(),
    }
  },
})
