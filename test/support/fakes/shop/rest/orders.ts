import { writeMeta } from '../orders.ts'
import { invalidParam, noRoute, type Reply, restError } from '../reply.ts'
import { dates, linksOf, type Store, statusNames } from '../store.ts'
import type { OrderBody } from '../wire.ts'
import { listParam, modifiedAfter, type Paging, pageOf } from './list.ts'
import type { RestRequest } from './route.ts'

/** orders, orders/ID, orders/ID/refunds and orders/ID/notes. */
export function answerOrders(store: Store, request: RestRequest, paging: Paging): Reply {
  const { method, path, url } = request
  if (path === 'orders') return method === 'GET' ? listOrders(store, url, paging) : noRoute
  const [, id = '', part] = /^orders\/(\d+)(?:\/(refunds|notes))?$/.exec(path) ?? []
  if (id === '') return noRoute
  const order = store.state.orders[id] as OrderBody | undefined
  if (!order) return noOrder(part)
  if (part === 'refunds' && method === 'GET') return pageOf(store.state.refunds[id] ?? [], url, paging)
  if (part === 'notes') return answerNotes(store, id, request)
  if (part) return noRoute
  if (method === 'GET') return { status: 200, body: order }
  return method === 'PUT' ? changeOrder(store, order, request.json()) : noRoute
}

function noOrder(part: string | undefined): Reply {
  return part === 'notes'
    ? restError('woocommerce_rest_order_invalid_id', 'Invalid order ID.', 404)
    : restError('woocommerce_rest_shop_order_invalid_id', 'Invalid ID.', 404)
}

function listOrders(store: Store, url: URL, paging: Paging): Reply {
  const known = ['any', 'trash', 'auto-draft', ...Object.keys(statusNames(store))]
  const statuses = listParam(url, 'status') ?? ['any']
  const unknown = statuses.findIndex((status) => !known.includes(status))
  if (unknown >= 0) return notInEnum('status', `status[${unknown}]`, known)
  const after = modifiedAfter(url, store.site.timezone)
  if (typeof after === 'object') return after
  const include = listParam(url, 'include')
  const customer = url.searchParams.get('customer')
  const search = url.searchParams.get('search')?.toLowerCase()
  const rows = (Object.values(store.state.orders) as OrderBody[]).filter(
    (order) =>
      isOfStatus(order, statuses) &&
      (after === undefined || order.date_modified_gmt > after) &&
      (!include || include.includes(String(order.id))) &&
      (customer === null || order.customer_id === Number(customer)) &&
      (!search || isFound(order, search)),
  )
  return pageOf(sort(rows, url), url, paging)
}

/** "any" stands alone: whatever is listed beside it is forgotten, and it leaves out the trash. */
function isOfStatus(order: OrderBody, statuses: string[]): boolean {
  if (statuses.includes('any')) return order.status !== 'trash' && order.status !== 'auto-draft'
  return statuses.includes(order.status)
}

/** The shop looks into addresses and the names of lines, and for parts of words. */
function isFound(order: OrderBody, search: string): boolean {
  const texts = [...Object.values(order.billing), ...order.line_items.map(({ name }) => name), order.number]
  return texts.some((text) => String(text).toLowerCase().includes(search))
}

function sort(rows: OrderBody[], url: URL): OrderBody[] {
  const by = url.searchParams.get('orderby') ?? 'date'
  const direction = url.searchParams.get('order') === 'asc' ? 1 : -1
  const keyOf = (order: OrderBody): string =>
    by === 'modified' ? order.date_modified_gmt : by === 'date' ? order.date_created_gmt : ''
  return rows.sort((left, right) => {
    const [a, b] = [keyOf(left), keyOf(right)]
    return direction * (a < b ? -1 : a > b ? 1 : left.id - right.id)
  })
}

function changeOrder(store: Store, order: OrderBody, change: Record<string, unknown>): Reply {
  const statuses = ['auto-draft', ...Object.keys(statusNames(store))]
  if (change.status !== undefined) {
    if (!statuses.includes(String(change.status))) return notInEnum('status', 'status', statuses)
    order.status = String(change.status)
  }
  const meta = (change.meta_data ?? []) as { key: string; value: unknown }[]
  writeMeta(store, order, Object.fromEntries(meta.map(({ key, value }) => [key, value])))
  Object.assign(order, dates(store, 'date_modified', store.now()))
  store.emit('order.updated', order.id)
  return { status: 200, body: order }
}

function answerNotes(store: Store, orderId: string, request: RestRequest): Reply {
  if (request.method === 'GET') {
    const notes = store.notes.filter((note) => note.orderId === orderId)
    return {
      status: 200,
      body: notes.map(({ note }, index) => noteBody(store, orderId, index + 1, note)).reverse(),
    }
  }
  if (request.method !== 'POST') return noRoute
  const note = String(request.json().note ?? '')
  store.notes.push({ orderId, note })
  return { status: 201, body: noteBody(store, orderId, store.notes.length, note) }
}

/** A note sends no delivery. */
function noteBody(store: Store, orderId: string, id: number, note: string): object {
  return {
    id,
    author: 'WooCommerce',
    ...dates(store, 'date_created', store.now()),
    note,
    customer_note: false,
    _links: linksOf(store, `orders/${orderId}/notes`, id, { up: `orders/${orderId}`, allow: 'notes' }),
  }
}

function notInEnum(param: string, place: string, allowed: string[]): Reply {
  const list = `${allowed.slice(0, -1).join(', ')}, and ${allowed.at(-1)}`
  return invalidParam(param, 'rest_not_in_enum', `${place} is not one of ${list}.`)
}
