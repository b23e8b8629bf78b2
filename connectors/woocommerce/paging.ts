import { ShopApiError } from '../../src/ports/shop.ts'
import type { ShopAnswer } from './answer.ts'
import type { Params, ShopCall } from './client.ts'

/** WooCommerce caps a page at 100. */
export const fullPage = 100

/** More pages than this of one thing (refunds of an order, variations, webhooks) is a loop in the shop's paging. */
const maxPages = 20

/**
 * True when the shop has a further page. An empty page is the last one whatever the headers say, so that a shop whose
 * paging lies ends too; without headers a full page means that there may be more.
 */
export function hasMore(answer: ShopAnswer, rows: number, page: number, pageSize: number): boolean {
  if (rows === 0) return false
  return answer.pages === undefined ? rows >= pageSize : page < answer.pages
}

/** All rows of a list, page by page. Rows that come again (the shop ignores `page`) end it. */
export async function getAll(call: ShopCall, path: string, params: Params = {}): Promise<unknown[]> {
  const all: unknown[] = []
  const seen = new Set<string>()
  for (let page = 1; page <= maxPages; page += 1) {
    const answer = await call.get(path, { ...params, per_page: String(fullPage), page: String(page) })
    const rows = readRows(answer)
    const fresh = rows.filter((row) => isNew(row, seen))
    all.push(...fresh)
    if (fresh.length === 0 || !hasMore(answer, rows.length, page, fullPage)) return all
  }
  throw new ShopApiError(`The shop's list of ${path} has no end.`, { retriable: false })
}

export function readRows(answer: ShopAnswer): unknown[] {
  if (Array.isArray(answer.body)) return answer.body
  throw new ShopApiError('The shop did not send a list.', { retriable: false })
}

/** A row without an id is never thought to have come already. */
function isNew(row: unknown, seen: Set<string>): boolean {
  const id = typeof row === 'object' && row !== null && 'id' in row ? String(row.id) : undefined
  if (id === undefined) return true
  if (seen.has(id)) return false
  seen.add(id)
  return true
}
