import type { Sql } from '../../db/database.ts'
import type { ShopOrderLine } from '../../ports/shop.ts'
import { createGrant, type NewGrant } from '../credits/create-grant.ts'
import { expiryOf } from '../credits/expiry.ts'
import { type Channel, type RateCard, rateCardAt, withOwnPrices } from '../credits/rate-card.ts'
import { goneOver, type Payment, recordPayment } from '../credits/record-payment.ts'
import { hashInput } from '../hash-input.ts'
import type { Package } from '../packages/load-packages.ts'
import { type EntitledLine, type RevokeReason, unitsFor } from './entitlement.ts'
import type { KnownLine, LineStep } from './line-plan.ts'
import { lockAccounts } from './lock-accounts.ts'

type SetStep = Extract<LineStep, { kind: 'set' }>

/** What happened to the credits of one line. Units are positive. */
export type LineChange =
  | { kind: 'grant'; name: string; quantity: number; units: bigint }
  | { kind: 'restore'; name: string; units: bigint }
  | { kind: 'revoke'; name: string; units: bigint; reason: RevokeReason }

export interface ApplyLines {
  shopId: bigint
  orderId: bigint
  /** Who owns the order now; a grant that lies with somebody else moves here. */
  customerId: bigint
  timezone: string
  currency: string
  /** Validity counts from here. */
  paidAt: Date
  at: Date
}

/** Makes the grants of an order stand where the plan says. Locks the accounts that it touches. */
export async function applyLines(
  sql: Sql,
  context: ApplyLines,
  steps: readonly LineStep[],
): Promise<LineChange[]> {
  const due = steps.filter((step) => isDue(step, context.customerId))
  const owners = due.flatMap((step) => (step.kind === 'set' ? [step.known.customerId] : []))
  if (due.length > 0) await lockAccounts(sql, context.shopId, [context.customerId, ...owners], context.at)
  const changes: (LineChange | undefined)[] = []
  for (const step of steps) {
    if (step.kind === 'set' && !movesTo(step, context.customerId)) await followPayment(sql, context, step)
    if (!due.includes(step)) continue
    changes.push(
      step.kind === 'grant' ? await grantLine(sql, context, step) : await setLine(sql, context, step),
    )
  }
  return changes.filter((change) => change !== undefined)
}

function isDue(step: LineStep, customerId: bigint): boolean {
  if (step.kind === 'grant') return true
  const { known, units, continuedAs } = step
  return movesTo(step, customerId) || units !== known.promised || continuedAs !== undefined
}

/** Whether the credits lie with somebody who does not own the order any more. */
function movesTo(step: SetStep, customerId: bigint): boolean {
  return step.units > 0n && step.known.customerId !== customerId
}

/** A line without pieces says nothing of what was paid for those that it had. */
async function followPayment(sql: Sql, context: ApplyLines, step: SetStep): Promise<void> {
  const payment = step.line && paymentOf(step.line, step.known.unitsEach, context.currency)
  if (payment) await recordPayment(sql, { ...context, grantId: step.known.grantId }, payment)
}

function paymentOf(line: ShopOrderLine, unitsEach: bigint, currency: string): Payment | undefined {
  const units = unitsFor(unitsEach, line.quantity)
  return units > 0n ? { total: line.total, tax: line.tax, currency, units } : undefined
}

async function grantLine(
  sql: Sql,
  context: ApplyLines,
  step: { sold: EntitledLine; package: Package; units: bigint },
): Promise<LineChange> {
  const { line, quantity } = step.sold
  const { package: sold } = step
  const name = sold.name || line.name
  const card = await rateCardAt(sql, context.shopId, sold.termsAt)
  const grantId = await grantOnce(sql, context, line.lineId, `order:${context.orderId}:line:${line.lineId}`, {
    packageId: sold.id,
    termsVersion: sold.version,
    name,
    channels: sold.channels,
    prices: withOwnPrices(card, sold.prices),
    priority: sold.priority,
    promotional: sold.promotional,
    overdraftLimit: sold.overdraftUnits,
    unitsEach: sold.unitsEach,
    units: step.units,
    ...(sold.days !== null && { expiresAt: expiryOf(context.paidAt, sold.days, context.timezone) }),
    paid: {
      total: line.total,
      tax: line.tax,
      currency: context.currency,
      units: unitsFor(sold.unitsEach, line.quantity),
    },
  })
  await sql.query(
    'follow-line',
    `insert into order_line (shop_id, order_id, line_id, grant_id, name, withheld_units) values ($1, $2, $3, $4, $5, $6)`,
    [context.shopId, context.orderId, line.lineId, grantId, name, step.sold.withheldUnits ?? 0n],
  )
  return { kind: 'grant', name, quantity, units: step.units }
}

async function setLine(sql: Sql, context: ApplyLines, step: SetStep): Promise<LineChange | undefined> {
  const { known, units } = step
  const lineId = step.continuedAs ?? known.lineId
  if (step.continuedAs !== undefined) {
    await sql.query(
      'continue-line',
      'update order_line set line_id = $4 where shop_id = $1 and order_id = $2 and line_id = $3',
      [context.shopId, context.orderId, known.lineId, lineId],
    )
  }
  if (movesTo(step, context.customerId)) {
    await moveLine(sql, context, step, lineId)
  } else {
    await setPromised(sql, context, { ...known, lineId }, units)
  }
  const change = units - known.promised
  if (change === 0n) return undefined
  return change > 0n
    ? { kind: 'restore', name: known.name, units: change }
    : { kind: 'revoke', name: known.name, units: -change, reason: step.reason }
}

async function setPromised(sql: Sql, context: ApplyLines, known: KnownLine, units: bigint): Promise<void> {
  await sql.query('set-promised', 'select set_promised($1, $2, $3, $4, $5, $6, $7, $8)', [
    context.shopId,
    known.customerId,
    known.grantId,
    units,
    'order_line',
    causeId(context, known.lineId),
    'system',
    context.at,
  ])
}

interface GrantTerms {
  packageId: bigint | null
  termsVersion: number | null
  name: string
  channels: Channel[]
  prices: RateCard
  unitsEach: bigint
  priority: number
  promotional: boolean
  overdraftLimit: bigint
  expiresAt: Date | null
}

/** Takes the credits back where they lie and grants them anew, with the same terms and expiry, to the order's customer. */
async function moveLine(sql: Sql, context: ApplyLines, step: SetStep, lineId: string): Promise<void> {
  const { units } = step
  const known = { ...step.known, lineId }
  await setPromised(sql, context, known, 0n)
  await recordPayment(sql, { ...context, grantId: known.grantId }, goneOver(context.currency))
  const [terms] = await sql.query<GrantTerms>(
    'grant-terms',
    `select package_id as "packageId", terms_version as "termsVersion", name, channels, prices, units_each as "unitsEach",
       priority, promotional, overdraft_limit as "overdraftLimit", expires_at as "expiresAt"
     from credit_grant where shop_id = $1 and id = $2`,
    [context.shopId, known.grantId],
  )
  if (!terms) throw new Error(`there is no grant ${known.grantId}`)
  const paid = step.line && paymentOf(step.line, terms.unitsEach, context.currency)
  // The key names the grant that is left, so that a line may wander to and fro.
  const key = `order:${context.orderId}:line:${known.lineId}:from:${known.grantId}`
  const grantId = await grantOnce(sql, context, known.lineId, key, {
    ...(terms.packageId !== null && { packageId: terms.packageId }),
    ...(terms.termsVersion !== null && { termsVersion: terms.termsVersion }),
    name: terms.name,
    channels: terms.channels,
    prices: terms.prices,
    priority: terms.priority,
    promotional: terms.promotional,
    overdraftLimit: terms.overdraftLimit,
    unitsEach: terms.unitsEach,
    units,
    ...(terms.expiresAt && { expiresAt: terms.expiresAt }),
    ...(paid && { paid }),
  })
  await sql.query(
    'move-line',
    'update order_line set grant_id = $4 where shop_id = $1 and order_id = $2 and line_id = $3',
    [context.shopId, context.orderId, known.lineId, grantId],
  )
}

type LineTerms = Omit<
  NewGrant,
  | 'shopId'
  | 'customerId'
  | 'source'
  | 'orderId'
  | 'operation'
  | 'key'
  | 'inputHash'
  | 'cause'
  | 'actor'
  | 'at'
>

async function grantOnce(
  sql: Sql,
  context: ApplyLines,
  lineId: string,
  key: string,
  terms: LineTerms,
): Promise<bigint> {
  const granted = await createGrant(sql, {
    ...terms,
    shopId: context.shopId,
    customerId: context.customerId,
    source: 'order_line',
    orderId: context.orderId,
    operation: 'entitle',
    key,
    inputHash: hashInput(context.customerId, terms.unitsEach, terms.units),
    cause: { kind: 'order_line', id: causeId(context, lineId) },
    actor: 'system',
    at: context.at,
  })
  // The order's row is locked and a line is followed in the same commit, so this line cannot have a grant already.
  if (granted === 'idempotency_conflict') throw new Error(`line ${lineId} was granted with other terms`)
  return granted.grantId
}

function causeId(context: ApplyLines, lineId: string): string {
  return `${context.orderId}:${lineId}`
}
