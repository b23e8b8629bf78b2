import { z } from 'zod'
import type { CustomerContext } from '../../../domain/customers/context/context.ts'
import type { ShopPort } from '../../../ports/shop.ts'
import { time } from '../fields.ts'

const amount = z.string().meta({ description: 'A decimal number.', example: '1482.30' })

export const contextJson = z
  .object({
    source: z.enum(['shop', 'deliveries']).meta({
      description:
        'Whether the shop told it, or it is put together from the orders with credits that came to us: the shop gave no keys, or has not answered yet.',
    }),
    orders: z.number().int(),
    complete: z.boolean().meta({ description: 'False when the shop has older orders than were counted.' }),
    spent: z
      .array(z.object({ currency: z.string(), amount }))
      .meta({ description: 'Paid, less refunds, by currency.' }),
    firstOrderAt: time.nullable(),
    lastOrderAt: time.nullable(),
    country: z.string().meta({ description: "ISO 3166, two letters; '' when unknown." }),
    emails: z.array(z.string()).meta({
      description:
        'Those that stand on orders and accounts in the shop. Nobody proved that they belong to the customer.',
    }),
    latest: z.array(
      z.object({
        id: z.string(),
        number: z.string(),
        status: z.string(),
        total: amount,
        currency: z.string(),
        at: time,
        url: z.string().nullable().meta({ description: "The order's page for the merchant." }),
      }),
    ),
    refreshedAt: time.nullable().meta({ description: 'When the shop told it; null: never.' }),
    stale: z.boolean().meta({ description: 'Too old, or never told: the shop is asked behind this answer.' }),
    problem: z.string().nullable().meta({ description: 'Why the shop could not be asked.' }),
  })
  .meta({ id: 'CustomerContext' })

export function toContextJson(
  context: CustomerContext,
  shops: Record<string, ShopPort>,
): z.input<typeof contextJson> {
  const page = shops[context.shop.kind]?.orderPage
  return {
    source: context.source,
    orders: context.orders,
    complete: context.complete,
    spent: context.spent,
    firstOrderAt: context.firstOrderAt?.toISOString() ?? null,
    lastOrderAt: context.lastOrderAt?.toISOString() ?? null,
    country: context.country,
    emails: context.emails,
    latest: context.latest.map(({ orderId, at, ...order }) => ({
      id: orderId,
      ...order,
      at: at.toISOString(),
      url: page?.(context.shop.url, orderId) ?? null,
    })),
    refreshedAt: context.refreshedAt?.toISOString() ?? null,
    stale: context.isStale,
    problem: context.problem ?? null,
  }
}
