import { describe, expect, it } from '@jest/globals'
import { readDelivery } from '../../../connectors/woocommerce/delivery.ts'
import type { ShopOrder } from '../../../src/ports/shop.ts'
import { captureNumber } from '../../support/fakes/captures.ts'

/** Capture 6, a mixed cart of four lines (3 to 6), with other meta data. */
function orderWith(
  meta: unknown,
  change: { createdVia?: string; lineMeta?: Record<string, unknown[]>; note?: string } = {},
): ShopOrder {
  const body = captureNumber(6).body as { line_items: { id: number }[] }
  const read = readDelivery(
    'order.updated',
    Buffer.from(
      JSON.stringify({
        ...body,
        created_via: change.createdVia ?? 'checkout',
        customer_note: change.note ?? '',
        meta_data: meta,
        line_items: body.line_items.map((line) => ({ ...line, meta_data: change.lineMeta?.[line.id] ?? [] })),
      }),
    ),
  )
  if (read.kind !== 'order') throw new Error(JSON.stringify(read))
  return read.order
}

const row = (key: string, value: unknown) => ({ id: 1, key, value })
const replacing = (order: ShopOrder) => order.lines.filter((line) => line.replaces).map((line) => line.lineId)

describe('an order of WooCommerce Subscriptions', () => {
  it.each([
    ['renewal', '_subscription_renewal'],
    ['switch', '_subscription_switch'],
    ['resubscribe', '_subscription_resubscribe'],
  ])('is a %s by %s, with the ids as text or numbers', (kind, key) => {
    const order = orderWith([row(key, '77'), row('other', {}), row(key, 75), row(key, 77), row(key, 'x')])
    expect(order.subscription).toEqual({ kind, subscriptionIds: ['75', '77'] })
  })

  it('that also carries how its subscription was made is a renewal', () => {
    const order = orderWith([row('_subscription_resubscribe', '5'), row('_subscription_renewal', '9')])
    expect(order.subscription).toEqual({ kind: 'renewal', subscriptionIds: ['9'] })
  })

  it('that the plugin made by itself is a renewal, and the note of the first checkout is not said again', () => {
    const order = orderWith([], { createdVia: 'subscription', note: 'Ring twice' })
    expect(order).toMatchObject({ subscription: { kind: 'renewal', subscriptionIds: [] }, customerNote: '' })
    expect(orderWith([row('_subscription_renewal', '9')], { note: 'Ring twice' }).customerNote).toBe(
      'Ring twice',
    )
  })

  it.each([
    ['none', undefined],
    ['null', null],
    ['an object', { a: 1 }],
    ['odd rows', [null, 3, { key: 5 }, { key: '_subscription_renewal' }, row('_subscription_switch', [])]],
  ])('is not made of meta data that is %s', (_what, meta) => {
    const order = orderWith(meta)
    expect(order.subscription).toBeUndefined()
    expect(order.lines).toHaveLength(4)
    expect(replacing(order)).toEqual([])
  })
})

describe('the lines of a switch that take the place of others', () => {
  const change = row('_switched_subscription_price_prorated', '9.5')

  it('are those of which the plugin says what they remove', () => {
    const data = {
      77: {
        switches: {
          3: { remove_line_item: 12, add_line_item: 13, switch_direction: 'upgrade' },
          4: { add_line_item: 14 },
        },
        billing_schedule: {},
      },
    }
    const order = orderWith([row('_subscription_switch', 77), row('_subscription_switch_data', data)], {
      lineMeta: { 3: [change], 4: [change] },
    })
    expect(replacing(order)).toEqual(['3'])
  })

  it.each([
    ['nothing', []],
    ['an empty list', [row('_subscription_switch_data', [])]],
    ['something else', [row('_subscription_switch_data', { 77: 'x' })]],
  ])('are those marked as changed when the order says %s about it', (_what, rows) => {
    const order = orderWith([row('_subscription_switch', 77), ...rows], { lineMeta: { 4: [change] } })
    expect(replacing(order)).toEqual(['4'])
  })

  it('are all of them when none is marked', () => {
    expect(replacing(orderWith([row('_subscription_switch', 77)]))).toEqual(['3', '4', '5', '6'])
  })
})
