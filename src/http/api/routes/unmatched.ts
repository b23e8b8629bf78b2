import { z } from 'zod'
import { dismissUnmatched } from '../../../domain/packages/dismiss-unmatched.ts'
import { listUnmatched } from '../../../domain/packages/list-unmatched.ts'
import { actorOf } from '../author.ts'
import { readPairCursor, writeCursor } from '../cursor.ts'
import { filledText, listQuery, pageOf } from '../fields.ts'
import { toUnmatchedJson, unmatchedJson } from '../json/unmatched.ts'
import { apiRoute } from '../route.ts'

export const listUnmatchedRoute = apiRoute({
  method: 'get',
  path: '/unmatched',
  summary:
    'What may need a package: it was paid for, looks like support and carries no credits. By article, the newest first.',
  scope: 'read',
  query: listQuery.extend({
    dismissed: z
      .enum(['true', 'false'])
      .optional()
      .meta({ description: 'true: only those of which was said that they are no support.' }),
  }),
  status: 200,
  answer: pageOf(unmatchedJson).extend({
    orders: z.int().meta({ description: 'Orders of all pages together.' }),
  }),
  problems: [422],
  async handle(deps, { caller, query }) {
    const after = readPairCursor(query.cursor)
    const page = await listUnmatched(deps, {
      shopId: caller.shopId,
      limit: query.limit,
      dismissed: query.dismissed === 'true',
      ...(after && { after: { newest: after.id, subject: after.text } }),
    })
    return {
      orders: page.orderCount,
      data: page.products.map(toUnmatchedJson),
      next: page.next ? writeCursor(page.next.newest, page.next.subject) : null,
    }
  },
})

export const dismissUnmatchedRoute = apiRoute({
  method: 'post',
  path: '/unmatched/dismiss',
  summary: 'Says that an article is no support, so that its orders are not asked about; or takes that back.',
  scope: 'supervise',
  body: z.object({
    subject: filledText(300).meta({ example: 'product:11' }),
    dismissed: z.boolean().optional().meta({ description: 'false takes it back.' }),
  }),
  example: { subject: 'product:11' },
  status: 200,
  answer: z.object({ subject: z.string(), dismissed: z.boolean() }),
  problems: [404, 422],
  async handle(deps, { caller, body: { subject, dismissed = true } }) {
    await dismissUnmatched(deps, { shopId: caller.shopId, subject, dismissed, actor: actorOf(caller) })
    return { subject, dismissed }
  },
})
