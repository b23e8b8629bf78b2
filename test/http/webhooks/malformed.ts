import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { type Capture, capturedSecret } from '../../support/fakes/captures.ts'

/** A delivery that no shop would send. */
export interface Malformed {
  body: Buffer
  headers: Record<string, string>
  /** Whether its signature holds, so that it must be kept. */
  signed: boolean
}

const mutation = fc.oneof(
  fc.record({ kind: fc.constant('cut' as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({
    kind: fc.constant('overwrite' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 40 }),
  }),
  fc.record({ kind: fc.constant('random' as const), bytes: fc.uint8Array({ maxLength: 2_000 }) }),
  fc.record({ kind: fc.constant('json' as const), text: fc.json({ maxDepth: 3 }) }),
  fc.record({ kind: fc.constant('nested' as const), depth: fc.integer({ min: 100, max: 20_000 }) }),
  fc.record({
    kind: fc.constant('value' as const),
    value: fc.constantFrom(
      '1e999',
      '-1',
      'null',
      '[]',
      '"\\u0000"',
      '"\\ud800"',
      '99999999999999999999999',
      '{}',
    ),
  }),
)

const headerValue = fc.stringMatching(/^[ -~]{0,60}$/).map((text) => text.trim())

const delivery = fc.record({
  capture: fc.nat(),
  mutation,
  signature: fc.constantFrom('good', 'good', 'bad', 'none', 'garbage'),
  topic: fc.oneof(
    fc.constantFrom('order.created', 'order.updated', 'order.deleted', 'product.updated'),
    headerValue,
  ),
  contentType: fc.constantFrom('application/json', 'text/plain', 'application/x-www-form-urlencoded', ''),
  encoding: fc.constantFrom('', '', '', 'gzip', 'x-odd'),
})

/** `count` deliveries made of recorded ones, always the same for a seed. */
export function malformedDeliveries(captures: readonly Capture[], count: number, seed: number): Malformed[] {
  return fc.sample(delivery, { numRuns: count, seed }).map((one) => {
    const original = captures[one.capture % captures.length]?.rawBody ?? Buffer.alloc(0)
    const body = mutate(original, one.mutation)
    const signature = signatureOf(body, one.signature)
    return {
      body,
      signed: one.signature === 'good',
      headers: {
        'x-wc-webhook-topic': one.topic,
        ...(signature === undefined ? {} : { 'x-wc-webhook-signature': signature }),
        ...(one.contentType && { 'content-type': one.contentType }),
        ...(one.encoding && { 'content-encoding': one.encoding }),
      },
    }
  })
}

function mutate(
  original: Buffer,
  change: typeof mutation extends fc.Arbitrary<infer Change> ? Change : never,
): Buffer {
  switch (change.kind) {
    case 'cut':
      return original.subarray(0, Math.floor(original.length * change.at))
    case 'overwrite': {
      const at = Math.floor(original.length * change.at)
      return Buffer.concat([
        original.subarray(0, at),
        change.bytes,
        original.subarray(at + change.bytes.length),
      ])
    }
    case 'random':
      return Buffer.from(change.bytes)
    case 'json':
      return Buffer.from(change.text)
    case 'nested':
      return Buffer.from('['.repeat(change.depth))
    case 'value':
      return Buffer.from(original.toString().replace(/:("[^"]*"|\d+)/g, `:${change.value}`))
  }
}

function signatureOf(body: Buffer, kind: string): string | undefined {
  const secret = kind === 'bad' ? 'wrong' : capturedSecret
  if (kind === 'none') return undefined
  if (kind === 'garbage') return '=== not base64 ==='
  return createHmac('sha256', secret).update(body).digest('base64')
}
