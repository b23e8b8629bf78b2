import { randomBytes } from 'node:crypto'
import { fromBase32, toBase32 } from '../../domain/secrets/base32.ts'
import type { Keyring } from '../../domain/secrets/keyring.ts'
import { macToken, verifyMac } from '../../domain/secrets/token.ts'

/**
 * The token that each form carries, made from what signs the reader in: the login cookie's value, or the token of a private
 * link. Nothing is stored for it, and it dies with the login. It is masked, so that it reads differently in every answer: pages
 * go out compressed, and by the size of many answers a stranger could otherwise guess what they have in common (BREACH).
 */
export function csrfTokenFor(keyring: Keyring, loginToken: string): string {
  const bytes = fromBase32(macToken(keyring, 'csrf', [loginToken])) ?? Buffer.alloc(0)
  const pad = randomBytes(bytes.length)
  return toBase32(Buffer.concat([pad, xor(pad, bytes)]))
}

/** True for every token that csrfTokenFor made for this login, under any key of the ring. Timing-safe. */
export function isCsrfToken(keyring: Keyring, loginToken: string, token: string): boolean {
  const bytes = fromBase32(token)
  if (!bytes || bytes.length % 2 !== 0) return false
  const half = bytes.length / 2
  const unmasked = toBase32(xor(bytes.subarray(0, half), bytes.subarray(half)))
  return verifyMac(keyring, 'csrf', [loginToken], unmasked)
}

function xor(pad: Buffer, bytes: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, at) => byte ^ (pad[at] ?? 0)))
}
