import { notStorable } from '../../domain/not-storable.ts'
import { refuseField } from '../../domain/refusal.ts'
import { toId } from '../ids.ts'

/** Where a page ended, as one opaque word. The parts hold no "|", but for the last of a pair. */
export function writeCursor(...parts: (string | bigint | Date)[]): string {
  const text = parts.map((part) => (part instanceof Date ? part.toISOString() : String(part))).join('|')
  return Buffer.from(text).toString('base64url')
}

/** Position in a list that goes by id. Refuses: invalid. */
export function readIdCursor(cursor: string | undefined): bigint | undefined {
  if (cursor === undefined) return undefined
  const [id, ...rest] = partsOf(cursor)
  const position = toId(id)
  return position === 0n || rest.length > 0 ? refuseCursor() : position
}

/** Position in a list that goes by time, then id. Refuses: invalid. */
export function readTimeCursor(cursor: string | undefined): { at: Date; id: bigint } | undefined {
  if (cursor === undefined) return undefined
  const [time = '', id, ...rest] = partsOf(cursor)
  const position = { at: new Date(time), id: toId(id) }
  // Only what we write: other spellings of a time reach years that the database does not know.
  const isOurs = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(time) && !Number.isNaN(position.at.getTime())
  return !isOurs || position.id === 0n || rest.length > 0 ? refuseCursor() : position
}

/** Position in a list that goes by id, then by a text, in which "|" may stand. Refuses: invalid. */
export function readPairCursor(cursor: string | undefined): { id: bigint; text: string } | undefined {
  if (cursor === undefined) return undefined
  const [id, ...rest] = partsOf(cursor)
  const position = { id: toId(id), text: rest.join('|') }
  return position.id === 0n || rest.length === 0 || notStorable.test(position.text)
    ? refuseCursor()
    : position
}

function partsOf(cursor: string): string[] {
  return Buffer.from(cursor, 'base64url').toString('utf8').split('|')
}

function refuseCursor(): never {
  return refuseField('cursor', 'give the `next` of a page of this list, or leave it out')
}
