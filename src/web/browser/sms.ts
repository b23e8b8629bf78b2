/** The letters of GSM-7 that take one unit, and those that take two. Any other letter makes the whole SMS UCS-2. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà'
const extended = '\f^{}\\[~]|€'
const single = new Set(basic)
const double = new Set(extended)

export interface SmsCount {
  characters: number
  segments: number
  /** True when a letter outside GSM-7 shortened each segment to 70 units. */
  unicode: boolean
}

/**
 * Counts as the network will. A letter of two units is never cut by the end of a segment, so segments are packed one
 * after the other rather than divided. The price still comes from the server.
 */
export function countSms(text: string): SmsCount {
  const letters = [...text]
  const unicode = letters.some((letter) => !single.has(letter) && !double.has(letter))
  const sizes = letters.map((letter) => (unicode ? letter.length : double.has(letter) ? 2 : 1))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total === 0) return { characters: 0, segments: 0, unicode: false }
  const [alone, joined] = unicode ? [70, 67] : [160, 153]
  if (total <= alone) return { characters: total, segments: 1, unicode }
  let segments = 1
  let room = joined
  for (const size of sizes) {
    if (size > room) {
      segments += 1
      room = joined
    }
    room -= size
  }
  return { characters: total, segments, unicode }
}
