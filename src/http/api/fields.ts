import { z } from 'zod'
import { notStorable } from '../../domain/not-storable.ts'

// The kinds of field that the API takes and gives. Input texts must fit what the database can store.

export function text(longest: number) {
  return z
    .string()
    .max(longest)
    .refine((value) => !notStorable.test(value), {
      message: 'remove the characters that are no text (NUL, broken emoji)',
    })
}

/** A text that says something. */
export function filledText(longest: number) {
  return text(longest).refine((value) => value.trim() !== '', {
    message: 'write something; it is empty',
  })
}

export const id = z.string().meta({ description: 'Opaque.', example: '1042' })

export const time = z.iso.datetime().meta({ description: 'UTC.', example: '2026-11-22T09:30:00.000Z' })

/** Credits in an answer: at most two decimals. */
export const credits = z.number().meta({ description: 'Credits, at most two decimals.', example: 2.5 })

/** Credits that a caller gives: above zero, at most two decimals. */
export const creditsToGrant = z
  .number()
  .positive()
  .max(1_000_000)
  .refine((value) => Math.abs(Math.round(value * 100) - value * 100) < 1e-6, {
    message: 'give at most two decimals',
  })
  .meta({ example: 10 })

export const idempotencyKey = filledText(200).meta({
  description:
    'Chosen by the caller. A repeat with the same key and content is answered as the first time and charged once.',
  example: 'reply-7f3a',
})

/** Who acts: an agent of the shop, by e-mail or id. Without it the act is the API's own. */
export const agentName = filledText(320)
  .nullish()
  .meta({ description: "An agent's e-mail or id. Absent: the author is API.", example: 'ana@shop.example' })

export const listQuery = z.object({
  cursor: z.string().max(500).optional().meta({ description: '`next` of the page before.' }),
  limit: z.coerce.number<string>().int().min(1).max(100).default(25),
})

/** A page of a list. `next` is null on the last. */
export function pageOf<Row extends z.ZodType>(row: Row) {
  return z.object({
    data: z.array(row),
    next: z.string().nullable().meta({ description: 'Cursor of the next page; null on the last.' }),
  })
}

/**
 * For schemas that the document names: `.nullable()` on such a one is written as "both the named schema and null", which
 * nothing fits.
 */
export function orNull<Named extends z.ZodType>(named: Named) {
  return z.union([named, z.null()])
}
