import { isDeepStrictEqual } from 'node:util'

/** What was, and what is instead: only the fields that differ, null where there was or is nothing. */
export interface Changes {
  before: Record<string, unknown>
  after: Record<string, unknown>
}

/** Undefined when nothing differs. Values are plain: numbers, texts, lists, objects. */
export function changesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Changes | undefined {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => !isDeepStrictEqual(before[field], after[field]),
  )
  if (fields.length === 0) return undefined
  const pick = (of: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(fields.map((field) => [field, of[field] ?? null]))
  return { before: pick(before), after: pick(after) }
}
