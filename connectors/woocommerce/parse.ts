import type { z } from 'zod'
import { ShopApiError } from '../../src/ports/shop.ts'
import { ShopRefused } from './client.ts'
import { describeIssues } from './wire.ts'

/** The body in our words; an answer that breaks the contract is a failure that trying again does not mend. */
export function parse<T>(contract: z.ZodType<T>, body: unknown, what: string): T {
  const parsed = contract.safeParse(body)
  if (parsed.success) return parsed.data
  throw new ShopApiError(`The shop did not send ${what}: ${describeIssues(parsed.error)}.`, {
    retriable: false,
  })
}

/** The id as it may stand in a path. */
export function pathId(id: string, what: string): string {
  if (/^\d{1,20}$/.test(id)) return id
  throw new ShopApiError(`A WooCommerce ${what} id is a whole number.`, { retriable: false })
}

/** What `work` gives, or undefined when the shop refused it with one of these codes. */
export async function unlessRefused<T>(codes: RegExp, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ShopRefused && codes.test(error.refusal.code ?? '')) return undefined
    throw error
  }
}

export async function withShopErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof ShopRefused ? error.refusal.error : error
  }
}
