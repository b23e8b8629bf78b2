/** Characters that PostgreSQL refuses or that no page shows; line breaks and tabs stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const controls = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff]/g

/** Turn the order of what is shown around: "invoice‮fdp.exe" would be read as "invoiceexe.pdf". */
const turns = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Text of several lines, fit for PostgreSQL: no NUL, no half surrogates, one kind of line break. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029\x85]/g, '\n')
    .replace(controls, '')
    .toWellFormed()
}

/** Text of a header: one line, at most `most` characters, without what could make it look like something else. */
export function cleanLine(text: string, most: number): string {
  const line = cleanText(text.slice(0, most * 4))
    .replace(turns, '')
    .replace(/\s+/g, ' ')
    .trim()
  return cut(line, most).trim()
}

/** Name of a file without folders and with its ending, however long it was. '' when nothing of it can be used. */
export function cleanFileName(name: string): string {
  const bare = cleanLine(name, 2_000)
    .replace(/^.*[\\/]/, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '')
  if (bare.length <= longestName) return bare
  const ending = /\.[\p{L}\p{N}]{1,10}$/u.exec(bare)?.[0] ?? ''
  return `${cut(bare, longestName - ending.length)}${ending}`
}

/** At most so many characters, none of them halved. */
export function cut(text: string, most: number): string {
  const half = text.length > most && /[\ud800-\udbff]/.test(text.charAt(most - 1))
  return text.slice(0, half ? most - 1 : most)
}

const longestName = 180
