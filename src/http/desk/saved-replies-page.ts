import type { Request, RequestHandler, Response, Router } from 'express'
import { saveDraft } from '../../domain/drafts/save-draft.ts'
import { Refused } from '../../domain/refusal.ts'
import { fillSavedReplies } from '../../domain/saved-replies/fill-saved-replies.ts'
import {
  addSavedReply,
  changeSavedReply,
  findSavedReply,
  listSavedReplies,
  removeSavedReply,
} from '../../domain/saved-replies/keep-saved-reply.ts'
import type { SavedReplyInput } from '../../domain/saved-replies/saved-reply.ts'
import { variables } from '../../domain/saved-replies/variables.ts'
import { getTicket } from '../../domain/tickets/get-ticket.ts'
import { composerChannels } from '../../web/desk/composer-props.ts'
import { renderPickReply, renderSavedReplies } from '../../web/desk/saved-replies.tsx'
import type { EditedReply } from '../../web/desk/saved-replies-props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { toId } from '../ids.ts'
import { agentOf } from '../middleware/require-agent.ts'
import { newFormKey, parseForm, pathText, queryText, readForm, typedText } from '../pages/form.ts'
import { deskFrame } from './desk-frame.ts'

/** The languages of the product stand in the form; others that a program gave are kept there too. */
const languages = ['en', 'sl', 'de', 'el', 'ru', 'fa']

/** /desk/replies, and how a reply gets from there into an answer. */
export function addSavedReplyRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  router.get('/desk/replies', (req, res) => showReplies(deps, req, res))
  router.post('/desk/replies', parseForm, csrf, (req, res) => keepReply(deps, req, res))
  router.post('/desk/replies/:id', parseForm, csrf, (req, res) => keepReply(deps, req, res))
  router.get('/desk/tickets/:id/saved-replies', (req, res) => offerReplies(deps, req, res))
  router.post('/desk/tickets/:id/saved-replies/:replyId', parseForm, csrf, (req, res) =>
    useReply(deps, req, res),
  )
}

const ownerOf = (res: Response) => ({ shopId: agentOf(res).shopId, agentId: agentOf(res).id })

/** GET: the list, and with ?edit=ID or ?edit=new the form. */
async function showReplies(
  deps: HttpDeps,
  req: Request,
  res: Response,
  refused?: { edited: EditedReply },
): Promise<void> {
  const wanted = queryText(req, 'edit')
  const owner = ownerOf(res)
  const found =
    wanted === undefined || wanted === 'new' || refused
      ? undefined
      : await findSavedReply(deps, { ...owner, replyId: toId(wanted) })
  const edited: EditedReply | undefined =
    refused?.edited ??
    (found
      ? { ...found, id: String(found.id), problems: [] }
      : wanted === 'new'
        ? { shared: true, folder: '', name: '', texts: {}, problems: [] }
        : undefined)
  const replies = await listSavedReplies(deps, owner)
  const locales = [...new Set([...languages, ...Object.keys(edited?.texts ?? {})])]
  if (refused) res.status(422)
  res.send(
    renderSavedReplies({
      ...deskFrame(deps, res),
      replies: replies.map((reply) => ({ ...reply, id: String(reply.id) })),
      locales,
      variables,
      ...(edited && { edited }),
    }),
  )
}

async function keepReply(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const form = readForm(req)
  const owner = ownerOf(res)
  const id = pathText(req, 'id')
  const replyId = toId(id)
  if (form.act === 'remove') {
    await removeSavedReply(deps, { ...owner, replyId })
    return res.redirect(303, '/desk/replies')
  }
  const input = readReply(form)
  try {
    const saved = await (id === ''
      ? addSavedReply(deps, { ...owner, ...input })
      : changeSavedReply(deps, { ...owner, ...input, replyId }))
    res.redirect(303, `/desk/replies#r-${saved.id}`)
  } catch (error) {
    if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
    const problems = error.refusal.fields
    await showReplies(deps, req, res, { edited: { ...input, ...(id !== '' && { id }), problems } })
  }
}

function readReply(form: Record<string, string>): SavedReplyInput {
  const texts = Object.keys(form).flatMap((field) => {
    const [, locale] = /^text\.([a-z]{2,3})$/.exec(field) ?? []
    return locale === undefined ? [] : [[locale, typedText(form, field)] as const]
  })
  return {
    shared: form.shared === '1',
    folder: form.folder ?? '',
    name: form.name ?? '',
    texts: Object.fromEntries(texts),
  }
}

/** GET …/saved-replies: for the script as JSON, without one as a page to choose from. */
async function offerReplies(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const ticketId = toId(pathText(req, 'id'))
  const replies = await fillSavedReplies(deps, { ...ownerOf(res), ticketId, agent: agentOf(res) })
  const plain = replies.map((reply) => ({ ...reply, id: String(reply.id) }))
  if (req.accepts(['html', 'json']) === 'json') {
    res.json({ replies: plain })
    return
  }
  res.send(renderPickReply({ ...deskFrame(deps, res), ticketId: String(ticketId), replies: plain }))
}

/** Behind the text that the draft has; nothing is sent. */
async function useReply(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const { shopId, agentId } = ownerOf(res)
  const ticketId = toId(pathText(req, 'id'))
  const replyId = toId(pathText(req, 'replyId'))
  await findSavedReply(deps, { shopId, agentId, replyId })
  const replies = await fillSavedReplies(deps, { shopId, ticketId, agent: agentOf(res) })
  const text = replies.find(({ id }) => id === replyId)?.text ?? ''
  const { draft } = await getTicket(deps, { shopId, ticketId, agentId, quotes: [], messageLimit: 1 })
  const channel = composerChannels.find((one) => one === draft?.channel) ?? 'email'
  await saveDraft(deps, {
    ...{ shopId, ticketId, agentId, channel },
    body: draft?.body ? `${draft.body.trimEnd()}\n\n${text}` : text,
    formKey: draft?.key ?? newFormKey(),
    fileIds: (draft?.files ?? []).map(({ id }) => id),
  })
  res.redirect(303, `/desk/tickets/${ticketId}#composer`)
}
