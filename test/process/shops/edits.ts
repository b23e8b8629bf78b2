import type { OrderBody } from '../../support/fakes/shop/wire.ts'
import type { FakeShop, ShopTrouble } from '../../support/fakes/shop.ts'

/** What goes on in one shop, all of it by one chance, so that a seed does the same again. */
export interface Bustle {
  shop: FakeShop
  chance: () => number
  /** Orders of customers who buy more than once; agents answer those only, and none of them is deleted for good. */
  shared: number[]
  /** Orders of guests who buy once. */
  single: number[]
  members: { id: number; email: string }[]
  /** How many orders were deleted for good. */
  removed: number
  mostRemoved: number
}

const skus = ['SUPPORT-10', 'SUPPORT-20', 'SUPPORT-5', 'SUPPORT-TRIAL', 'MUG-1', undefined]

export function openBustle(shop: FakeShop, chance: () => number, mostRemoved: number): Bustle {
  const members = Array.from({ length: 20 }, (_, index) => {
    const email = `member-${index}@example.test`
    return { id: shop.addCustomer({ email }), email }
  })
  return { shop, chance, shared: [], single: [], members, removed: 0, mostRemoved }
}

export function addOrders(bustle: Bustle, count: number): void {
  for (let made = 0; made < count; made += 1) addOrder(bustle)
}

function addOrder(bustle: Bustle): void {
  const { shop, chance } = bustle
  const kind = chance()
  const member = kind < 0.2 ? pick(chance, bustle.members) : undefined
  const email = kind < 0.3 ? `regular-${Math.floor(chance() * 20)}@example.test` : undefined
  const id = shop.createOrder(
    {
      status:
        pick(chance, ['pending', 'on-hold', ...Array<string>(6).fill('processing'), 'completed']) ??
        'processing',
      lines: Array.from({ length: chance() < 0.3 ? 2 : 1 }, () => lineOf(chance)),
      ...(chance() < 0.1 && { paymentMethod: 'cod' }),
      ...(member ? { customerId: member.id, email: member.email } : email ? { email } : {}),
    },
    chance() < 0.3 ? 'block' : 'rest',
  )
  if (member ?? email) bustle.shared.push(id)
  else bustle.single.push(id)
}

function lineOf(chance: () => number) {
  const sku = pick(chance, skus)
  const quantity = 1 + Math.floor(chance() * 3)
  return { quantity, ...(sku ? { sku } : { productId: 17 }) }
}

/** So many random changes of random orders. */
export function editOrders(bustle: Bustle, count: number): void {
  for (let done = 0; done < count; done += 1) {
    const ids = bustle.chance() < 0.3 ? bustle.shared : bustle.single
    const id = pick(bustle.chance, ids)
    if (id !== undefined && bustle.shop.state.orders[id]) edit(bustle, id)
  }
}

type Edit = (bustle: Bustle, id: number, order: OrderBody) => void

const edits: Edit[] = [
  ({ shop }, id) => shop.pay(id),
  ({ shop }, id) => shop.pay(id),
  ...['completed', 'on-hold', 'cancelled', 'processing', 'refunded', 'failed'].map(
    (status): Edit =>
      ({ shop }, id) =>
        shop.setStatus(id, status),
  ),
  ...Array<Edit>(4).fill(refundPieces),
  ({ shop }, id) => shop.refundAmount(id, '1.00', 'Sorry'),
  dropRefund,
  dropRefund,
  ({ shop, chance }, id, order) => {
    const line = pick(chance, order.line_items)
    if (line) shop.editLine(id, line.id, { quantity: 1 + Math.floor(chance() * 4) })
  },
  ({ shop, chance }, id) => shop.addLine(id, lineOf(chance)),
  ({ shop, chance }, id, order) => {
    const line = pick(chance, order.line_items)
    if (line && order.line_items.length > 1) shop.removeLine(id, line.id)
  },
  ({ shop }, id) => shop.trash(id),
  ({ shop }, id) => shop.trash(id),
  ({ shop }, id) => shop.untrash(id),
  ({ shop }, id) => shop.untrash(id),
  removeForGood,
  ({ shop, chance, single }, id) => {
    const email = `moved-${id}-${Math.floor(chance() * 1e9)}@example.test`
    if (single.includes(id)) shop.setBilling(id, { email })
  },
  ({ shop, chance }, id) => shop.setMeta(id, { _gift: String(chance()) }),
  ({ shop }, id) => shop.save(id),
]

function edit(bustle: Bustle, id: number): void {
  const order = bustle.shop.order(id)
  const act =
    order.status === 'trash' ? pick(bustle.chance, [untrash, removeForGood]) : pick(bustle.chance, edits)
  act?.(bustle, id, order)
}

const untrash: Edit = ({ shop }, id) => shop.untrash(id)

function refundPieces({ shop, chance }: Bustle, id: number, order: OrderBody): void {
  const line = pick(chance, order.line_items)
  if (line && order.refunds.length < 3 && order.status !== 'refunded') shop.refundLines(id, { [line.id]: 1 })
}

/** No webhook tells of it, and the order's time of change stays as it was. */
function dropRefund({ shop, chance }: Bustle, id: number, order: OrderBody): void {
  const refund = pick(chance, order.refunds)
  if (refund) shop.deleteRefund(id, refund.id)
}

/** No webhook tells of it either. */
function removeForGood(bustle: Bustle, id: number): void {
  if (bustle.removed >= bustle.mostRemoved || bustle.shared.includes(id)) return
  bustle.removed += 1
  bustle.shop.removeForGood(id)
}

/** What may go wrong with the shop's API for a few requests. */
const troubles: [ShopTrouble, number, RegExp?][] = [
  ['error500', 12],
  ['error503', 6],
  ['error429', 12],
  ['briefly', 6],
  ['error401', 4],
  ['hang', 2],
  ['drop', 12],
  ['html', 5],
  ['short', 5],
  ['drip', 1],
  ['lostAnswer', 8, /^(POST|PUT)/],
]

export function makeTrouble({ shop, chance }: Bustle): void {
  const [kind, times, where] = pick(chance, troubles) ?? ['drop', 1]
  shop.misbehave(kind, times, where)
}

export function pick<T>(chance: () => number, from: readonly T[]): T | undefined {
  return from[Math.floor(chance() * from.length)]
}
