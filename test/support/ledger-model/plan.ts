import {
  admits,
  costOf,
  isOver,
  type ModelChannel,
  type ModelGrant,
  net,
  type Part,
  remainder,
} from './grant.ts'

export interface Charge {
  code: 'ok'
  price: number
  parts: Part[]
  pricer: ModelGrant
}

export type Plan =
  | Charge
  | { code: 'insufficient_credits' | 'channel_not_covered'; price: number | undefined }

export interface Wanted {
  channel: ModelChannel
  quantity: number
  /** The order of the ticket. */
  order: unknown
  /** A price that is agreed already, instead of the grants' own. */
  fixed?: number | undefined
}

/** Who would pay and how much each: credits first, then what is free, then the overdraft.  */
export function planCharge(grants: readonly ModelGrant[], wanted: Wanted, now: number): Plan {
  const cost = (g: ModelGrant) => wanted.fixed ?? costOf(g, wanted.channel, wanted.quantity)
  const usable = inBurnOrder(
    grants.filter((g) => !g.frozen && !isOver(g, now)),
    wanted.order,
  )
  const admitting = usable.filter((g) => admits(g, wanted.channel))
  const withCredits = admitting.filter((g) => net(g) > 0)
  const lending = admitting.filter((g) => net(g) > 0 || room(g) > 0)

  return (
    cover(withCredits, cost, () => 0) ??
    freeOf(admitting, cost) ??
    cover(lending, cost, room) ??
    refusal(usable, lending, cost)
  )
}

/** What a grant still lends beyond zero. */
export function room(g: ModelGrant): number {
  return g.promised > 0 ? Math.max(g.overdraftLimit - g.overdraft, 0) : 0
}

/** The first grant whose price it and the later ones cover sets it; remainders pay before anything is lent. */
function cover(
  grants: ModelGrant[],
  cost: (g: ModelGrant) => number,
  lends: (g: ModelGrant) => number,
): Charge | undefined {
  for (const [index, pricer] of grants.entries()) {
    const price = cost(pricer)
    const payers = grants.slice(index)
    const there = payers.reduce((sum, g) => sum + remainder(g) + lends(g), 0)
    if (there < price) continue
    let missing = price
    const take = (most: number) => {
      const units = Math.min(most, missing)
      missing -= units
      return units
    }
    const parts = payers.map((grant) => ({ grant, units: take(remainder(grant)), beyond: 0 }))
    for (const part of parts) {
      part.beyond = take(lends(part.grant))
      part.units += part.beyond
    }
    return { code: 'ok', price, parts: parts.filter((part) => part.units > 0), pricer }
  }
  return undefined
}

function freeOf(grants: ModelGrant[], cost: (g: ModelGrant) => number): Charge | undefined {
  const pricer = grants.find((g) => g.promised > 0 && cost(g) === 0)
  return pricer && { code: 'ok', price: 0, parts: [], pricer }
}

function refusal(usable: ModelGrant[], admitting: ModelGrant[], cost: (g: ModelGrant) => number): Plan {
  const [first] = admitting
  if (first) return { code: 'insufficient_credits', price: cost(first) }
  const code = usable.some((g) => net(g) > 0) ? 'channel_not_covered' : 'insufficient_credits'
  return { code, price: undefined }
}

function inBurnOrder(grants: ModelGrant[], order: unknown): ModelGrant[] {
  const rank = (g: ModelGrant) => [
    g.expiresAt ?? Number.POSITIVE_INFINITY,
    order !== undefined && g.order === order ? 0 : 1,
    g.promotional ? 0 : 1,
    -g.priority,
    g.createdAt,
  ]
  // The sort is stable, so what ranks alike stays in the order in which it came into the account.
  return [...grants].sort((a, b) => {
    const other = rank(b)
    return (
      rank(a)
        .map((value, i) => compare(value, other[i] ?? 0))
        .find((d) => d !== 0) ?? 0
    )
  })
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}
