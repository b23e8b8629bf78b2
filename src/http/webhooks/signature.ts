import { createHmac, timingSafeEqual } from 'node:crypto'

/** True when `given` is the base64 HMAC-SHA256 of these bytes under the shop's webhook secret. Timing-safe. */
export function isSigned(body: Buffer, secret: string, given: string | undefined): boolean {
  if (!given) return false
  const expected = createHmac('sha256', secret).update(body).digest('base64')
  const a = Buffer.from(expected)
  const b = Buffer.from(given)
  return a.length === b.length && timingSafeEqual(a, b)
}
