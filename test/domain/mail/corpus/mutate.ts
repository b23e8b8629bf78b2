/** Numbers in [0, 1) that follow from a seed (mulberry32), so that a failure can be played again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

interface Chance {
  /** Below `most`. */
  upTo(most: number): number
  pick<Item>(items: readonly Item[]): Item
}

type Mutation = (raw: Buffer, chance: Chance, other: Buffer) => Buffer

/** A piece of a mail, seldom a long one. */
function piece(raw: Buffer, { upTo }: Chance): [from: number, to: number] {
  const from = upTo(raw.length + 1)
  const length = upTo(4) === 0 ? upTo(raw.length + 1) : upTo(60)
  return [from, Math.min(raw.length, from + length)]
}

const text = (raw: Buffer, change: (text: string) => string) =>
  Buffer.from(change(raw.toString('latin1')), 'latin1')

function shuffled<Item>(items: Item[], { upTo }: Chance): Item[] {
  const all = [...items]
  for (let at = all.length - 1; at > 0; at -= 1) {
    const with_ = upTo(at + 1)
    const one = all[at] as Item
    all[at] = all[with_] as Item
    all[with_] = one
  }
  return all
}

const charsets = [
  'utf-8',
  'koi8-r',
  'windows-1250',
  'iso-2022-jp',
  'utf-16',
  'utf-7',
  'gb18030',
  'x-none',
  '',
  'us-ascii',
]
const encodings = ['base64', 'quoted-printable', '7bit', 'binary', 'x-uuencode', '']

export const mutations: Record<string, Mutation> = {
  'flipped bytes': (raw, { upTo }) => {
    const changed = Buffer.from(raw)
    for (let times = upTo(12); times >= 0 && raw.length > 0; times -= 1) changed[upTo(raw.length)] = upTo(256)
    return changed
  },
  'a piece deleted': (raw, chance) => {
    const [from, to] = piece(raw, chance)
    return Buffer.concat([raw.subarray(0, from), raw.subarray(to)])
  },
  'a piece doubled': (raw, chance) => {
    const [from, to] = piece(raw, chance)
    return Buffer.concat([raw.subarray(0, to), raw.subarray(from, to), raw.subarray(to)])
  },
  'a header shuffled': (raw, chance) =>
    text(raw, (mail) => {
      const end = mail.indexOf('\r\n\r\n')
      if (end < 0) return mail
      return shuffled(mail.slice(0, end).split('\r\n'), chance).join('\r\n') + mail.slice(end)
    }),
  'lines shuffled': (raw, chance) => text(raw, (mail) => shuffled(mail.split('\n'), chance).join('\n')),
  'cut off': (raw, { upTo }) => raw.subarray(0, upTo(raw.length + 1)),
  'begun late': (raw, { upTo }) => raw.subarray(upTo(raw.length + 1)),
  'two mails spliced': (raw, { upTo }, other) =>
    Buffer.concat([raw.subarray(0, upTo(raw.length + 1)), other.subarray(upTo(other.length + 1))]),
  'a mail within a mail': (raw, { upTo }, other) => {
    const at = upTo(raw.length + 1)
    return Buffer.concat([raw.subarray(0, at), other, raw.subarray(at)])
  },
  'damaged boundaries': (raw, { pick, upTo }) =>
    text(raw, (mail) =>
      mail.replace(/^--.{1,70}$/gm, (line) =>
        upTo(3) > 0
          ? line
          : pick(['', `${line}--`, line.slice(0, -2), `-${line}`, `${line} x`, line.toUpperCase()]),
      ),
    ),
  'other boundaries in the header': (raw, { pick }) =>
    text(raw, (mail) =>
      mail.replace(/boundary=("?)[^"\r\n;]*/gi, () =>
        pick(['boundary=$1', 'boundary="x', 'bound=', 'boundary="']),
      ),
    ),
  'other charsets': (raw, { pick }) =>
    text(raw, (mail) =>
      mail
        .replace(/charset=("?)[\w-]+/gi, () => `charset="${pick(charsets)}`)
        .replace(/=\?[\w-]+\?/g, () => `=?${pick(charsets)}?`),
    ),
  'other transfer encodings': (raw, { pick }) =>
    text(raw, (mail) =>
      mail.replace(
        /^(content-transfer-encoding:).*$/gim,
        (_line, name: string) => `${name} ${pick(encodings)}`,
      ),
    ),
  'other types': (raw, { pick }) =>
    text(raw, (mail) =>
      mail.replace(
        /^(content-type: )[\w/-]+/gim,
        (_line, name: string) =>
          `${name}${pick(['text/html', 'text/plain', 'multipart/mixed', 'message/rfc822', 'multipart/report', 'message/delivery-status', 'x', ''])}`,
      ),
    ),
  'other line ends': (raw, { pick, upTo }) =>
    text(raw, (mail) =>
      mail.replace(/\r\n/g, (end) =>
        upTo(4) > 0 ? end : pick(['\n', '\r', '\r\r\n', '\0\r\n', '\r\n\r\n', ' ']),
      ),
    ),
  'brackets unclosed': (raw, { upTo }) =>
    text(raw, (mail) => mail.replace(/[<>"'();=?]/g, (sign) => (upTo(5) > 0 ? sign : ''))),
  'a piece a thousand times': (raw, chance) => {
    const from = chance.upTo(raw.length + 1)
    const short = raw.subarray(from, from + 1 + chance.upTo(40))
    return Buffer.concat([
      raw.subarray(0, from),
      ...Array.from({ length: 1_000 }, () => short),
      raw.subarray(from),
    ])
  },
}

/** One to three mutations of a mail; the same for the same seed. */
export function mutate(seed: number, mails: readonly Buffer[]): { at: number; how: string[]; raw: Buffer } {
  const random = randomFrom(seed)
  const upTo = (most: number) => Math.floor(random() * Math.max(1, most))
  const chance: Chance = { upTo, pick: (items) => items[upTo(items.length)] as (typeof items)[number] }
  const at = upTo(mails.length)
  let raw = mails[at] as Buffer
  const how: string[] = []
  for (let times = 1 + upTo(3); times > 0; times -= 1) {
    const name = chance.pick(Object.keys(mutations))
    how.push(name)
    raw = mutations[name]?.(raw, chance, chance.pick(mails)) ?? raw
  }
  return { at, how, raw }
}
