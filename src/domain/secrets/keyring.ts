import { createHash, hkdfSync } from 'node:crypto'

export interface SecretKey {
  /** First byte of a fingerprint: says which key sealed something without anybody having to number keys. */
  id: number
  /** A key of its own for each use, so that what leaks from one use opens no other. 32 bytes. */
  derive(use: string): Buffer
}

/** `keys[0]` seals and signs; all open and verify. Made once at the start. */
export interface Keyring {
  keys: readonly [SecretKey, ...SecretKey[]]
}

/** Throws RangeError unless every key has 32 bytes. `oldKeys`: former secret keys, newest first. */
export function makeKeyring(secretKey: Buffer, oldKeys: readonly Buffer[] = []): Keyring {
  return { keys: [makeKey(secretKey), ...oldKeys.map(makeKey)] }
}

function makeKey(secret: Buffer): SecretKey {
  if (secret.length !== 32) throw new RangeError(`A secret key has 32 bytes, not ${secret.length}`)
  const derived = new Map<string, Buffer>()
  return {
    id: createHash('sha256').update('creditdesk key id').update(secret).digest().readUInt8(0),
    derive: (use) => {
      let key = derived.get(use)
      if (!key) {
        key = Buffer.from(hkdfSync('sha256', secret, '', `creditdesk/${use}`, 32))
        derived.set(use, key)
      }
      return key
    },
  }
}
