import { unpaidStatuses as neverPaid } from '../orders/entitlement.ts'
import type { FieldProblem } from '../refusal.ts'

const atMost = 30

/**
 * Statuses of orders as a person writes them: without case, with or without the "wc-" that WooCommerce's own tables put before
 * them. Undefined when nothing was given or it is wrong; then `fields` says what.
 */
export function readStatuses(
  field: 'paidStatuses' | 'unpaidStatuses',
  given: readonly string[] | undefined,
  fields: FieldProblem[],
): string[] | undefined {
  if (given === undefined) return undefined
  const statuses = [...new Set(given.map((one) => one.trim().toLowerCase().replace(/^wc-/, '')))].sort()
  const problem = problemOf(field, statuses)
  if (problem === undefined) return statuses
  fields.push({ field, message: problem })
  return undefined
}

function problemOf(field: string, statuses: readonly string[]): string | undefined {
  if (statuses.length > atMost) return `give at most ${atMost} statuses`
  const odd = statuses.find((one) => !/^[a-z0-9_-]{1,40}$/.test(one))
  if (odd !== undefined) return `"${odd}" is no status; write it as the shop does, such as on-hold`
  const unpaid = field === 'paidStatuses' ? statuses.find((one) => neverPaid.includes(one)) : undefined
  return unpaid && `"${unpaid}" can never count as paid`
}

/** A status cannot be both. */
export function clashOf(paid: readonly string[], unpaid: readonly string[]): FieldProblem | undefined {
  const both = paid.find((one) => unpaid.includes(one))
  if (both === undefined) return undefined
  return {
    field: 'unpaidStatuses',
    message: `"${both}" stands among the paid statuses; it can be one of both`,
  }
}
