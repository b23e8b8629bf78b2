import { setAside } from './html-text.ts'

const begin = '-----BEGIN PGP SIGNED MESSAGE-----'
const signature = '-----BEGIN PGP SIGNATURE-----'
const end = '-----END PGP SIGNATURE-----'

/**
 * The words of a text that was signed with PGP within its lines, without the dashes that signing puts before other dashes; what is about
 * the signature is set aside, at the end. Undefined when it is no such text.
 */
export function unwrapSigned(text: string): string | undefined {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const from = lines.indexOf(begin)
  const blank = lines.indexOf('', from)
  const sign = lines.indexOf(signature, blank)
  if (from < 0 || blank < 0 || sign < 0) return undefined
  const last = lines.indexOf(end, sign)
  const after = last < 0 ? lines.length : last + 1
  const words = lines.slice(blank + 1, sign).map((line) => line.replace(/^- /, ''))
  const about = [...lines.slice(from, blank), ...lines.slice(sign, after)]
  return [
    ...lines.slice(0, from),
    ...words,
    ...lines.slice(after),
    ...about.map((line) => setAside + line),
  ].join('\n')
}
