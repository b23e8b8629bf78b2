/** The code of an error of Node or PostgreSQL ("ENOENT", "57P03"), if it has one. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}
