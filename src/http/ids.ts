const biggest = 2n ** 63n - 1n

/**
 * The id that an opaque string from outside stands for; 0n, which no row has, for anything that cannot be one. So "abc" and a
 * number beyond all ids are simply not found, as any other id of nobody.
 */
export function toId(text: unknown): bigint {
  if (typeof text !== 'string' || !/^[1-9]\d{0,18}$/.test(text)) return 0n
  const id = BigInt(text)
  return id > biggest ? 0n : id
}
