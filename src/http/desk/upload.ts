import type { NextFunction, Request, Response } from 'express'
import multer, { MulterError } from 'multer'
import { mostBytes } from '../../domain/imports/read-table.ts'
import { refuseRequest } from '../http-refusal.ts'
import { readForm } from '../pages/form.ts'

/** A file of balances as the page's forms send it: chosen, pasted, or carried along from the form before. */
export interface Upload {
  csv: string | Buffer
  /** What stood in the text field, to be shown again. */
  typed: string
}

/* Browsers end each line of a text with CR LF, so a file that fits may come back longer. */
const mostBytesOfText = mostBytes + 1_000_000

const ofForm = multer({
  storage: multer.memoryStorage(),
  limits: { files: 1, fileSize: mostBytes, fields: 4, fieldSize: mostBytesOfText, parts: 5 },
}).single('file')

const tooLong = ['LIMIT_FILE_SIZE', 'LIMIT_FIELD_VALUE']

/**
 * Parses a form with a file, in memory. Stands after requireAgent and before requireCsrf. What is too large is answered by
 * `answerTooLarge`: the form's token may not have come yet, but nothing is done there.
 */
export function parseUpload(answerTooLarge: (req: Request, res: Response) => Promise<void>) {
  return async (req: Request, res: Response, next: NextFunction): Promise<void> => {
    const error = await new Promise<unknown>((resolve) => ofForm(req, res, resolve))
    if (error === undefined || error === null) return next()
    if (error instanceof MulterError && tooLong.includes(error.code)) return answerTooLarge(req, res)
    // Whatever else is wrong with the parts of a form, no browser sent it.
    return refuseRequest({ code: 'bad_request' })
  }
}

export function readUpload(req: Request): Upload {
  const typed = (readForm(req).csv ?? '').replace(/\r\n?/g, '\n')
  return { csv: req.file?.buffer ?? typed, typed }
}
