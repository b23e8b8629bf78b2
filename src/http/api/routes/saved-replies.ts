import { z } from 'zod'
import {
  addSavedReply,
  changeSavedReply,
  findSavedReply,
  listSavedReplies,
  removeSavedReply,
} from '../../../domain/saved-replies/keep-saved-reply.ts'
import type { SavedReply } from '../../../domain/saved-replies/saved-reply.ts'
import { text } from '../fields.ts'
import { apiRoute } from '../route.ts'

const texts = z
  .record(z.string(), z.string())
  .meta({ description: 'By language (two or three letters); may hold variables such as {{customer.name}}.' })

const body = z.object({ name: text(200), folder: text(200).optional(), texts })
const example = {
  name: 'Cache cleared',
  folder: 'Checkout',
  texts: { en: 'Hello {{customer.first_name}}, the cache is cleared now.' },
}

const savedReplyJson = z
  .object({ id: z.string(), name: z.string(), folder: z.string(), texts, updatedAt: z.string() })
  .meta({ id: 'SavedReply', description: 'An answer that agents use often, shared by the shop.' })

const toJson = ({ id, name, folder, texts: written, updatedAt }: SavedReply) => ({
  id: String(id),
  name,
  folder,
  texts: written,
  updatedAt: updatedAt.toISOString(),
})

export const listSavedRepliesRoute = apiRoute({
  method: 'get',
  path: '/saved-replies',
  summary: 'The saved replies that all agents of the shop share.',
  scope: 'read',
  status: 200,
  answer: z.object({
    data: z.array(savedReplyJson),
    next: z.null().meta({ description: 'There is one page.' }),
  }),
  problems: [],
  async handle(deps, { caller }) {
    return { data: (await listSavedReplies(deps, { shopId: caller.shopId })).map(toJson), next: null }
  },
})

export const getSavedReplyRoute = apiRoute({
  method: 'get',
  path: '/saved-replies/{id}',
  summary: 'One saved reply.',
  scope: 'read',
  status: 200,
  answer: savedReplyJson,
  problems: [404],
  async handle(deps, { caller, ids }) {
    return toJson(await findSavedReply(deps, { shopId: caller.shopId, replyId: ids.id }))
  },
})

export const addSavedReplyRoute = apiRoute({
  method: 'post',
  path: '/saved-replies',
  summary: 'Saves a reply for all agents. Unknown variables are refused by name.',
  scope: 'write',
  body,
  example,
  status: 201,
  answer: savedReplyJson,
  problems: [422],
  async handle(deps, { caller, body: given }) {
    return toJson(
      await addSavedReply(deps, {
        shopId: caller.shopId,
        shared: true,
        ...given,
        folder: given.folder ?? '',
      }),
    )
  },
})

export const changeSavedReplyRoute = apiRoute({
  method: 'post',
  path: '/saved-replies/{id}',
  summary: 'Replaces name, folder and all texts of a saved reply.',
  scope: 'write',
  body,
  example,
  status: 200,
  answer: savedReplyJson,
  problems: [404, 422],
  async handle(deps, { caller, ids, body: given }) {
    const reply = {
      shopId: caller.shopId,
      replyId: ids.id,
      shared: true,
      ...given,
      folder: given.folder ?? '',
    }
    return toJson(await changeSavedReply(deps, reply))
  },
})

export const removeSavedReplyRoute = apiRoute({
  method: 'post',
  path: '/saved-replies/{id}/remove',
  summary: 'Removes a saved reply; answers that used it stay as they are.',
  scope: 'write',
  status: 200,
  answer: z.object({ id: z.string() }),
  problems: [404],
  async handle(deps, { caller, ids }) {
    await removeSavedReply(deps, { shopId: caller.shopId, replyId: ids.id })
    return { id: String(ids.id) }
  },
})
