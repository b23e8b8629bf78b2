import { refuseField } from '../../refusal.ts'

const longestTag = 40
const mostTags = 20

/**
 * Tags as they are kept: small letters, one space between words, without "#" and the commas that part them. Refuses: invalid
 * (`field`).
 */
export function readTags(typed: readonly string[], field: string): string[] {
  const tags = typed
    .flatMap((text) => text.split(/[,،;\n]/))
    .map((tag) => tag.normalize('NFC').replace(/^\s*#/, '').replace(/\s+/g, ' ').trim().toLowerCase())
    .filter((tag) => tag !== '')
  const long = tags.find((tag) => [...tag].length > longestTag)
  if (long) refuseField(field, `a tag has at most ${longestTag} letters; "${long.slice(0, 20)}…" is longer`)
  if (tags.length > mostTags) refuseField(field, `give at most ${mostTags} tags at once`)
  return [...new Set(tags)]
}
