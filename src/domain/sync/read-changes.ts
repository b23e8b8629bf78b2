import { isDeepStrictEqual } from 'node:util'
import { type OrderPage, type OrderQuery, ShopApiError } from '../../ports/shop.ts'

/** One answer to one question, with what was noted before it was asked. */
export interface Listed {
  page: OrderPage
}

export type ListOrders<Answer extends Listed> = (query: OrderQuery) => Promise<Answer>

/** All changes before this moment were read; those of the moment itself too, unless further ones of it follow. */
export type Read<Answer extends Listed> = Answer & { reached: Date | undefined }

interface Question {
  since: Date
  /** 100 at most. */
  pageSize: number
}

const second = 1_000
const day = 86_400_000

/** Over one second; a shop that hides orders even then is read on, and looked at again by the next runs. */
const mostPasses = 12

/**
 * The orders that changed since a moment, page by page, the oldest change first. Pages of a shop shift while its orders
 * change: what was on a page already read moves to the end, and the first order of the next page slips into the one before,
 * unread. So each question begins at the second in which the last page ended, and pages are turned only where one second has
 * more orders than a page. An order may come twice; none is left out that the shop lists at all. Throws ShopApiError, also when
 * the shop's answers cannot come to an end.
 */
export async function* readChanges<Answer extends Listed>(
  list: ListOrders<Answer>,
  { since, pageSize }: Question,
): AsyncGenerator<Read<Answer>> {
  let from = wholeSecond(since)
  for (;;) {
    const answer = await list({ changedSince: from, page: 1, pageSize })
    refuseOlder(answer.page, from)
    const last = lastChange(answer.page)
    yield { ...answer, reached: last }
    if (!answer.page.more) return
    const next = laterThan(from, last) ?? (yield* readSecond(list, { since: from, pageSize }, answer.page))
    if (!next) return
    from = next
  }
}

/**
 * The rest of a second that has more orders than a page. Within it the shop has no order of its own, so one page may show again
 * what another showed instead of what none did; and an order that changes meanwhile leaves a gap into which the others slip. So it
 * is read again, cut into other pages, until a pass shows nothing new and as many were seen as the shop counts. Returns the
 * second to go on with, undefined at the end.
 */
async function* readSecond<Answer extends Listed>(
  list: ListOrders<Answer>,
  question: Question,
  first: OrderPage,
): AsyncGenerator<Read<Answer>, Date | undefined> {
  const { since } = question
  const seen = new Set(idsOf(first, since))
  for (let pass = 1; ; pass += 1) {
    const before = seen.size
    const passing = readPass(list, question, pass, first)
    let total: number | undefined
    let next: Date | undefined
    for await (const answer of passing) {
      yield { ...answer, reached: undefined }
      total = answer.page.total
      next = laterThan(since, lastChange(answer.page))
      for (const id of idsOf(answer.page, since)) seen.add(id)
    }
    const isThrough = pass > 1 && seen.size === before && (await areAll(list, since, seen.size, total))
    if (isThrough || pass === mostPasses) return next
  }
}

/** The pages of one second, up to the one that shows a later second or is the last. */
async function* readPass<Answer extends Listed>(
  list: ListOrders<Answer>,
  { since, pageSize }: Question,
  pass: number,
  first: OrderPage,
): AsyncGenerator<Answer> {
  let shown = pass === 1 ? idsOf(first) : []
  const size = Math.max(2, pageSize - 7 * (pass - 1))
  for (let page = pass === 1 ? 2 : 1; ; page += 1) {
    const answer = await list({ changedSince: since, page, pageSize: size })
    const ids = idsOf(answer.page)
    if (answer.page.more && isDeepStrictEqual(ids, shown)) throw endless()
    shown = ids
    yield answer
    if (!answer.page.more || laterThan(since, lastChange(answer.page))) return
  }
}

/** Whether so many orders are all of a second, of which the shop counts `total` with those after it. */
async function areAll<Answer extends Listed>(
  list: ListOrders<Answer>,
  since: Date,
  seen: number,
  total: number | undefined,
): Promise<boolean> {
  if (total === undefined) return true
  const after = await list({ changedSince: new Date(since.getTime() + second), page: 1, pageSize: 1 })
  return after.page.total === undefined || seen >= total - after.page.total
}

function laterThan(since: Date, moment: Date | undefined): Date | undefined {
  return moment && moment > since ? moment : undefined
}

function endless(): ShopApiError {
  return new ShopApiError(
    'The shop sends the same orders for each page. A cache may answer in its place: leave /wp-json/ out of it.',
    { retriable: true },
  )
}

/** A shop before WooCommerce 5.8 would be read from its first order each time. */
function refuseOlder(page: OrderPage, from: Date): void {
  const last = lastChange(page)
  // Older shops compare local times, in which an hour comes twice in autumn.
  if (!page.more || !last || last.getTime() >= from.getTime() - day) return
  throw new ShopApiError(
    'The shop does not look at the time from which it is asked for orders (modified_after). Update WooCommerce to 5.8 or newer.',
    { retriable: false },
  )
}

/** Of the last row: rows are in the shop's order, which is not always that of UTC. */
function lastChange(page: OrderPage): Date | undefined {
  const last = page.orders.at(-1)?.modifiedAt ?? page.unreadable.at(-1)?.modifiedAt
  return last && wholeSecond(last)
}

/** Of all rows, or of those that changed not later than in this second. */
function idsOf({ orders, unreadable }: OrderPage, until?: Date): string[] {
  const rows: { orderId: string; modifiedAt: Date | undefined }[] = [...orders, ...unreadable]
  return rows
    .filter(({ modifiedAt }) => !until || !modifiedAt || wholeSecond(modifiedAt) <= until)
    .map(({ orderId }) => orderId)
}

/** Shops know whole seconds only. */
function wholeSecond(moment: Date): Date {
  return new Date(Math.floor(moment.getTime() / second) * second)
}
