import { Readable } from 'node:stream'
import { type HeaderLine, type MimeNode, Splitter } from '@zone-eu/mailsplit'
import { findBoundary } from './find-boundary.ts'
import { longestHeader, mendRaw } from './mend-raw.ts'

/** A part without parts of its own, its transfer encoding undone. */
export interface Leaf {
  /** Lower case, such as "text/plain". */
  mediaType: string
  /** What it says of its charset. */
  charset?: string
  /** Lower case: "attachment", "inline", or whatever was written; '' when nothing was. */
  disposition: string
  /** As declared, decoded; '' when it has none. */
  name: string
  /** Its name stands in the header as bytes above 127, one character each: its charset is still to be told. */
  rawName: boolean
  contentId?: string
  flowed: boolean
  delSp: boolean
  /** Subtypes of the multiparts around it, the outermost first. */
  within: string[]
  /** The same object for all parts that say the same in several forms. */
  alternative?: object
  content: Buffer
}

export interface SplitMail {
  /** Of the mail itself; each line is binary: one character a byte. */
  headers: HeaderLine[]
  /** Media type of the whole mail, lower case. */
  mediaType: string
  leaves: Leaf[]
  faults: string[]
}

/** Beyond these nobody looks; the raw mail is kept anyway. */
const mostLeaves = 200
const mostNodes = 5_000

const markedOtherwise = 'its parts were marked otherwise than it says'

/**
 * The parts of a raw mail. Whatever is wrong with it ends up in `faults`; it throws for nothing. An attached mail stays one part: its
 * words are not the writer's.
 */
export async function splitParts(raw: Buffer): Promise<SplitMail> {
  const faults: string[] = []
  const mail = await split(mendRaw(raw, faults), faults)
  const { root, total } = mail
  if (total > mostLeaves) {
    faults.push(`${total.toLocaleString('en')} parts, the first ${mostLeaves} are kept`)
  }
  if (
    root?._boundary &&
    !faults.includes(markedOtherwise) &&
    raw.lastIndexOf(`--${root._boundary.toString('latin1')}--`, undefined, 'latin1') < 0
  ) {
    faults.push('cut off')
  }
  return {
    headers: root?.headers ? root.headers.getList() : [],
    mediaType: root?.contentType || '',
    leaves: mail.leaves,
    faults,
  }
}

interface Split {
  root?: MimeNode
  leaves: Leaf[]
  total: number
}

async function split(raw: Buffer, faults: string[], depth = 0): Promise<Split> {
  const found = new Map<MimeNode, Buffer[]>()
  const parents = new Set<MimeNode>()
  let root: MimeNode | undefined
  let total = 0
  const splitter = new Splitter({
    ignoreEmbedded: true,
    maxHeadSize: 2 * longestHeader,
    maxChildNodes: mostNodes,
  })
  splitter.end(raw)
  try {
    for await (const chunk of splitter) {
      if (chunk.type === 'node') {
        root ??= chunk
        if (chunk.parentNode) parents.add(chunk.parentNode)
        if (!chunk.multipart) total += 1
        if (total <= mostLeaves) found.set(chunk, [])
      } else {
        found.get(chunk.node)?.push(chunk.value)
      }
    }
  } catch (error) {
    faults.push(
      total >= mostLeaves || /nodes/.test(String(error))
        ? 'more parts than anybody sends'
        : `broken: ${String(error)}`,
    )
  }
  const leaves: Leaf[] = []
  for (const [node, chunks] of found) {
    if (node.multipart && parents.has(node)) continue
    if (node.multipart && depth < 3) {
      const more = await splitOtherwise(node, Buffer.concat(chunks), faults, depth)
      total += more.total
      leaves.push(...more.leaves.slice(0, mostLeaves - leaves.length))
      continue
    }
    const { body, rest } = cutAtOuterBoundary(node, Buffer.concat(chunks))
    leaves.push(await leafOf(node, body))
    if (rest && depth < 3) {
      const more = await split(rest, faults, depth + 1)
      total += more.total
      leaves.push(...more.leaves.slice(0, mostLeaves - leaves.length))
    }
  }
  return { ...(root && { root }), leaves, total }
}

/** A multipart without parts: they are marked otherwise than it says, or it is nothing but text. */
async function splitOtherwise(
  node: MimeNode,
  body: Buffer,
  faults: string[],
  depth: number,
): Promise<Omit<Split, 'root'>> {
  const boundary = findBoundary(body)
  if (boundary === undefined) return { leaves: [await leafOf(node, body)], total: 1 }
  faults.push(markedOtherwise)
  return split(withParts(node.multipart || 'mixed', boundary, body), faults, depth + 1)
}

function withParts(kind: string, boundary: string, body: Buffer): Buffer {
  const head = `Content-Type: multipart/${kind}; boundary="${boundary.replace(/["\\]/g, '\\$&')}"\n\n`
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

/**
 * The splitter looks for the boundary of the nearest multipart only. Where that was never closed, what follows it in the outer one
 * stands in the last part's body: it is cut off there and read as parts of the outer one.
 */
function cutAtOuterBoundary(leaf: MimeNode, body: Buffer): { body: Buffer; rest?: Buffer } {
  let cut = body.length
  let outer: string | undefined
  const nearest = leaf.parentNode
  let node = nearest ? nearest.parentNode : nearest
  for (let levels = 0; node && levels < 10; levels += 1, node = node.parentNode) {
    if (!node._boundary || (nearest && isSame(nearest._boundary, node._boundary))) continue
    const boundary = node._boundary.toString('latin1')
    const at = body.indexOf(`\n--${boundary}`, 0, 'latin1')
    if (at < 0 || at >= cut) continue
    cut = at
    outer = boundary
  }
  if (outer === undefined) return { body }
  return { body: body.subarray(0, cut), rest: withParts('mixed', outer, body.subarray(cut + 1)) }
}

function isSame(one: Buffer | false, other: Buffer): boolean {
  return one !== false && one.equals(other)
}

async function leafOf(node: MimeNode, body: Buffer): Promise<Leaf> {
  const contentId = headerOf(node, 'content-id')
    .replace(/^<+|>+$/g, '')
    .trim()
  const around = ancestorsOf(node)
  const alternative = around.findLast(({ multipart }) => multipart === 'alternative')
  return {
    mediaType: mediaTypeOf(node, around),
    ...(node.charset && { charset: node.charset }),
    disposition: node.disposition || '',
    name: node.filename || '',
    rawName: /[\x80-\xff]/.test(`${headerOf(node, 'content-disposition')}${headerOf(node, 'content-type')}`),
    ...(contentId !== '' && contentId.length <= 300 && { contentId }),
    flowed: node.flowed,
    delSp: node.delSp,
    within: around.map(({ multipart }) => multipart || ''),
    ...(alternative && { alternative }),
    content: await decodeTransfer(node, body),
  }
}

function mediaTypeOf(node: MimeNode, around: MimeNode[]): string {
  if (around.at(-1)?.multipart === 'digest' && headerOf(node, 'content-type') === '') return 'message/rfc822'
  const type = node.contentType || ''
  // A multipart without a boundary has no parts: it is shown as what it is, text.
  if (type.startsWith('multipart/')) return 'text/plain'
  return /^[\w!#$&^.+-]{1,80}\/[\w!#$&^.+-]{1,80}$/.test(type) ? type : 'application/octet-stream'
}

function headerOf(node: MimeNode, name: string): string {
  return (node.headers ? node.headers.getFirst(name) : '').slice(0, 1_000)
}

function ancestorsOf(node: MimeNode): MimeNode[] {
  const around: MimeNode[] = []
  for (let parent = node.parentNode; parent; parent = parent.parentNode) around.push(parent)
  return around.reverse()
}

async function decodeTransfer(node: MimeNode, body: Buffer): Promise<Buffer> {
  const said = node.encoding || ''
  node.encoding = said.includes('base64') ? 'base64' : said.includes('quoted') ? 'quoted-printable' : said
  if (node.encoding !== 'base64' && node.encoding !== 'quoted-printable') return body
  return Buffer.concat(await Readable.from(slicesOf(body)).pipe(node.getDecoder()).toArray())
}

function* slicesOf(body: Buffer): Generator<Buffer> {
  const size = 1024 * 1024
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}
