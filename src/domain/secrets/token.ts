import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { fromBase32, toBase32 } from './base32.ts'
import type { Keyring, SecretKey } from './keyring.ts'

/** A random secret for an API key, a login or a login link. 32 bytes make 43 characters, fit for a URL. */
export function newToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url')
}

/** What the database keeps of a token. A plain hash is enough, since the token itself cannot be guessed. 32 bytes. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

const defaultMacBytes = 15

function mac(key: SecretKey, purpose: string, parts: readonly string[], bytes: number): Buffer {
  const hmac = createHmac('sha256', key.derive(`mac/${purpose}`))
  for (const part of parts) {
    // With its length before it, so that ["ab", "c"] and ["a", "bc"] differ.
    hmac.update(`${Buffer.byteLength(part)}:`).update(part)
  }
  return hmac.digest().subarray(0, bytes)
}

/** HMAC-SHA256 of the parts under the newest key, 120 bits as 24 characters of lower-case base32. */
export function macToken(keyring: Keyring, purpose: string, parts: readonly string[]): string {
  return toBase32(mac(keyring.keys[0], purpose, parts, defaultMacBytes))
}

/** True when any key of the ring made this token for these parts and purpose. Timing-safe. */
export function verifyMac(
  keyring: Keyring,
  purpose: string,
  parts: readonly string[],
  token: string,
): boolean {
  const given = fromBase32(token)
  return given?.length === defaultMacBytes && matches(keyring, purpose, parts, given)
}

function matches(keyring: Keyring, purpose: string, parts: readonly string[], given: Buffer): boolean {
  return keyring.keys.some((key) => timingSafeEqual(mac(key, purpose, parts, given.length), given))
}

/**
 * Ids and their MAC in one lower-case base32 word: the reader learns the ids from the token alone and nobody can make
 * one for other ids. Ids are not hidden. `macBytes` >= 10. Throws RangeError on a negative id.
 */
export function signIds(keyring: Keyring, purpose: string, ids: readonly bigint[], macBytes: number): string {
  const payload = Buffer.concat(ids.map(toVarint))
  return toBase32(Buffer.concat([payload, mac(keyring.keys[0], purpose, ids.map(String), macBytes)]))
}

/** The `count` ids of a token of `signIds` with the same purpose; undefined when anything about it is not ours. */
export function readSignedIds(
  keyring: Keyring,
  purpose: string,
  count: number,
  token: string,
  macBytes: number,
): bigint[] | undefined {
  const bytes = fromBase32(token)
  if (!bytes || bytes.length > count * maxVarintBytes + macBytes) return undefined
  const ids: bigint[] = []
  let at = 0
  while (ids.length < count) {
    const read = fromVarint(bytes, at)
    if (!read) return undefined
    ids.push(read.value)
    at = read.next
  }
  const given = bytes.subarray(at)
  return given.length === macBytes && matches(keyring, purpose, ids.map(String), given) ? ids : undefined
}

/* Seven bits in each byte, lowest first; the high bit says that more follow. Keeps small ids short in an address. */
const maxVarintBytes = 10

function toVarint(id: bigint): Buffer {
  if (id < 0n) throw new RangeError('An id in a token is never negative')
  const bytes: number[] = []
  let rest = id
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Buffer.from(bytes)
}

function fromVarint(bytes: Buffer, start: number): { value: bigint; next: number } | undefined {
  let value = 0n
  for (let at = start; at < Math.min(bytes.length, start + maxVarintBytes); at++) {
    const byte = bytes[at] ?? 0
    value |= BigInt(byte & 127) << BigInt(7 * (at - start))
    if (byte < 128) return { value, next: at + 1 }
  }
  return undefined
}
