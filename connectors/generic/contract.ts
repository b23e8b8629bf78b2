import { z } from 'zod'

/**
 * The format that any shop or script can post (README.md). Strict, since its sender reads the answer: a field that is wrong is
 * named at once instead of being guessed at. Unknown fields pass, so that a sender may post what it has.
 */

/** Many programs write null, or nothing, for what they do not have. */
const optional = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const text = (longest: number) =>
  z
    .string()
    .trim()
    .max(longest)
    .nullish()
    .transform((value) => value ?? '')

const idMend = 'give an id of at most 100 characters that can be read'
const shopsId = z
  .union([z.string(), z.int().nonnegative()], {
    error: (issue) => (issue.input === undefined ? undefined : 'give a text or a whole number'),
  })
  .transform((value) => String(value).trim())
  .refine((value) => /^[^\p{C}]{1,100}$/u.test(value), { error: idMend })

const amountMend = 'give an amount of at least 0, with at most four decimals, such as "125.00"'
const amount = z
  .union([z.string(), z.number()], { error: (issue) => (issue.input === undefined ? undefined : amountMend) })
  .transform(String)
  .refine((value) => /^\d{1,15}(\.\d{1,4})?$/.test(value), { error: amountMend })

const amountOrNone = optional(amount).transform((value) => value ?? '0')

const time = z.iso
  .datetime({ offset: true, error: 'give a time with its zone, such as 2026-03-01T10:30:00Z' })
  .transform((value) => new Date(value))

const pieces = z.number().min(0).max(1_000_000)

const customer = z
  .object({
    id: optional(shopsId).meta({ description: "The shop's customer id. Leave it out for guests." }),
    email: optional(z.email({ error: 'give an e-mail address' }).max(254)),
    name: text(200).meta({ description: 'First and last name.' }),
    company: text(200),
    phone: text(60).meta({ description: 'As the customer typed it.' }),
    country: optional(z.string().regex(/^[A-Za-z]{2}$/, { error: 'give two letters, such as SI' })).meta({
      description: 'ISO 3166, two letters; makes the phone an international one.',
    }),
    locale: optional(z.string().max(35)).meta({
      description: 'The language to write in, such as sl or de-AT. Else that of the shop.',
    }),
  })
  .refine((given) => given.id !== undefined || given.email !== undefined, {
    path: ['email'],
    error: 'give the e-mail, or the id of the customer',
  })

const line = z
  .object({
    id: shopsId.meta({ description: 'The same in every state of the order.' }),
    productId: optional(shopsId),
    variationId: optional(shopsId),
    sku: text(100).meta({ description: 'Packages are matched by it, or by productId and variationId.' }),
    name: z.string().max(300).meta({ description: 'As the customer reads it.' }),
    quantity: pieces,
    refundedQuantity: optional(pieces)
      .transform((value) => value ?? 0)
      .meta({ description: 'How many of these pieces were taken back; their credits go with them.' }),
    total: amount.meta({ description: 'Of the whole line, after discounts, without tax.' }),
    tax: amountOrNone,
  })
  .refine((given) => given.refundedQuantity <= given.quantity, {
    path: ['refundedQuantity'],
    error: 'give at most the quantity',
  })

export const statuses = ['paid', 'unpaid', 'cancelled', 'refunded', 'failed'] as const

const order = z
  .object({
    id: shopsId.meta({ description: 'The same in every state of the order.' }),
    number: optional(shopsId).meta({ description: 'As the merchant reads it. Else the id.' }),
    status: z.enum(statuses).meta({ description: 'Only `paid` entitles to credits.' }),
    currency: z
      .string()
      .regex(/^[A-Za-z]{3}$/, { error: 'give three letters, such as EUR' })
      .meta({ description: 'ISO 4217.' }),
    total: amount.meta({ description: 'Of the whole order, tax and shipping included.' }),
    paidAt: optional(time).meta({ description: 'Needed when paid: validity counts from this day.' }),
    modifiedAt: time.meta({
      description:
        'When the order came into this state. A state that is older than the one we know changes nothing, so each change needs a later time; milliseconds count.',
    }),
    customer,
    lines: z
      .array(line)
      .max(500)
      .meta({ description: 'All lines as they are now. A line that is left out is taken for removed.' }),
    refundedTotal: amountOrNone.meta({
      description:
        'What was paid back for these lines in all, tax included. What goes beyond their refundedQuantity takes no credits back; a supervisor is asked.',
    }),
    note: text(5000).meta({
      description: "The customer's note, which becomes the first message of the ticket.",
    }),
  })
  .superRefine((given, context) => {
    if (given.status === 'paid' && given.paidAt === undefined) {
      context.addIssue({ code: 'custom', path: ['paidAt'], message: 'give when it was paid; it is missing' })
    }
    const seen = new Set<string>()
    for (const [index, { id }] of given.lines.entries()) {
      if (seen.has(id)) {
        context.addIssue({
          code: 'custom',
          path: ['lines', index, 'id'],
          message: 'give each line an id of its own',
        })
      }
      seen.add(id)
    }
  })

const deletedOrder = z.object({
  id: shopsId,
  modifiedAt: time.meta({ description: 'When it was deleted. A later state brings the order back.' }),
})

export const events = ['order', 'order.deleted'] as const

export const contract = z.discriminatedUnion(
  'event',
  [
    z.object({ event: z.literal('order'), order }).meta({ title: 'An order as it stands now' }),
    z
      .object({ event: z.literal('order.deleted'), order: deletedOrder })
      .meta({ title: 'An order that is gone' }),
  ],
  { error: `give one of ${events.join(', ')}` },
)

export type WireOrder = z.output<typeof order>

/** JSON Schema of what is posted. */
export const jsonSchema: object = z.toJSONSchema(contract, { io: 'input', target: 'draft-2020-12' })

/** A body that fits, which stands in the documentation. */
export const example = {
  event: 'order',
  order: {
    id: '1042',
    status: 'paid',
    currency: 'EUR',
    total: '152.50',
    paidAt: '2026-03-01T10:30:00Z',
    modifiedAt: '2026-03-01T10:30:02.120Z',
    customer: { email: 'ana@example.com', name: 'Ana Kos', phone: '040 123 456', country: 'SI' },
    lines: [
      { id: '1', sku: 'SUPPORT-10', name: 'Support, 10 credits', quantity: 1, total: '125.00', tax: '27.50' },
    ],
  },
} satisfies z.input<typeof contract>
