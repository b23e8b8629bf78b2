/* Events and reviews carry data that other parts of the house wrote, perhaps an older version of them: a page reads what it
   understands and shows nothing for the rest, rather than failing. */

type Data = Record<string, unknown>

/** The first of these fields that is a text (or a number, as text). */
export function textIn(data: Data, ...names: string[]): string | undefined {
  for (const name of names) {
    const value = data[name]
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number') return String(value)
  }
  return undefined
}

/** The first of these fields that is a whole number, written as a number or as text. */
export function unitsIn(data: Data, ...names: string[]): bigint | undefined {
  const text = textIn(data, ...names)
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? BigInt(text) : undefined
}

export function numberIn(data: Data, ...names: string[]): number | undefined {
  const value = Number(textIn(data, ...names))
  return Number.isFinite(value) ? value : undefined
}
