import { z } from 'zod'
import { changeSettings, readSettings } from '../../../domain/shops/change-settings.ts'
import { actorOf } from '../author.ts'
import { credits } from '../fields.ts'
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
  }),
  example: { mergeWindow: 10 },
  status: 200,
  answer: settingsJson,
  problems: [422],
  handle: (deps, { caller, body: { supervisorCredits, agentWaivers, mergeWindow } }) =>
    changeSettings(deps, {
      shopId: caller.shopId,
      actor: actorOf(caller),
      ...(supervisorCredits !== undefined && { supervisorCredits }),
      ...(agentWaivers !== undefined && { agentWaivers }),
      ...(mergeWindow !== undefined && { mergeWindow }),
    }),
})
