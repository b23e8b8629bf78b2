import type { Request, Response } from 'express'
import multer, { MulterError, type StorageEngine } from 'multer'
import type { UploadedFile } from '../../domain/drafts/draft-files.ts'
import { mostBytesTogether, mostFileBytes, mostFiles } from '../../domain/drafts/file-rules.ts'
import { refuseRequest } from '../http-refusal.ts'
import { toId } from '../ids.ts'
import { parseForm } from './form.ts'

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
 * Parses a form that may carry files. Whoever sends it has proven who they are before. `tooManyBytes`: files were over a limit; the fields are
 * there all the same, so that the text is not lost with them.
 */
export async function parseFiles(req: Request, res: Response): Promise<{ tooManyBytes: boolean }> {
  if (req.is('multipart/form-data') === false) {
    const wrong = await new Promise<unknown>((resolve) => parseForm(req, res, resolve))
    if (wrong) throw wrong
    return { tooManyBytes: false }
  }
  const error = await new Promise<unknown>((resolve) => ofForm(req, res, resolve))
  if (error === undefined || error === null) return { tooManyBytes: false }
  if (error instanceof MulterError && tooMuch.includes(error.code)) return { tooManyBytes: true }
  // Whatever else is wrong with the parts of a form, no browser sent it.
  return refuseRequest({ code: 'bad_request' })
}

/** What a page says of them before anything is uploaded. */
export const fileLimits = {
  fileBytes: mostFileBytes,
  bytesTogether: mostBytesTogether,
  files: mostFiles,
}

/** Files that came with the form itself. */
export function filesIn(req: Request): UploadedFile[] {
  return (
    (Array.isArray(req.files) ? req.files : [])
      // A field in which nothing was chosen comes as a file without a name.
      .filter(({ originalname, size }) => originalname !== '' || size > 0)
      .map(({ originalname, mimetype, buffer }) => ({
        name: originalname,
        mediaType: mimetype,
        bytes: buffer,
      }))
  )
}

/** Files that were uploaded before, as the form names them. */
export function fileIdsIn(req: Request): bigint[] {
  return readIds((req.body as { file?: unknown } | undefined)?.file)
}

/** A field that may stand in a form several times. */
export function readIds(value: unknown): bigint[] {
  const ids = (Array.isArray(value) ? value : [value]).map(toId).filter((id) => id !== 0n)
  return [...new Set(ids)].slice(0, mostFiles)
}
