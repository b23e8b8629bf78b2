import { createHmac } from 'node:crypto'
import { captureNumber } from '../support/fakes/captures.ts'

/** A paid order of one pack as a real shop sent it (capture 13), as a request to the intake. */
export interface OrderDelivery {
  externalId: string
  email: string
  headers: Record<string, string>
  body: string
}

interface CapturedOrder {
  id: number
  number: string
  billing: { email: string }
  line_items: { id: number }[]
}

/** Deliveries of different orders of different customers, signed with `secret`: none repeats another. */
export function makeOrders(first: number, count: number, secret: string): OrderDelivery[] {
  const capture = captureNumber(13)
  const text = capture.rawBody.toString()
  return Array.from({ length: count }, (_, index) => {
    const id = first + index
    const order: CapturedOrder = JSON.parse(text)
    order.id = id
    order.number = String(id)
    order.billing.email = `buyer${id}@example.test`
    for (const line of order.line_items) line.id = id
    const body = JSON.stringify(order)
    return {
      externalId: String(id),
      email: order.billing.email,
      headers: {
        'content-type': 'application/json',
        'user-agent': capture.headers['User-Agent'] ?? '',
        'x-wc-webhook-source': capture.headers['X-WC-Webhook-Source'] ?? '',
        'x-wc-webhook-topic': 'order.created',
        'x-wc-webhook-resource': 'order',
        'x-wc-webhook-event': 'created',
        'x-wc-webhook-id': '2',
        'x-wc-webhook-delivery-id': `bench-${id}`,
        'x-wc-webhook-signature': createHmac('sha256', secret).update(body).digest('base64'),
      },
      body,
    }
  })
}
