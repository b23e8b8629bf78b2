import { makeLine, makeOrder, metaOf, type NewLine, type NewOrder, setQuantity, sumUp } from './order-body.ts'
import { makeRefund } from './refund-body.ts'
import { dates, orderOf, type Store } from './store.ts'
import { cents, money, type OrderBody } from './wire.ts'

/** What happens to orders in the shop. Each act changes the bodies as WooCommerce does and tells the webhooks. */
export interface OrderActs {
  /** Gives the new order's id. Block checkout sends order.updated first, all others order.created first. */
  createOrder(order?: NewOrder, via?: 'rest' | 'block'): number
  /** A copy of the order's body as a GET shows it. */
  order(id: number): OrderBody
  editLine(id: number, lineId: number, change: { quantity?: number; price?: number }): void
  /** Gives the new line's id. */
  addLine(id: number, line: NewLine): number
  removeLine(id: number, lineId: number): void
  /** A paid status sets the time of payment unless it is cash on delivery; refunded makes a refund of all that is left. */
  setStatus(id: number, status: string): void
  /** Payment came: processing, with the time of payment. */
  pay(id: number): void
  setBilling(id: number, change: Record<string, string>): void
  setMeta(id: number, meta: Record<string, unknown>): void
  /** Saves without a change: date_modified moves on, and order.updated is sent. */
  save(id: number): void
  /** Takes back units by line id, at their price unless another amount is given. Gives the refund's id. */
  refundLines(
    id: number,
    quantities: Record<number, number>,
    options?: { amount?: string; reason?: string },
  ): number
  /** Pays back an amount that names no line. Gives the refund's id. */
  refundAmount(id: number, amount: string, reason?: string): number
  /** Before WooCommerce 11.2 neither a webhook nor the order's date_modified tells of it. */
  deleteRefund(id: number, refundId: number): void
  trash(id: number): void
  untrash(id: number): void
  /** Deletes it for good, which no webhook tells. */
  removeForGood(id: number): void
}

export function orderActs(store: Store): OrderActs {
  function save(order: OrderBody): void {
    sumUp(order)
    Object.assign(order, dates(store, 'date_modified', store.now()))
    store.emit('order.updated', order.id)
  }

  function setStatus(order: OrderBody, status: string): void {
    order.status = status
    if (/^(processing|completed)$/.test(status)) markPaid(order)
    if (status === 'completed' && !order.date_completed_gmt) {
      Object.assign(order, dates(store, 'date_completed', store.now()))
    }
    if (status === 'refunded' && leftOf(order) > 0) {
      addRefund(order, {}, { amount: money(leftOf(order)), reason: 'Order fully refunded.' })
    }
  }

  function markPaid(order: OrderBody): void {
    const isDue = order.payment_method !== 'cod' || order.status === 'completed'
    if (!order.date_paid_gmt && isDue) Object.assign(order, dates(store, 'date_paid', store.now()))
  }

  function addRefund(
    order: OrderBody,
    quantities: Record<number, number>,
    options: { amount?: string; reason?: string },
  ): number {
    const refund = makeRefund(store, order, { quantities, ...options })
    const { id, reason, amount } = refund
    order.refunds.unshift({ id, reason, total: `-${amount}` })
    const known = store.state.refunds[order.id] ?? []
    store.state.refunds[order.id] = [refund, ...known]
    return id
  }

  function refund(
    id: number,
    quantities: Record<number, number>,
    options: { amount?: string; reason?: string },
  ) {
    const order = orderOf(store, id)
    const refundId = addRefund(order, quantities, options)
    if (leftOf(order) <= 0) order.status = 'refunded'
    save(order)
    return refundId
  }

  return {
    createOrder(made = {}, via = 'rest') {
      const order = makeOrder(store, made)
      store.state.orders[order.id] = order
      const topics = ['order.created', 'order.updated']
      for (const topic of via === 'block' ? topics.reverse() : topics) store.emit(topic, order.id)
      return order.id
    },
    order: (id) => structuredClone(orderOf(store, id)),
    editLine(id, lineId, change) {
      const order = orderOf(store, id)
      const line = lineOf(order, lineId)
      setQuantity(line, change.quantity ?? line.quantity, change.price ?? line.price)
      save(order)
    },
    addLine(id, made) {
      const order = orderOf(store, id)
      const line = makeLine(store, made)
      order.line_items.push(line)
      save(order)
      return line.id
    },
    removeLine(id, lineId) {
      const order = orderOf(store, id)
      const line = lineOf(order, lineId)
      order.line_items = order.line_items.filter((other) => other !== line)
      save(order)
    },
    setStatus(id, status) {
      const order = orderOf(store, id)
      setStatus(order, status)
      save(order)
    },
    pay(id) {
      const order = orderOf(store, id)
      order.status = 'processing'
      Object.assign(order, dates(store, 'date_paid', store.now()))
      save(order)
    },
    setBilling(id, change) {
      const order = orderOf(store, id)
      Object.assign(order.billing, change)
      save(order)
    },
    setMeta(id, meta) {
      const order = orderOf(store, id)
      writeMeta(store, order, meta)
      save(order)
    },
    save: (id) => save(orderOf(store, id)),
    refundLines: (id, quantities, options = {}) => refund(id, quantities, options),
    refundAmount: (id, amount, reason = '') => refund(id, {}, { amount, reason }),
    deleteRefund(id, refundId) {
      const order = orderOf(store, id)
      order.refunds = order.refunds.filter((refund) => refund.id !== refundId)
      store.state.refunds[id] = (store.state.refunds[id] ?? []).filter(
        (refund) => !('id' in refund && refund.id === refundId),
      )
    },
    trash(id) {
      const order = orderOf(store, id)
      if (order.status === 'trash') return
      writeMeta(store, order, {
        _wp_trash_meta_status: `wc-${order.status}`,
        _wp_trash_meta_time: String(Math.floor(store.now().getTime() / 1000)),
      })
      order.status = 'trash'
      Object.assign(order, dates(store, 'date_modified', store.now()))
      store.emit('order.deleted', id)
    },
    untrash(id) {
      const order = orderOf(store, id)
      const was = order.meta_data.find(({ key }) => key === '_wp_trash_meta_status')?.value
      if (order.status !== 'trash') return
      writeMeta(store, order, { _wp_trash_meta_status: null, _wp_trash_meta_time: null })
      order.status = String(was ?? 'wc-pending').replace(/^wc-/, '')
      Object.assign(order, dates(store, 'date_modified', store.now()))
      store.emit('order.restored', id)
    },
    removeForGood(id) {
      delete store.state.orders[id]
      delete store.state.refunds[id]
    },
  }
}

/** Sets each key, null removes it. What is there keeps its id and place. */
export function writeMeta(store: Store, order: OrderBody, meta: Record<string, unknown>): void {
  for (const [key, value] of Object.entries(meta)) {
    const entry = order.meta_data.find((known) => known.key === key)
    if (value === null) order.meta_data = order.meta_data.filter((known) => known.key !== key)
    else if (entry) entry.value = value
    else order.meta_data.push(metaOf(store, key, value))
  }
}

function leftOf(order: OrderBody): number {
  return order.refunds.reduce((left, refund) => left + cents(refund.total), cents(order.total))
}

function lineOf(order: OrderBody, lineId: number) {
  const line = order.line_items.find(({ id }) => id === lineId)
  if (!line) throw new RangeError(`order ${order.id} has no line ${lineId}`)
  return line
}
