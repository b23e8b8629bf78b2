import type { Sql } from '../../db/database.ts'
import type { ShopOrder } from '../../ports/shop.ts'
import { resolveCustomer } from '../customers/resolve-customer.ts'
import type { ShopSettings } from '../shops/find-shop.ts'
import { type Entitlement, unitsFor } from './entitlement.ts'
import { matchOnSale } from './line-plan.ts'
import type { Offer } from './load-offer.ts'
import type { WantedReview } from './reviews.ts'
import { type ChangingLine, judgeChange, type PeriodLine, shareUnits } from './subscription-change.ts'

export interface OrderToChange {
  shop: ShopSettings
  orderId: bigint
  /** Whose order it is, when that is known. */
  customerId: bigint | undefined
  order: ShopOrder
  entitlement: Entitlement
  /** Ids of the lines that have grants: what they carry was decided. */
  followed: ReadonlySet<string>
  offer: Offer
  at: Date
}

export interface ChangeOutcome {
  /** With what is kept back of each line. */
  entitlement: Entitlement
  /** Set when it had to be known. */
  customerId?: bigint
  /** What a person must decide first, and the ticket on which it is asked. */
  review?: WantedReview
  ticketId?: bigint
}

/**
 * What of a switch or resubscribe order is kept back (README, "Subscriptions"); a supervisor's answer goes before the rule.
 * Any other order is left as it is, at no cost.
 */
export async function changeSubscription(sql: Sql, change: OrderToChange): Promise<ChangeOutcome> {
  const { order, orderId, entitlement, shop, at } = change
  const kind = order.subscription?.kind
  if (kind !== 'switch' && kind !== 'resubscribe') return { entitlement }
  const lines = changingLines(change, kind)
  if (lines.length === 0) return { entitlement }
  const customerId =
    change.customerId ??
    (await resolveCustomer(sql, { shopId: shop.id, person: order.customer, locale: shop.locale, at }))
  const answer = await findAnswer(sql, shop.id, orderId)
  if (answer)
    return { entitlement: keepBack(entitlement, lines, shareUnits(lines, answer.units)), customerId }
  const period = await loadPeriod(sql, {
    shopId: shop.id,
    customerId,
    orderId,
    order,
    paidAt: order.paidAt ?? at,
  })
  const verdict = judgeChange({ kind, lines, ...period })
  if (verdict.kind === 'settled') {
    return { entitlement: keepBack(entitlement, lines, verdict.units), customerId }
  }
  const ticketId = await newestTicket(sql, shop.id, customerId)
  return {
    entitlement: keepBack(entitlement, lines, shareUnits(lines, 0n)),
    customerId,
    review: {
      kind: 'subscription_change',
      subjectKey: `${orderId}`,
      data: {
        orderNumber: order.number,
        proposedUnits: Number(verdict.proposedUnits),
        fullUnits: Number(verdict.fullUnits),
      },
    },
    ...(ticketId !== undefined && { ticketId }),
  }
}

function changingLines(change: OrderToChange, kind: 'switch' | 'resubscribe'): ChangingLine[] {
  return change.entitlement.lines.flatMap((sold) => {
    const { line, quantity } = sold
    const free = Number(line.total) === 0
    if (change.followed.has(line.lineId) || !(kind === 'switch' ? line.replaces : free)) return []
    const found = matchOnSale(sold, change.offer)
    const fullUnits = found ? unitsFor(found.unitsEach, quantity) : 0n
    return found && fullUnits > 0n ? [{ lineId: line.lineId, fullUnits, days: found.days, free }] : []
  })
}

/** `units`: to grant, by line; a line that is not named is granted in full. */
function keepBack(
  entitlement: Entitlement,
  lines: readonly ChangingLine[],
  units: ReadonlyMap<string, bigint>,
): Entitlement {
  const kept = new Map(
    lines.map((line) => [line.lineId, line.fullUnits - (units.get(line.lineId) ?? line.fullUnits)]),
  )
  return {
    ...entitlement,
    lines: entitlement.lines.map((sold) => {
      const withheldUnits = kept.get(sold.line.lineId)
      return withheldUnits === undefined ? sold : { ...sold, withheldUnits }
    }),
  }
}

/** What a supervisor answered: how many units the order grants. Undefined while nobody has. */
async function findAnswer(sql: Sql, shopId: bigint, orderId: bigint): Promise<{ units: bigint } | undefined> {
  const [answer] = await sql.query<{ units: bigint }>(
    'change-answer',
    `select case decision when 'accept' then (data ->> 'agreedUnits')::bigint else 0 end as units from review
     where shop_id = $1 and kind = 'subscription_change' and subject_key = $2 and resolved_at is not null`,
    [shopId, String(orderId)],
  )
  return answer
}

async function newestTicket(sql: Sql, shopId: bigint, customerId: bigint): Promise<bigint | undefined> {
  const [ticket] = await sql.query<{ id: bigint }>(
    'newest-ticket',
    'select id from ticket where shop_id = $1 and customer_id = $2 order by id desc limit 1',
    [shopId, customerId],
  )
  return ticket?.id
}

interface PeriodRow extends Omit<PeriodLine, 'kind'> {
  kind: Exclude<PeriodLine['kind'], undefined> | null
  related: boolean
}

/** The customer's credits from earlier orders that were valid when this one was paid. */
async function loadPeriod(
  sql: Sql,
  change: { shopId: bigint; customerId: bigint; orderId: bigint; order: ShopOrder; paidAt: Date },
): Promise<{ period: PeriodLine[]; guessUnits: bigint }> {
  const rows = await sql.query<PeriodRow>(
    'paid-period',
    `select o.id as "orderId", o.snapshot #>> '{order,subscription,kind}' as kind, o.paid_at as "paidAt",
       g.promised as "promisedUnits", t.days,
       coalesce(o.snapshot #> '{order,subscription,subscriptionIds}' ?| $5::text[], false) as related
     from shop_order o
     join order_line l on l.shop_id = o.shop_id and l.order_id = o.id
     join credit_grant g on g.shop_id = l.shop_id and g.id = l.grant_id
     left join package_terms t on t.shop_id = g.shop_id and t.package_id = g.package_id and t.version = g.terms_version
     where o.shop_id = $1 and o.customer_id = $2 and o.id <> $3 and o.paid and o.paid_at <= $4
       and g.promised > 0 and (g.expires_at is null or g.expires_at > $4)
     order by o.paid_at desc, o.id desc`,
    [
      change.shopId,
      change.customerId,
      change.orderId,
      change.paidAt,
      change.order.subscription?.subscriptionIds ?? [],
    ],
  )
  const beginner = rows.find((row) => row.kind === null)?.orderId
  return {
    period: rows.filter((row) => row.related).map((row) => ({ ...row, kind: row.kind ?? undefined })),
    guessUnits: rows
      .filter((row) => beginner !== undefined && row.orderId === beginner)
      .reduce((sum, row) => sum + row.promisedUnits, 0n),
  }
}
