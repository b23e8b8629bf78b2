import { z } from 'zod'
import { listDeliveries } from '../../../domain/orders/list-deliveries.ts'
import { readIdCursor, writeCursor } from '../cursor.ts'
import { id, listQuery, pageOf, time } from '../fields.ts'
import { apiRoute } from '../route.ts'

const state = z.enum(['pending', 'processed', 'ignored', 'failed'])

const deliveryJson = z
  .object({
    id,
    topic: z.string().meta({ example: 'order.updated' }),
    resourceId: z.string().nullable().meta({ description: "The shop's id of what it is about." }),
    state,
    reason: z.string().nullable().meta({ description: 'Why it was ignored or failed.' }),
    receivedAt: time,
    processedAt: time.nullable(),
  })
  .meta({ id: 'Delivery', description: 'One webhook of the shop as it arrived.' })

export const listDeliveriesRoute = apiRoute({
  method: 'get',
  path: '/deliveries',
  summary: 'Webhook deliveries of the shop, the newest first.',
  scope: 'read',
  query: listQuery.extend({ state: state.optional() }),
  status: 200,
  answer: pageOf(deliveryJson),
  problems: [422],
  async handle(deps, { caller, query }) {
    const before = readIdCursor(query.cursor)
    const page = await listDeliveries(deps, {
      shopId: caller.shopId,
      limit: query.limit,
      ...(query.state && { state: query.state }),
      ...(before === undefined ? {} : { before }),
    })
    return {
      data: page.deliveries.map((delivery) => ({
        id: String(delivery.id),
        topic: delivery.topic,
        resourceId: delivery.resourceId,
        state: delivery.state,
        reason: delivery.reason,
        receivedAt: delivery.receivedAt.toISOString(),
        processedAt: delivery.processedAt?.toISOString() ?? null,
      })),
      next: page.next === undefined ? null : writeCursor(page.next),
    }
  },
})
