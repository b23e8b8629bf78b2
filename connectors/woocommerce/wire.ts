import { z } from 'zod'
import { readDecimal } from './decimal.ts'

/**
 * WooCommerce's wire format (wc/v3), as far as credits need it. Strict about what an entitlement is computed from,
 * lenient about everything else: unknown fields pass, and a plugin that writes null for an empty text loses nothing.
 */
export const id = z.union([
  z.number().int().nonnegative().transform(String),
  z.string().regex(/^\d{1,20}$/, 'expected an id'),
])

export const text = z
  .union([z.string(), z.number().transform(String), z.null()])
  .optional()
  .transform((value) => value ?? '')

export const amount = z
  .union([z.string(), z.number().transform(String)])
  .transform((value) => (value === '' ? '0' : value))
  .refine((value) => readDecimal(value) !== undefined, 'expected an amount such as "125.00"')

/** Some plugins sell by weight, so a quantity may be a fraction; some old shops write it as text. */
const quantity = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/, 'expected a quantity')
    .transform(Number),
])

/** "2026-11-22T00:45:37": UTC without the Z. MySQL's zero date means that there is none. */
export const utcTime = z
  .union([z.string(), z.null()])
  .optional()
  .transform((value, context) => {
    if (!value || value.startsWith('0000-')) return undefined
    const time = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/.test(value) ? value : `${value}Z`)
    if (!Number.isNaN(time.getTime())) return time
    context.addIssue({ code: 'custom', message: 'expected a time such as 2026-11-22T00:45:37' })
    return z.NEVER
  })

const billing = z
  .object({
    first_name: text,
    last_name: text,
    company: text,
    country: text,
    email: text,
    phone: text,
  })
  .partial()

/** PHP writes an empty list as [] where an object stands otherwise. */
const billingOrNothing = z
  .union([billing, z.array(z.unknown()).transform(() => ({})), z.null().transform(() => ({}))])
  .optional()
  .transform((value): z.infer<typeof billing> => value ?? {})

const metaEntry = z.object({ key: z.string(), value: z.unknown().optional() })

/** Rows that are none are left out: plugins write what they like here, and credits need few of them. */
export const metaData = z
  .unknown()
  .optional()
  .transform((rows): z.infer<typeof metaEntry>[] =>
    Array.isArray(rows)
      ? rows.flatMap((row) => {
          const read = metaEntry.safeParse(row)
          return read.success ? [read.data] : []
        })
      : [],
  )

const orderLine = z.object({
  id,
  name: text,
  product_id: id.optional().default('0'),
  variation_id: id.optional().default('0'),
  quantity,
  total: amount,
  total_tax: amount.optional().default('0'),
  sku: text,
  meta_data: metaData,
})

const orderRefund = z.object({ id, total: amount })

export const orderContract = z.object({
  id,
  number: text,
  status: z.string().min(1),
  currency: text,
  total: amount,
  customer_id: id.nullish().transform((value) => value ?? '0'),
  created_via: text,
  customer_note: text,
  billing: billingOrNothing,
  date_created_gmt: utcTime,
  date_modified_gmt: utcTime,
  date_paid_gmt: utcTime,
  line_items: z.array(orderLine),
  meta_data: metaData,
  refunds: z
    .array(orderRefund)
    .nullish()
    .transform((value) => value ?? []),
})
export type WireOrder = z.infer<typeof orderContract>

export const deletedContract = z.object({ id })

/** Of a product only which one it is: everything else is asked for. */
export const productHintContract = z.object({
  id,
  type: text,
  parent_id: id.nullish().transform((value) => value ?? '0'),
})

const moneyLine = z.object({ total: amount, total_tax: amount.optional().default('0') })
const moneyLines = z
  .array(moneyLine)
  .nullish()
  .transform((value) => value ?? [])

export const refundContract = z.object({
  id,
  amount,
  line_items: z
    .array(
      z.object({
        quantity,
        total: amount,
        total_tax: amount.optional().default('0'),
        meta_data: metaData,
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
  shipping_lines: moneyLines,
  fee_lines: moneyLines,
})
export type WireRefund = z.infer<typeof refundContract>
export const refundsContract = z.array(refundContract)

/**
 * What WordPress answers instead of a resource: {"code":"…","message":"…","data":{"status":404}}; data may be a number.
 * It never has an id, so an order to which a plugin added a code and a message stays an order.
 */
export const restErrorContract = z.object({
  code: z.string().min(1),
  message: z.string(),
  id: z.undefined().optional(),
})

/** "line_items.0.quantity: expected a quantity": the first few places where a body breaks the contract. */
export function describeIssues(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
    .join('; ')
}
