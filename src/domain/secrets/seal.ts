import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Keyring, SecretKey } from './keyring.ts'

/* Layout: 1 byte format, 1 byte key id, 12 bytes nonce, ciphertext, 16 bytes tag. */
const format = 1
const nonceBytes = 12
const tagBytes = 16
const headBytes = 2 + nonceBytes

/**
 * Encrypts for storage with AES-256-GCM under the newest key.
 * `context` names the place ("shop 12 consumer secret"): a value that is copied to another row does not open there.
 */
export function seal(keyring: Keyring, plaintext: string, context: string): Buffer {
  const key = keyring.keys[0]
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key.derive('seal'), nonce, { authTagLength: tagBytes })
  cipher.setAAD(Buffer.from(context))
  const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
  return Buffer.concat([Buffer.from([format, key.id]), nonce, body, cipher.getAuthTag()])
}

/** Opens what `seal` made with any key of the ring. Throws when none fits, or when value or context was changed. */
export function open(keyring: Keyring, sealed: Uint8Array, context: string): string {
  const bytes = Buffer.from(sealed)
  if (bytes.length >= headBytes + tagBytes && bytes[0] === format) {
    // Two keys may share the byte of their id, so a failure with one is no verdict yet.
    for (const key of keyring.keys.filter((one) => one.id === bytes[1])) {
      const plaintext = tryOpen(key, bytes, context)
      if (plaintext !== undefined) return plaintext
    }
  }
  throw new Error(
    'A stored secret cannot be opened: SECRET_KEY changed without SECRET_KEY_OLD, or it was altered',
  )
}

function tryOpen(key: SecretKey, bytes: Buffer, context: string): string | undefined {
  const nonce = bytes.subarray(2, headBytes)
  const decipher = createDecipheriv('aes-256-gcm', key.derive('seal'), nonce, { authTagLength: tagBytes })
  decipher.setAAD(Buffer.from(context))
  decipher.setAuthTag(bytes.subarray(-tagBytes))
  const body = decipher.update(bytes.subarray(headBytes, -tagBytes))
  try {
    return Buffer.concat([body, decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** True when the value was sealed with a former key and should be sealed again. */
export function isSealedByOldKey(keyring: Keyring, sealed: Uint8Array): boolean {
  return sealed[1] !== keyring.keys[0].id
}
