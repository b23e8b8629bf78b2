import { z } from 'zod'
import { listReviews } from '../../../domain/orders/list-reviews.ts'
import { readIdCursor, writeCursor } from '../cursor.ts'
import { id, listQuery, pageOf, time } from '../fields.ts'
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
