/** Figures that cannot be right, or that PostgreSQL cannot hold (class 22, data exception): trying again meets the same. */
export function isBadInput(error: unknown): error is Error {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? error.code : undefined
  return error instanceof RangeError || (typeof code === 'string' && /^22/.test(code))
}
