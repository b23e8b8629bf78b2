import { type Params, type ShopCall, ShopRefused } from './client.ts'
import { type UnreadableOrder, unreadable } from './order-row.ts'
import { hasMore, readRows } from './paging.ts'

interface Place {
  /** From 1. */
  page: number
  pageSize: number
}

export interface Rows {
  rows: unknown[]
  unreadable: UnreadableOrder[]
  more: boolean
  total: number | undefined
}

/**
 * One page of orders as they come. A page beyond the limit of an answer is asked for in parts, down to single orders, so
 * that one order into which a plugin has put megabytes hides no other.
 */
export async function getRows(call: ShopCall, path: string, params: Params, place: Place): Promise<Rows> {
  const asked = { ...params, per_page: String(place.pageSize), page: String(place.page) }
  try {
    const answer = await call.get(path, asked)
    const rows = readRows(answer)
    const more = hasMore(answer, rows.length, place.page, place.pageSize)
    return { rows, unreadable: [], more, total: answer.total }
  } catch (error) {
    if (!(error instanceof ShopRefused && error.refusal.tooLarge)) throw error
    if (place.pageSize > 1) return await getParts(call, path, params, place)
    const mark = await call.get(path, { ...asked, _fields: 'id,date_modified_gmt' })
    const [row] = readRows(mark)
    const reason = `${error.message} Look which plugin writes so much into this order.`
    return {
      rows: [],
      unreadable: [unreadable(row, reason)],
      more: hasMore(mark, 1, place.page, 1),
      total: mark.total,
    }
  }
}

/** The same orders in as many smaller pages as make exactly this one. */
async function getParts(call: ShopCall, path: string, params: Params, place: Place): Promise<Rows> {
  const parts = smallestFactor(place.pageSize)
  const all: Rows = { rows: [], unreadable: [], more: false, total: undefined }
  for (let part = 1; part <= parts; part += 1) {
    const page = (place.page - 1) * parts + part
    const found = await getRows(call, path, params, { page, pageSize: place.pageSize / parts })
    all.rows.push(...found.rows)
    all.unreadable.push(...found.unreadable)
    all.more = found.more
    all.total = found.total ?? all.total
    if (!found.more) break
  }
  return all
}

function smallestFactor(size: number): number {
  for (let factor = 2; factor * factor <= size; factor += 1) if (size % factor === 0) return factor
  return size
}
