import express, { type Request, type RequestHandler, type Response, type Router } from 'express'
import { z } from 'zod'
import { addDraftFiles, removeDraftFile } from '../../domain/drafts/draft-files.ts'
import { mostFiles } from '../../domain/drafts/file-rules.ts'
import { saveDraft } from '../../domain/drafts/save-draft.ts'
import { refuseField } from '../../domain/refusal.ts'
import { composerChannels } from '../../web/desk/composer-props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { tellWriting } from '../live/events.ts'
import { requireCsrf } from '../middleware/csrf.ts'
import { agentOf, loginTokenOf } from '../middleware/require-agent.ts'
import { pathText } from '../pages/form.ts'
import { parseFiles, readIds } from '../pages/form-files.ts'
import { answerQuote } from './quote.ts'
import { readSent } from './read-sent.ts'
import { sendForm } from './send-form.ts'

const draft = z.object({
  channel: z.enum(composerChannels),
  body: z.string().max(100_000),
  key: z.string().regex(/^[\w-]{8,64}$/),
  files: z.array(z.string().max(20)).max(mostFiles),
})

/** Everything that the composer sends, with a script and without. */
export function addComposerRoutes(router: Router, deps: HttpDeps, csrf: RequestHandler): void {
  const at = (path: string) => `/desk/tickets/:id/${path}`
  // Forms check their token themselves, because a draft is kept when it has expired.
  router.post(at('replies'), (req, res) => sendForm(deps, req, res))
  router.post(at('sessions'), (req, res) => sendForm(deps, req, res, 'video'))
  router.post(at('work'), (req, res) => sendForm(deps, req, res, 'work'))
  router.post(at('work-offers'), (req, res) => sendForm(deps, req, res, 'ask'))
  router.post(at('saved-replies'), (req, res) => sendForm(deps, req, res, 'saved'))
  router.post(at('top-up-request'), (req, res) => sendForm(deps, req, res, 'topup'))
  router.post(at('goodwill'), (req, res) => sendForm(deps, req, res, 'goodwill'))
  router.post(at('files'), (req, res) =>
    isScript(req) ? answerUpload(deps, req, res) : sendForm(deps, req, res, 'attach'),
  )
  router.post(at('files/:fileId/remove'), (req, res) =>
    isScript(req) ? answerRemoval(deps, req, res) : sendForm(deps, req, res, 'remove'),
  )
  router.post(at('draft'), express.json({ limit: '1mb' }), csrf, (req, res) => answerDraft(deps, req, res))
  router.post(at('writing'), express.json({ limit: '1kb' }), csrf, (req, res) => tellWriting(deps, req, res))
  router.post(at('quote'), express.json({ limit: '1mb' }), csrf, (req, res) => answerQuote(deps, req, res))
}

const isScript = (req: Request) => req.accepts(['html', 'json']) === 'json'

async function answerDraft(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const { channel, body, key, files } = draft.parse(req.body)
  const { savedAt } = await saveDraft(deps, {
    ...draftKey(req, res),
    channel,
    body: body.replace(/\r\n?/g, '\n'),
    formKey: key,
    fileIds: readIds(files),
  })
  res.json({ savedAt: savedAt.toISOString() })
}

/** POST …/files of a script: one or more files of the form's key. */
async function answerUpload(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  const { tooManyBytes } = await parseFiles(req, res)
  requireCsrf(deps, (_req, response) => loginTokenOf(response))(req, res, () => undefined)
  if (tooManyBytes) return refuseRequest({ code: 'payload_too_large' })
  const sent = readSent(req, undefined)
  if (sent.files.length === 0) return refuseField('files', 'choose a file')
  const files = await addDraftFiles(deps, {
    ...draftKey(req, res),
    channel: sent.channel,
    formKey: sent.idempotencyKey,
    files: sent.files,
  })
  res.status(201).json({ files: files.map((file) => ({ ...file, id: String(file.id) })) })
}

/** POST …/files/:fileId/remove of a script. */
async function answerRemoval(deps: HttpDeps, req: Request, res: Response): Promise<void> {
  await parseFiles(req, res)
  requireCsrf(deps, (_req, response) => loginTokenOf(response))(req, res, () => undefined)
  await removeDraftFile(deps, { ...draftKey(req, res), fileId: toId(pathText(req, 'fileId')) })
  res.status(204).end()
}

function draftKey(req: Request, res: Response) {
  const agent = agentOf(res)
  return { shopId: agent.shopId, agentId: agent.id, ticketId: toId(pathText(req, 'id')) }
}
