import type { OrderPage } from '../../ports/shop.ts'

export interface Progress {
  reached: Date | undefined
  done: number
  total: number | undefined
  taken: number
}

/** How many orders there are is known with the first answer, long before they are taken in. Undefined when it says nothing new. */
export function progressAtFirst(before: Progress, page: OrderPage): Progress | undefined {
  if (before.done > 0 || before.total !== undefined || page.total === undefined) return undefined
  return { ...before, total: page.total }
}

/**
 * How far a back-fill is after a page. Counted by what the shop says is left, because an order on the edge of two pages comes
 * twice, and after a restart a whole second does. An order that changes meanwhile is read again, so `total` may grow.
 */
export function progressAfter(
  before: Progress,
  read: { page: OrderPage; reached: Date | undefined; taken: number },
): Progress {
  const { page } = read
  const reached = later(before.reached, read.reached)
  const taken = before.taken + read.taken
  const rows = page.orders.length + page.unreadable.length
  if (page.total === undefined) return { reached, taken, done: before.done + rows, total: undefined }
  // Further pages of one second say how many the whole question found, and not what is left after them.
  if (!read.reached) return { ...before, taken }
  const left = Math.max(0, page.total - rows)
  const total = Math.max(before.total ?? page.total, before.done + left)
  return { reached, taken, total, done: Math.max(before.done, total - left) }
}

function later(a: Date | undefined, b: Date | undefined): Date | undefined {
  return a && b && a > b ? a : (b ?? a)
}
