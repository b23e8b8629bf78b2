import { z } from 'zod'
import { askForKeys } from '../../../domain/connect/ask-for-keys.ts'
import { connectWithKeys } from '../../../domain/connect/connect-with-keys.ts'
import { disconnectShop } from '../../../domain/connect/disconnect-shop.ts'
import { actorOf } from '../author.ts'
import { text, time } from '../fields.ts'
import { connectionJson, toConnectionJson } from '../json/sync.ts'
import { apiRoute } from '../route.ts'

const days = z.int().min(0).max(3650).optional().meta({
  description:
    'Orders of so many days are read afterwards; 30 when it is left out and the shop had no keys, else none.',
})
const anyHome = z.boolean().default(false).meta({
  description: 'The address is right, though the shop says that it is at another (behind a proxy).',
})

export const connectRoute = apiRoute({
  method: 'post',
  path: '/sync/connections',
  summary:
    'Connects the shop with REST keys, or gives it new ones. They are tried at this address before anything is saved; the webhooks follow in the background.',
  scope: 'supervise',
  body: z.object({ url: text(1000), key: text(200), secret: text(200), days, anyHome }),
  example: {
    url: 'https://shop.example',
    key: 'ck_0123456789abcdef0123456789abcdef01234567',
    secret: 'cs_0123456789abcdef0123456789abcdef01234567',
    days: 30,
  },
  status: 201,
  answer: connectionJson,
  problems: [409, 422],
  async handle(deps, { caller, body }) {
    const { days: given, ...rest } = body
    const input = { shopId: caller.shopId, actor: actorOf(caller), ...rest }
    return toConnectionJson(
      await connectWithKeys(deps, { ...input, ...(given !== undefined && { days: given }) }),
    )
  },
})

export const authorisationRoute = apiRoute({
  method: 'post',
  path: '/sync/authorisations',
  summary:
    "Where a merchant lets us in: the shop's own page, which then sends us keys. Open it in a browser; it is good for an hour, once.",
  scope: 'supervise',
  body: z.object({ url: text(1000), days, anyHome }),
  example: { url: 'https://shop.example' },
  status: 201,
  answer: z.object({ pageUrl: z.string(), until: time }),
  problems: [409, 422],
  async handle(deps, { caller, body }) {
    const { days: given, ...rest } = body
    const input = { shopId: caller.shopId, actor: actorOf(caller), ...rest }
    const { pageUrl, until } = await askForKeys(deps, {
      ...input,
      ...(given !== undefined && { days: given }),
    })
    return { pageUrl, until: until.toISOString() }
  },
})

export const disconnectRoute = apiRoute({
  method: 'post',
  path: '/sync/disconnect',
  summary:
    'Takes our webhooks out of the shop and forgets its keys. Credits, orders and tickets stay; the key itself is deleted in the shop.',
  scope: 'supervise',
  body: z.object({}),
  example: {},
  status: 201,
  answer: z.object({
    webhooksRemoved: z
      .boolean()
      .meta({ description: 'False: the shop could not be reached; delete them there.' }),
  }),
  problems: [409],
  handle: (deps, { caller }) => disconnectShop(deps, { shopId: caller.shopId, actor: actorOf(caller) }),
})
