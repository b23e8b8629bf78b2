import { z } from 'zod'
import { ShopApiError } from '../../src/ports/shop.ts'

export interface ShopAnswer {
  body: unknown
  /** Of a list, when the shop says so: proxies and plugins may drop these headers. */
  total: number | undefined
  pages: number | undefined
}

const count = z
  .string()
  .regex(/^\d{1,9}$/)
  .transform(Number)
  .optional()
  .catch(undefined)

const answer = z.object({
  data: z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]),
  // The client writes the names of headers in lower case, whatever the server's were.
  headers: z
    .unknown()
    .transform((headers) => (typeof headers === 'object' && headers !== null ? { ...headers } : {}))
    .pipe(z.object({ 'x-wp-total': count, 'x-wp-totalpages': count })),
})

/** The parsed body of the client's response and what its headers say of further pages. Throws ShopApiError. */
export function readAnswer(response: unknown): ShopAnswer {
  const read = answer.safeParse(response)
  if (!read.success) {
    throw new ShopApiError(
      'The shop did not answer with JSON. It may be in maintenance, its permalinks may be set to Plain, or a cache or firewall answers in its place.',
      { retriable: true },
    )
  }
  const { data, headers } = read.data
  return { body: data, total: headers['x-wp-total'], pages: headers['x-wp-totalpages'] }
}
