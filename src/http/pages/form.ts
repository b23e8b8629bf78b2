import { randomUUID } from 'node:crypto'
import express, { type Request } from 'express'
import { textOfForm } from '../webhooks/text-of-form.ts'

/** A form of ours: a text of 50,000 letters, each of which may take nine characters once it is encoded. */
export const parseForm = express.urlencoded({ extended: false, limit: '1mb', parameterLimit: 50 })

export function readForm(req: Request): Record<string, string> {
  return textOfForm(req.body)
}

/** What a person typed into a field. Browsers send lines with CR LF; a text counts, and costs, without them. */
export function typedText(form: Record<string, string>, field: string): string {
  return (form[field] ?? '').replace(/\r\n?/g, '\n')
}

/** Fresh for each rendered form, so that sending the same form twice is one act. */
export function newFormKey(): string {
  return randomUUID()
}

/** The key that came with a form, or a fresh one for a form that was not ours. */
export function formKey(form: Record<string, string>): string {
  const given = form.idempotencyKey ?? ''
  return /^[\w-]{8,64}$/.test(given) ? given : newFormKey()
}

/** A part of the address as text; Express gives a list for a repeated one. */
export function queryText(req: Request, name: string): string | undefined {
  const value = req.query[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A part of the path. */
export function pathText(req: Request, name: string): string {
  const value = req.params[name]
  return typeof value === 'string' ? value : ''
}
