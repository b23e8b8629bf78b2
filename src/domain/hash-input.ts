import { createHash } from 'node:crypto'

/** Hash of an operation's input, so that a key that comes back with other content is told from a repeat (rule 4). */
export function hashInput(...parts: unknown[]): Buffer {
  return createHash('sha256')
    .update(
      JSON.stringify(parts, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)),
    )
    .digest()
}
