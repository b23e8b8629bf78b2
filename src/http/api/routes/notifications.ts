import { z } from 'zod'
import {
  changeNotifications,
  readNotifications,
  toldOfChoices,
} from '../../../domain/agents/notifications.ts'
import { actorOf } from '../author.ts'
import { apiRoute } from '../route.ts'

const notificationsJson = z
  .object({
    toldOf: z.enum(toldOfChoices).meta({
      description: "all: their own tickets and those that are nobody's; mine: their own; none: nothing.",
    }),
    byMail: z.boolean().meta({
      description:
        'false: only their browsers tell of what customers do; what could not be delivered comes by mail all the same.',
    }),
    quietFrom: z.string().meta({
      description: "Begin of the hours in which no mail is sent, on the shop's clock; empty: none.",
      example: '22:00',
    }),
    quietUntil: z
      .string()
      .meta({ description: 'Their end; mail that waited is sent then.', example: '07:00' }),
  })
  .meta({ id: 'Notifications' })

export const getNotificationsRoute = apiRoute({
  method: 'get',
  path: '/agents/{id}/notifications',
  summary: 'What an agent is told of, how, and when not.',
  scope: 'read',
  status: 200,
  answer: notificationsJson,
  problems: [404],
  handle: (deps, { caller, ids }) => readNotifications(deps, { shopId: caller.shopId, agentId: ids.id }),
})

export const changeNotificationsRoute = apiRoute({
  method: 'post',
  path: '/agents/{id}/notifications',
  summary: 'Changes what is given of what an agent is told of; the rest stays.',
  scope: 'supervise',
  body: z.object({
    toldOf: z.string().optional(),
    byMail: z.boolean().optional(),
    quietFrom: z.string().max(20).optional(),
    quietUntil: z.string().max(20).optional(),
  }),
  example: { toldOf: 'mine', quietFrom: '22:00', quietUntil: '07:00' },
  status: 200,
  answer: notificationsJson,
  problems: [404, 422],
  handle: (deps, { caller, ids, body: { toldOf, byMail, quietFrom, quietUntil } }) =>
    changeNotifications(deps, {
      shopId: caller.shopId,
      agentId: ids.id,
      actor: actorOf(caller),
      ...(toldOf !== undefined && { toldOf }),
      ...(byMail !== undefined && { byMail }),
      ...(quietFrom !== undefined && { quietFrom }),
      ...(quietUntil !== undefined && { quietUntil }),
    }),
})
