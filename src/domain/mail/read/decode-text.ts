import { analyse } from 'chardet'

/** A text and how it was written. */
export interface DecodedText {
  text: string
  /** It said otherwise, or nothing, and the bytes decided. */
  guessed: boolean
}

const labels: Record<string, string> = {
  cp932: 'shift_jis',
  'cp-850': 'ibm866',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
  'iso-8859-8-e': 'iso-8859-8',
  'iso-2022-jp-1': 'iso-2022-jp',
  'iso-2022-jp-2': 'iso-2022-jp',
  'iso-2022-jp-ms': 'iso-2022-jp',
  'x-mac-greek': 'iso-8859-7',
  utf8mb4: 'utf-8',
  'utf-8-sig': 'utf-8',
  'x-utf-8': 'utf-8',
}

/** Written by programs that do not know; the bytes know better. */
const saysNothing = new Set(['', 'us-ascii', 'ascii', 'ansi_x3.4-1968', '7bit', '8bit', 'binary', 'default'])

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** What windows-1252 has from 0x80 to 0x9f. Node before 24 reads control characters there: "€" and quotation marks would be lost. */
const between = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

function decodeBy(decoder: TextDecoder, bytes: Buffer): string {
  if (decoder.encoding !== 'windows-1252') return decoder.decode(bytes)
  return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (sign) => between.charAt(sign.charCodeAt(0) - 0x80))
}

/**
 * Bytes as text. What a mail says of its charset is believed unless the bytes contradict it: bytes that are UTF-8 are nothing else
 * by chance, and bytes that are not cannot be. Then `hint` (another charset of the same mail) and statistics decide. Never throws.
 */
export function decodeText(bytes: Buffer, said: string | undefined, hint?: string): DecodedText {
  const marked = byteOrderMark(bytes)
  if (marked) return { text: marked, guessed: false }
  const label = labelOf(said)
  const decoder = label === undefined ? undefined : decoderOf(label)
  if (!decoder || decoder.encoding === 'utf-8' || isSingleByte(decoder.encoding)) {
    const text = asUtf8(bytes)
    const plain = text !== undefined && isAscii(bytes)
    // ISO-2022-JP is 7 bit, and so is plain text.
    if (text !== undefined && !(plain && text.includes('\u001b$'))) {
      return { text, guessed: !plain && label !== undefined && decoder?.encoding !== 'utf-8' }
    }
    if (decoder && decoder.encoding !== 'utf-8') return { text: decodeBy(decoder, bytes), guessed: false }
    if (text !== undefined) return { text: new TextDecoder('iso-2022-jp').decode(bytes), guessed: true }
    return { text: guess(bytes, hint), guessed: true }
  }
  // A server that recoded a mail, but not its header: letters of UTF-16 would have bytes that no text in UTF-8 has.
  const recoded = decoder.encoding.startsWith('utf-16') && !hasControls(bytes) ? asUtf8(bytes) : undefined
  if (recoded !== undefined) return { text: recoded, guessed: true }
  return { text: decodeBy(decoder, bytes), guessed: false }
}

function hasControls(bytes: Buffer): boolean {
  return bytes.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20))
}

/** True for a charset that hides what is written from every filter on the way; it is shown undecoded. */
export function isUtf7(charset: string | undefined): boolean {
  return /^(x-)?(unicode-1-1-)?utf-?7$/i.test(charset?.slice(0, 60).trim() ?? '')
}

function labelOf(said: string | undefined): string | undefined {
  const label = (said ?? '')
    .slice(0, 60)
    .trim()
    .toLowerCase()
    .replace(/^["']+|["']+$/g, '')
  if (saysNothing.has(label) || isUtf7(label)) return undefined
  const win = /^(?:x-)?(?:cp|win|windows|ms)[-_]?(125\d|874)$/.exec(label)?.[1]
  return win ? `windows-${win}` : (labels[label] ?? label)
}

function decoderOf(label: string): TextDecoder | undefined {
  try {
    return new TextDecoder(label)
  } catch {
    return undefined
  }
}

function isSingleByte(encoding: string): boolean {
  return /^(windows-|iso-8859-|koi8-|ibm866|macintosh|x-mac)/.test(encoding)
}

function isAscii(bytes: Buffer): boolean {
  return bytes.every((byte) => byte < 0x80)
}

function byteOrderMark(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return asUtf8(bytes.subarray(3))
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return undefined
}

/** Undefined when it is no UTF-8. A character that was cut off at the end spoils only itself. */
function asUtf8(bytes: Buffer): string | undefined {
  for (const cut of [0, 1, 2, 3]) {
    try {
      return utf8.decode(bytes.subarray(0, bytes.length - cut)) + (cut > 0 ? '\ufffd' : '')
    } catch {
      if (cut >= bytes.length) return undefined
    }
  }
  return undefined
}

/** Enough for statistics; they cost per byte. */
const sample = 20_000

/** Charsets by which Europe wrote before UTF-8 and that a short text does not give away. */
const likely = /^(windows-125\d|iso-8859-\d+|koi8-r|shift_jis|big5|euc-(jp|kr)|gb18030)$/

function guess(bytes: Buffer, hint: string | undefined): string {
  const hinted = labelOf(hint)
  const byHint = hinted === undefined ? undefined : decoderOf(hinted)
  if (byHint && byHint.encoding !== 'utf-8') return decodeBy(byHint, bytes)
  const best = analyse(bytes.subarray(0, sample)).find(({ name }) => likely.test(name.toLowerCase()))
  const mostlyUtf8 = new TextDecoder().decode(bytes)
  // A few spoiled characters in what is else UTF-8: another charset would spoil all the others.
  if (spoiled(mostlyUtf8) * 4 < accented(mostlyUtf8)) return mostlyUtf8
  const told = best && best.confidence >= 20 ? best.name : 'windows-1252'
  return decodeBy(decoderOf(told) ?? new TextDecoder(), bytes)
}

function spoiled(text: string): number {
  return text.split('\ufffd').length - 1
}

function accented(text: string): number {
  return text.match(/[\u0080-\ufffc]/g)?.length ?? 0
}
