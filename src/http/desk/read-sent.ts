import type { Request } from 'express'
import multer, { MulterError, type StorageEngine } from 'multer'
import type { UploadedFile } from '../../domain/drafts/draft-files.ts'
import { mostBytesTogether, mostFileBytes, mostFiles } from '../../domain/drafts/file-rules.ts'
import { type ComposerChannel, composerChannels } from '../../web/desk/composer-props.ts'
import { refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { formKey, parseForm, pathText, readForm, typedText } from '../pages/form.ts'

/** Buttons of the composer that do something else than to send. */
export type Button = 'video' | 'work' | 'ask' | 'attach' | 'remove' | 'topup' | 'goodwill' | 'saved'

export interface SentForm {
  ticketId: bigint
  channel: ComposerChannel
  /** The customer is asked to agree before the work is done. */
  askFirst: boolean
  minutes: string
  offerId: string
  body: string
  waiveReason: string
  idempotencyKey: string
  seenId: bigint | undefined
  /** Where the ticket stands after the answer; absent: it waits for the customer. */
  leave: 'open' | 'closed' | undefined
  /** Files that were uploaded before. */
  fileIds: bigint[]
  /** Files that came with the form itself, from a browser without scripts. */
  files: UploadedFile[]
  goodwillReason: string
}

/* A text of 50,000 letters and what stands around it. */
const mostFieldBytes = 400_000

/** In memory, and no more of it than a message may carry: what comes after that is read over, so that the form can be answered. */
const boundedMemory: StorageEngine = {
  _handleFile(req, file, done) {
    const pieces: Buffer[] = []
    file.stream.on('data', (piece: Buffer) => {
      const read = (readBytes.get(req) ?? 0) + piece.length
      readBytes.set(req, read)
      if (read <= mostBytesTogether) pieces.push(piece)
    })
    file.stream.once('error', done)
    file.stream.once('end', () => {
      if ((readBytes.get(req) ?? 0) > mostBytesTogether) return done(new MulterError('LIMIT_FILE_SIZE'))
      const buffer = Buffer.concat(pieces)
      done(null, { buffer, size: buffer.length })
    })
  },
  _removeFile: (_req, _file, done) => done(null),
}
const readBytes = new WeakMap<object, number>()

const ofForm = multer({
  storage: boundedMemory,
  // Browsers send names as UTF-8.
  defParamCharset: 'utf8',
  limits: {
    files: mostFiles,
    fileSize: mostFileBytes,
    fields: 60,
    fieldSize: mostFieldBytes,
    parts: 60 + mostFiles,
  },
}).array('files')

const tooMuch = ['LIMIT_FILE_SIZE', 'LIMIT_FILE_COUNT']

/**
 * Parses the composer's form, with files or without. Stands after requireAgent. `tooManyBytes`: files were over a limit; the fields are
 * there all the same, so that the text is not lost with them.
 */
export async function parseSent(req: Request): Promise<{ tooManyBytes: boolean }> {
  if (req.is('multipart/form-data') === false) {
    const wrong = await new Promise<unknown>((resolve) => parseForm(req, req.res as never, resolve))
    if (wrong) throw wrong
    return { tooManyBytes: false }
  }
  const error = await new Promise<unknown>((resolve) => ofForm(req, req.res as never, resolve))
  if (error === undefined || error === null) return { tooManyBytes: false }
  if (error instanceof MulterError && tooMuch.includes(error.code)) return { tooManyBytes: true }
  // Whatever else is wrong with the parts of a form, no browser sent it.
  return refuseRequest({ code: 'bad_request' })
}

export function readSent(req: Request, button: Button | undefined): SentForm {
  const form = readForm(req)
  const seen = form.lastSeenMessageId ?? ''
  const chosen = composerChannels.find((channel) => channel === form.channel) ?? 'email'
  return {
    ticketId: toId(pathText(req, 'id')),
    channel: button === 'ask' ? 'work' : button === 'video' || button === 'work' ? button : chosen,
    askFirst: button === 'ask',
    minutes: (form.minutes ?? '').trim(),
    offerId: form.offerId ?? '',
    body: typedText(form, 'body'),
    waiveReason: (form.waiveReason ?? '').trim(),
    idempotencyKey: formKey(form),
    // 0: the page showed an empty conversation, so any message is news.
    seenId: /^\d{1,19}$/.test(seen) ? toId(seen) : undefined,
    leave: form.then === 'open' || form.then === 'closed' ? form.then : undefined,
    fileIds: readIds((req.body as { file?: unknown } | undefined)?.file),
    files: (Array.isArray(req.files) ? req.files : [])
      // A field in which nothing was chosen comes as a file without a name.
      .filter(({ originalname, size }) => originalname !== '' || size > 0)
      .map(({ originalname, mimetype, buffer }) => ({
        name: originalname,
        mediaType: mimetype,
        bytes: buffer,
      })),
    goodwillReason: form.goodwillReason ?? '',
  }
}

/** A field that may stand in a form several times. */
export function readIds(value: unknown): bigint[] {
  const ids = (Array.isArray(value) ? value : [value]).map(toId).filter((id) => id !== 0n)
  return [...new Set(ids)].slice(0, mostFiles)
}
