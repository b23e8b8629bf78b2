import type { ShopOrderLine } from '../../ports/shop.ts'
import type { Package } from '../packages/load-packages.ts'
import { matchPackage } from '../packages/match-package.ts'
import { type EntitledLine, type Entitlement, type RevokeReason, unitsFor } from './entitlement.ts'
import type { Offer } from './load-offer.ts'

/** A line that carries credits, with the grant that follows it. */
export interface KnownLine {
  lineId: string
  name: string
  grantId: bigint
  customerId: bigint
  packageId: bigint | null
  /** Of the snapshot at purchase: it decides later changes, not today's package. */
  unitsEach: bigint
  /** Units that were kept back when the line was granted (see EntitledLine). */
  withheldUnits: bigint
  promised: bigint
}

export type LineStep =
  | { kind: 'grant'; sold: EntitledLine; package: Package; units: bigint }
  | {
      kind: 'set'
      known: KnownLine
      units: bigint
      quantity: number
      reason: RevokeReason
      /** As the order has it now; absent when it is gone, or the order is not paid. */
      line?: ShopOrderLine
      /** The new id of a line that stands for the known one. */
      continuedAs?: string
    }

/** What has to happen to the grants of an order so that they stand where its lines entitle to. Known lines all get a step. */
export function planLines(entitlement: Entitlement, known: readonly KnownLine[], offer: Offer): LineStep[] {
  const present = new Set(entitlement.lines.map(({ line }) => line.lineId))
  const vanished = known.filter(({ lineId }) => !present.has(lineId))
  const steps: LineStep[] = []
  for (const sold of entitlement.lines) {
    const step = setKnown(known, sold) ?? continueVanished(vanished, sold, offer) ?? grantNew(sold, offer)
    if (step) steps.push(step)
  }
  for (const line of vanished) {
    steps.push({ kind: 'set', known: line, units: 0n, quantity: 0, reason: entitlement.reason })
  }
  return steps
}

/** Whether what is sold goes to the customer's open ticket, if there is one. A line that wants a ticket of its own decides. */
export function topsUp(steps: readonly LineStep[]): boolean {
  const sold = steps.filter((step) => step.kind === 'grant')
  return sold.length > 0 && sold.every((step) => step.package.furtherOrder === 'open_ticket')
}

/** Lines whose product the shop has no more and which never carried credits: nobody can tell whether they should. */
export function hasLostProduct(entitlement: Entitlement, known: readonly KnownLine[]): boolean {
  const followed = new Set(known.map(({ lineId }) => lineId))
  return entitlement.lines.some(
    ({ line }) => line.productId === '0' && line.sku === '' && !followed.has(line.lineId),
  )
}

function setKnown(known: readonly KnownLine[], sold: EntitledLine): LineStep | undefined {
  const line = known.find(({ lineId }) => lineId === sold.line.lineId)
  return line && setTo(line, sold)
}

function setTo(known: KnownLine, sold: EntitledLine): Extract<LineStep, { kind: 'set' }> {
  return {
    kind: 'set',
    known,
    units: lessWithheld(unitsFor(known.unitsEach, sold.quantity), known.withheldUnits),
    quantity: sold.quantity,
    line: sold.line,
    reason: sold.line.refundedQuantity > 0 ? 'refund' : 'line',
  }
}

/**
 * Editing an order in the shop may replace a line by one of the same package: its expiry and deficit go along, also when the
 * package is not sold any more.
 */
function continueVanished(vanished: KnownLine[], sold: EntitledLine, offer: Offer): LineStep | undefined {
  const carried = new Set(vanished.map(({ packageId }) => packageId))
  const found = matchPackage(
    offer.packages.filter((one) => !one.retired || carried.has(one.id)),
    withCategories(sold, offer),
  )
  const index = found ? vanished.findIndex(({ packageId }) => packageId === found.id) : -1
  const [line] = index < 0 ? [] : vanished.splice(index, 1)
  return line && { ...setTo(line, sold), continuedAs: sold.line.lineId }
}

function grantNew(sold: EntitledLine, offer: Offer): LineStep | undefined {
  const found = matchOnSale(sold, offer)
  const units = found ? lessWithheld(unitsFor(found.unitsEach, sold.quantity), sold.withheldUnits ?? 0n) : 0n
  return found && units > 0n ? { kind: 'grant', sold, package: found, units } : undefined
}

/** The package by which a line is served that no grant follows yet. */
export function matchOnSale(sold: EntitledLine, offer: Offer): Package | undefined {
  return matchPackage(
    offer.packages.filter((one) => !one.retired),
    withCategories(sold, offer),
  )
}

function withCategories({ line }: EntitledLine, { products }: Offer) {
  return { ...line, categories: products.get(line.productId)?.categories ?? [] }
}

function lessWithheld(units: bigint, withheld: bigint): bigint {
  return units > withheld ? units - withheld : 0n
}
