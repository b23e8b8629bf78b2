import { createHmac, timingSafeEqual } from 'node:crypto'
import type { ShopIntake } from '../../src/ports/shop.ts'

const signatureHeader = 'x-wc-webhook-signature'

/**
 * How WooCommerce posts. It reads no answer: anything but 200 counts as a failure, and at the seventh in a row it switches its
 * webhook off without a word.
 */
export const intake: ShopIntake = {
  signatureHeader,

  /** What it sends when a webhook is saved: a form without signature and topic, which wants exactly 200. */
  isPing({ headers, body }) {
    return (
      headers[signatureHeader] === undefined &&
      /^application\/x-www-form-urlencoded\b/i.test(textOf(headers['content-type'])) &&
      body.length < 40 &&
      /^webhook_id=\d+$/.test(body.toString('latin1'))
    )
  },

  /** The base64 HMAC-SHA256 of the body. */
  isSigned({ headers, body }, secret) {
    const expected = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'))
    const given = Buffer.from(textOf(headers[signatureHeader]))
    return expected.length === given.length && timingSafeEqual(expected, given)
  },

  topicOf({ headers }) {
    return textOf(headers['x-wc-webhook-topic'])
  },

  headersToKeep({ headers }) {
    const kept: Record<string, string> = {}
    for (const [name, value] of Object.entries(headers)) {
      const wanted =
        (name.startsWith('x-wc-') && name !== signatureHeader) ||
        name === 'user-agent' ||
        name === 'content-type'
      if (wanted && typeof value === 'string') kept[name] = value
    }
    return kept
  },
}

function textOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : ''
}
