import { escapeHtml } from '../../escape-html.ts'
import { boundHtml } from './bound-html.ts'
import { decodeText, isUtf7 } from './decode-text.ts'
import { joinFlowed } from './flowed-text.ts'
import { plainText, textOfHtml } from './html-text.ts'
import type { Leaf } from './split-parts.ts'
import { unwrapSigned } from './unwrap-signed.ts'

/** What a mail says, in both forms, and the parts that are no text of it. */
export interface ChosenText {
  /** As plain text, with the signs of `setAside`. */
  text: string
  /** Not yet sanitised; undefined when none of it was HTML. */
  html?: string
  others: Leaf[]
  faults: string[]
}

/** In bytes of one part. Longer ones are no letters. */
const longestPart = 2_000_000

/**
 * The words of a mail. Of several forms of the same (multipart/alternative) the plain one is read, since its program chose it; HTML
 * speaks where that is missing or empty. `hint` is a charset that the mail's header uses.
 */
export function chooseText(leaves: readonly Leaf[], hint: string | undefined): ChosenText {
  const faults = new Set<string>()
  const bodies = leaves.filter((leaf, at) => isBody(leaf, at === leaves.findIndex(isText)))
  const groups = new Map<object, Leaf[]>()
  for (const leaf of bodies) {
    const key = leaf.alternative ?? leaf
    groups.set(key, [...(groups.get(key) ?? []), leaf])
  }
  const texts: string[] = []
  const htmls: string[] = []
  let hasHtml = false
  for (const group of groups.values()) {
    const plain = group
      .filter(({ mediaType }) => mediaType !== 'text/html')
      .map((leaf) => plainOf(leaf, hint, faults))
    const html = group
      .filter(({ mediaType }) => mediaType === 'text/html')
      .map((leaf) => htmlOf(leaf, hint, faults))
    const words = plain.join('\n')
    texts.push(words.trim() === '' && html.length > 0 ? textOfHtml(html.join('\n')) : words)
    hasHtml ||= html.length > 0
    htmls.push(html.length > 0 ? html.join('\n') : `<pre>${escapeHtml(words)}</pre>`)
  }
  return {
    text: texts.join('\n'),
    ...(hasHtml && { html: boundHtml(htmls.join('\n')).html }),
    others: leaves.filter((leaf) => !bodies.includes(leaf)),
    faults: [...faults],
  }
}

function isText({ mediaType, disposition }: Leaf): boolean {
  return (mediaType === 'text/plain' || mediaType === 'text/html') && disposition !== 'attachment'
}

/** A text with a name is a file that its program shows within the mail, unless it is the first: some name even that. */
function isBody(leaf: Leaf, first: boolean): boolean {
  if (!isText(leaf)) return false
  return first || leaf.name === ''
}

function plainOf(leaf: Leaf, hint: string | undefined, faults: Set<string>): string {
  const text = plainText(decode(leaf, hint, faults))
  const whole = leaf.flowed ? joinFlowed(text, leaf.delSp) : text
  const unwrapped = unwrapSigned(whole)
  if (unwrapped !== undefined) faults.add('signed; the signature was not checked')
  return unwrapped ?? whole
}

/** Pictures that stand in the HTML itself are left out here already: they would leave no room for its words. */
function htmlOf(leaf: Leaf, hint: string | undefined, faults: Set<string>): string {
  const said = leaf.charset ?? charsetInHtml(leaf.content)
  const html = decode({ ...leaf, ...(said !== undefined && { charset: said }) }, hint, faults)
    .replaceAll('\0', '')
    .replace(/\r\n?/g, '\n')
    .replace(/\bsrc\s{0,3}=\s{0,3}(["'])data:[^"']*/gi, 'src=$1')
    .toWellFormed()
  const bounded = boundHtml(html)
  if (!bounded.whole) faults.add('its formatted text is more than anybody reads: the beginning is shown')
  return bounded.html
}

function decode(leaf: Leaf, hint: string | undefined, faults: Set<string>): string {
  if (isUtf7(leaf.charset)) faults.add('written in UTF-7, which is not read: its text is shown as it came')
  const { text, guessed } = decodeText(leaf.content.subarray(0, longestPart), leaf.charset, hint)
  if (guessed) faults.add('its charset was missing or wrong and had to be guessed')
  return text
}

function charsetInHtml(content: Buffer): string | undefined {
  const head = content.subarray(0, 4_000).toString('latin1')
  return /<meta[^>]{0,200}charset=["']?([\w.:-]{1,40})/i.exec(head)?.[1]
}
