import { notStorable } from '../not-storable.ts'
import type { FieldProblem } from '../refusal.ts'

/** What WordPress takes for the key of meta data; what is wrong is put to `fields`. */
export function readCreditsKey(key: string | undefined, fields: FieldProblem[]): string | undefined {
  const trimmed = key?.trim()
  if (trimmed === undefined || (/^\S{1,255}$/.test(trimmed) && !notStorable.test(trimmed))) return trimmed
  fields.push({
    field: 'creditsKey',
    message: 'give the key of the meta data without spaces, such as _support_credits',
  })
  return undefined
}
