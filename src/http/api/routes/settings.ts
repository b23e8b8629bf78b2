import { z } from 'zod'
import { changeSettings, readSettings } from '../../../domain/shops/change-settings.ts'
import { renewalTickets } from '../../../domain/shops/find-shop.ts'
import { actorOf } from '../author.ts'
import { credits, text } from '../fields.ts'
import { apiRoute } from '../route.ts'

const settingsJson = z
  .object({
    supervisorCredits: credits.meta({ description: 'The most that a supervisor may move in one act.' }),
    agentWaivers: z
      .number()
      .int()
      .meta({ description: 'Replies a day that an agent may send at no charge.' }),
    mergeWindow: z.number().int().meta({
      description:
        'Minutes after a charged reply in which further ones on the same ticket and channel are free; 0 is off.',
    }),
    paidStatuses: z.array(z.string()).meta({
      description:
        'Statuses of the shop in which an order counts as paid also without a date of payment, beyond the rule for all shops.',
      example: ['on-hold'],
    }),
    unpaidStatuses: z.array(z.string()).meta({
      description: 'Statuses of the shop in which an order counts as unpaid also with a date of payment.',
    }),
    renewalTicket: z.enum(renewalTickets).meta({
      description:
        "Which ticket an order of a running subscription gets: none of its own (the customer's newest), new, or as_package.",
    }),
    orderNotes: z.boolean().meta({
      description:
        "Whether notes are put on the shop's orders when a ticket opens and when the credits run out.",
    }),
    orderMeta: z.boolean().meta({
      description: "Whether ticket and balance are written into the meta data of the shop's orders.",
    }),
    mailAddress: z.string().meta({
      description: "The shop's own address for mail; empty: the one of MAIL_FROM.",
    }),
    thanksReopen: z.boolean().meta({
      description: 'Whether a mail that only thanks opens a closed ticket again.',
    }),
    undoSeconds: z.number().int().meta({
      description:
        'Seconds in which an answer can be taken back before its send begins; 0: it is sent at once.',
    }),
    creditsKey: z.string().meta({
      description: "Key of the products' meta data that says how many credits a product carries.",
      example: '_support_credits',
    }),
    lowBalance: credits.meta({
      description: 'Tickets of customers with fewer credits left are listed under "low balance"; 0 to 10.',
    }),
  })
  .meta({ id: 'Settings' })

export const getSettingsRoute = apiRoute({
  method: 'get',
  path: '/settings',
  summary: "The shop's settings for credits.",
  scope: 'read',
  status: 200,
  answer: settingsJson,
  problems: [],
  handle: (deps, { caller }) => readSettings(deps, caller.shopId),
})

export const changeSettingsRoute = apiRoute({
  method: 'post',
  path: '/settings',
  summary: 'Changes the settings that are given; the rest stays.',
  scope: 'supervise',
  body: z.object({
    supervisorCredits: z.number().optional(),
    agentWaivers: z.number().optional(),
    mergeWindow: z.number().optional(),
    paidStatuses: z.array(z.string()).optional(),
    unpaidStatuses: z.array(z.string()).optional(),
    renewalTicket: z.string().optional(),
    orderNotes: z.boolean().optional(),
    orderMeta: z.boolean().optional(),
    mailAddress: z.string().optional(),
    thanksReopen: z.boolean().optional(),
    undoSeconds: z.number().optional(),
    creditsKey: text(1000).optional(),
    lowBalance: z.number().optional(),
  }),
  example: { mergeWindow: 10 },
  status: 200,
  answer: settingsJson,
  problems: [422],
  handle: (deps, { caller, body }) =>
    changeSettings(deps, { shopId: caller.shopId, actor: actorOf(caller), ...given(body) }),
})

/** What a program left out is absent, not undefined. */
function given<Body extends object>(body: Body): { [Name in keyof Body]?: Exclude<Body[Name], undefined> } {
  const set = Object.entries(body).filter(([, value]) => value !== undefined)
  return Object.fromEntries(set) as { [Name in keyof Body]?: Exclude<Body[Name], undefined> }
}
