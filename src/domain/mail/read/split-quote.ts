import { hasReplyMarker } from '../../../words/reply-marker.ts'
import { setAside } from './html-text.ts'
import {
  announces,
  isAttribution,
  isCertainAttribution,
  isDeviceLine,
  isHeaderBlock,
  isSeparator,
  mayBeginAttribution,
} from './quote-lines.ts'

/** What somebody wrote anew, and all the rest: together every word of the text. */
export interface SplitText {
  answer: string
  quoted: string
}

type Mark = 'own' | 'quoted' | 'blank'

/**
 * Tells a new answer from what is quoted of earlier mails, signatures and footers. In doubt a line counts as new: showing too much
 * costs a glance, hiding what a customer wrote costs a customer. Each line is looked at a bounded number of times.
 */
export function splitQuote(text: string): SplitText {
  const lines = text.split('\n')
  const marks = lines.map(firstMark)
  const end = endOfOwn(lines, marks)
  marks.fill('quoted', end)
  const announced = markAttributions(lines, marks, end)
  markSignatures(lines, marks, end)
  keepContext(marks, announced)
  const own: string[] = []
  const aside: string[] = []
  // A blank line belongs to what stands before it.
  let side = own
  lines.forEach((line, at) => {
    if (marks[at] !== 'blank') side = marks[at] === 'quoted' ? aside : own
    side.push(line.replaceAll(setAside, ''))
  })
  return { answer: tidy(own), quoted: tidy(aside) }
}

function firstMark(line: string): Mark {
  if (line.includes(setAside) || /^[\s\u200e\u200f\u202a-\u202e]{0,4}>/.test(line)) return 'quoted'
  return line.trim() === '' ? 'blank' : 'own'
}

/** Where everything below is an earlier mail: our marker, Outlook's header, an attribution that nothing marks further. */
function endOfOwn(lines: readonly string[], marks: readonly Mark[]): number {
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    if (marks[at] !== 'own') continue
    if (hasReplyMarker(line)) return at
    if (announces(line) || isHeaderBlock(lines, at)) return separatorAbove(lines, marks, at)
    const attribution = attributionAt(lines, marks, at)
    if (!attribution) continue
    const next = nextContent(lines, marks, at + attribution.length)
    const marked = next !== undefined && marks[next] === 'quoted'
    if (!marked && attribution.certain) return at
    if (!marked && next !== undefined && hasReplyMarker(lines[next] ?? '')) return at
  }
  return lines.length
}

/** A line drawn before a header block belongs to it. */
function separatorAbove(lines: readonly string[], marks: readonly Mark[], at: number): number {
  let first = at
  for (let above = at - 1; above >= 0 && above >= at - 4; above -= 1) {
    if (marks[above] === 'blank') continue
    if (marks[above] !== 'own' || !isSeparator(lines[above] ?? '')) break
    first = above
  }
  return first
}

const mostAttributionLines = 4

/** The attribution that begins at that line, over as many lines as its program broke it into. */
function attributionAt(
  lines: readonly string[],
  marks: readonly Mark[],
  at: number,
): { length: number; certain: boolean } | undefined {
  let joined = ''
  const most = mayBeginAttribution(lines[at] ?? '') ? mostAttributionLines : 1
  for (let length = 1; length <= most; length += 1) {
    const line = lines[at + length - 1]
    if (line === undefined || marks[at + length - 1] !== 'own' || line.length > 400) return undefined
    joined = `${joined} ${line.trim()}`.trim()
    if (!isAttribution(joined)) continue
    return beginsLater(lines.slice(at, at + length))
      ? undefined
      : { length, certain: isCertainAttribution(joined) }
  }
  return undefined
}

/** What was written just above an attribution, without a blank line between, is no part of it. */
function beginsLater(lines: readonly string[]): boolean {
  return lines.some(
    (line, at) => at > 0 && mayBeginAttribution(line) && isAttribution(lines.slice(at).join(' ')),
  )
}

function nextContent(lines: readonly string[], marks: readonly Mark[], from: number): number | undefined {
  for (let at = from; at < lines.length && at < from + 6; at += 1) if (marks[at] !== 'blank') return at
  return undefined
}

/** "On … wrote:" goes with the quote below it. Returns the lines that do. */
function markAttributions(lines: readonly string[], marks: Mark[], end: number): Set<number> {
  const announced = new Set<number>()
  for (let at = 0; at < end; at += 1) {
    if (marks[at] !== 'own') continue
    const attribution = attributionAt(lines, marks, at)
    if (!attribution) continue
    const next = nextContent(lines, marks, at + attribution.length)
    if (next === undefined || marks[next] !== 'quoted') continue
    marks.fill('quoted', at, at + attribution.length)
    for (let line = at; line < at + attribution.length; line += 1) announced.add(line)
  }
  return announced
}

const longestSignature = 30

/** "-- " and what follows to the next quote; and a device's line at the end of what was written. */
function markSignatures(lines: readonly string[], marks: Mark[], end: number): void {
  // Several of them part what somebody lists.
  const parts = lines.slice(0, end).filter((line) => line === '--').length > 1
  for (let at = 0; at < end; at += 1) {
    const line = lines[at] ?? ''
    if (marks[at] !== 'own' || !/^--\s?$/.test(line) || (parts && line === '--')) continue
    const most = lines[at] === '-- ' ? longestSignature : longestSignature / 2
    let last = at + 1
    while (last < end && marks[last] !== 'quoted' && last - at <= most) last += 1
    if (last - at > most) continue
    for (let line = at; line < last; line += 1) if (marks[line] === 'own') marks[line] = 'quoted'
  }
  for (let at = 0; at < end; at += 1) {
    if (marks[at] !== 'own' || !isDeviceLine(lines[at] ?? '')) continue
    const next = nextContent(lines, marks, at + 1)
    if (next === undefined || marks[next] === 'quoted') marks[at] = 'quoted'
  }
}

/** How much of a quote stays above an answer that was written into it. */
const contextLines = 6

/**
 * "Yes." and "Tuesday." written between the lines of a quote say nothing without them: the lines just above such answers stay. One
 * answer below a whole quote stands for itself.
 */
function keepContext(marks: Mark[], announced: ReadonlySet<number>): void {
  const runs: { mark: Mark; from: number; to: number }[] = []
  marks.forEach((mark, at) => {
    const run = runs.at(-1)
    if (mark === 'blank') return
    if (run?.mark === mark) run.to = at + 1
    else runs.push({ mark, from: at, to: at + 1 })
  })
  const firstQuote = runs.findIndex(({ mark }) => mark === 'quoted')
  const answers = runs.filter(({ mark }, index) => mark === 'own' && firstQuote >= 0 && index > firstQuote)
  const quotedBelow = runs.at(-1)?.mark === 'quoted'
  if (answers.length === 0 || (answers.length === 1 && !quotedBelow)) return
  runs.forEach((run, index) => {
    if (run.mark !== 'quoted' || runs[index + 1]?.mark !== 'own') return
    for (let at = Math.max(run.from, run.to - contextLines); at < run.to; at += 1) {
      if (marks[at] === 'quoted' && !announced.has(at)) marks[at] = 'own'
    }
  })
}

function tidy(lines: readonly string[]): string {
  return lines.join('\n').trim()
}
