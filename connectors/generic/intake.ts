import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ShopIntake } from '../../src/ports/shop.ts'
import { example, jsonSchema } from './contract.ts'
import { findProblems, topicOf } from './delivery.ts'

const signatureHeader = 'x-creditdesk-signature'
/* While a secret is changed a sender may sign with both; nobody needs more. */
const mostSignatures = 4

/** How a shop or a script of any kind posts: JSON, signed like "t=1772361002,v1=5257a869…" (README.md). */
export const intake: ShopIntake = {
  signatureHeader,

  isPing: () => false,

  /**
   * HMAC-SHA256 of "t.body" in hex. The time is signed but not held against the clock: states of an order converge and
   * deletions carry their own date, so a delivery that comes again, or late from a sender's queue, does no harm, while a window
   * would lose orders of whoever's clock is wrong.
   */
  isSigned({ headers, body }, secret) {
    const { time, signatures } = readSignature(headers[signatureHeader])
    if (time === undefined) return false
    const expected = createHmac('sha256', secret).update(`${time}.`).update(body).digest()
    return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected))
  },

  topicOf,
  findProblems,

  headersToKeep({ headers }) {
    return Object.fromEntries(
      ['user-agent', 'content-type'].flatMap((name) => {
        const value = headers[name]
        return typeof value === 'string' ? [[name, value]] : []
      }),
    )
  },

  document: {
    summary: 'An order as it stands now, or that it is gone',
    description:
      'Signed with the webhook secret of the shop. Answered 422 when a field is wrong; the body is kept all the same.',
    signature: 't=UNIX,v1=HEX, where HEX is HMAC-SHA256 of "UNIX.body" under the webhook secret.',
    schema: jsonSchema,
    example,
  },
}

function readSignature(header: string | string[] | undefined): {
  time: string | undefined
  signatures: Buffer[]
} {
  const parts = typeof header === 'string' ? header.split(',').map((part) => part.trim()) : []
  const time = parts.map((part) => /^t=(\d{1,15})$/.exec(part)?.[1]).find((one) => one !== undefined)
  const signatures = parts
    .map((part) => /^v1=([\da-f]{64})$/i.exec(part)?.[1])
    .flatMap((hex) => (hex === undefined ? [] : [Buffer.from(hex, 'hex')]))
  return { time, signatures: signatures.slice(0, mostSignatures) }
}
