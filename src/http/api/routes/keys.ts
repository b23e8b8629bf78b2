import { z } from 'zod'
import { addApiKey, scopes } from '../../../domain/agents/add-api-key.ts'
import { type ListedApiKey, listApiKeys } from '../../../domain/agents/list-api-keys.ts'
import { revokeApiKey } from '../../../domain/agents/revoke-api-key.ts'
import { refuseField } from '../../../domain/refusal.ts'
import { actorOf } from '../author.ts'
import { id, text, time } from '../fields.ts'
import { apiRoute } from '../route.ts'

const scope = z.enum(scopes)

const keyJson = z
  .object({
    id,
    name: z.string().meta({ description: 'What it is for.' }),
    scopes: z.array(scope),
    createdAt: time,
    revokedAt: time.nullable().meta({ description: 'Since then it opens nothing.' }),
  })
  .meta({ id: 'ApiKey' })

const toJson = (key: ListedApiKey): z.input<typeof keyJson> => ({
  id: String(key.id),
  name: key.name,
  scopes: key.scopes,
  createdAt: key.createdAt.toISOString(),
  revokedAt: key.revokedAt?.toISOString() ?? null,
})

export const listKeysRoute = apiRoute({
  method: 'get',
  path: '/keys',
  summary: 'The API keys of the shop, those that work first; never the keys themselves.',
  scope: 'administer',
  status: 200,
  answer: z.object({
    data: z.array(keyJson),
    next: z.null().meta({ description: 'There is one page, of at most 200.' }),
  }),
  problems: [],
  async handle(deps, { caller }) {
    return { data: (await listApiKeys(deps, { shopId: caller.shopId })).map(toJson), next: null }
  },
})

export const addKeyRoute = apiRoute({
  method: 'post',
  path: '/keys',
  summary:
    'Makes an API key with scopes that the calling key has itself. The answer is the only one that ever shows it.',
  scope: 'administer',
  body: z.object({ name: text(200).optional(), scopes: z.array(z.string().max(20)).max(20) }),
  example: { name: 'Shop sync', scopes: ['read'] },
  status: 201,
  answer: z.object({ id, key: z.string().meta({ description: 'Shown once.' }) }),
  problems: [422],
  handle(deps, { caller, body }) {
    const beyond = body.scopes.filter(
      (one) => scope.safeParse(one).success && !caller.scopes.some((own) => own === one),
    )
    // Otherwise a key could make itself one that may more.
    if (beyond.length > 0) {
      refuseField(
        'scopes',
        `this key has no ${beyond.join(', ')} itself; let an owner make that one on the desk`,
      )
    }
    const { name = '' } = body
    return addApiKey(deps, { shopId: caller.shopId, scopes: body.scopes, name, actor: actorOf(caller) })
  },
})

export const revokeKeyRoute = apiRoute({
  method: 'post',
  path: '/keys/{id}/revoke',
  summary: 'Ends a key at once and for good, also the calling one.',
  scope: 'administer',
  status: 200,
  answer: z.object({ id }),
  problems: [404],
  async handle(deps, { caller, ids }) {
    await revokeApiKey(deps, { shopId: caller.shopId, keyId: ids.id, actor: actorOf(caller) })
    return { id: String(ids.id) }
  },
})
