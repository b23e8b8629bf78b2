import { Parser } from 'htmlparser2'
import { cut } from './clean-text.ts'

/** In characters, elements, and elements within each other. Long conversations in Word's HTML stay well below. */
const longest = 1_000_000
const mostElements = 50_000
const deepest = 500

/** HTML up to where it becomes more than a mail: what reads it further costs the square of its depth. */
export function boundHtml(html: string): { html: string; whole: boolean } {
  const short = cut(html, longest)
  let elements = 0
  let depth = 0
  let end: number | undefined
  const parser = new Parser({
    onopentagname() {
      elements += 1
      depth += 1
      if (end === undefined && (elements > mostElements || depth > deepest)) end = parser.startIndex
    },
    onclosetag() {
      depth -= 1
    },
  })
  for (let at = 0; at < short.length && end === undefined; at += 4_096)
    parser.write(short.slice(at, at + 4_096))
  const kept = end === undefined ? short : short.slice(0, end)
  return { html: kept, whole: kept.length === html.length }
}
