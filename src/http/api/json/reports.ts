import { z } from 'zod'
import { toCredits } from '../../../domain/credits/units.ts'
import type { DeferredRevenueReport } from '../../../domain/reports/deferred-revenue.ts'
import type { GroupedMovements, Movements, MovementsReport } from '../../../domain/reports/movements.ts'
import type { Origin } from '../../../domain/reports/origin.ts'
import type { Outstanding, OutstandingReport } from '../../../domain/reports/outstanding.ts'
import type { Price, PricesReport } from '../../../domain/reports/prices.ts'
import { credits, id, time } from '../fields.ts'

const month = z.string().meta({ description: "Of the shop's calendar.", example: '2026-03' })
const day = z.string().meta({ description: "On the shop's clock.", example: '2026-03-01' })
const money = z.string().meta({ description: "With the currency's digits.", example: '125.00' })
const currency = z.string().meta({ example: 'EUR' })
const timeZone = z.string()
const monthOfPeriod = { month, from: day, to: day.meta({ description: 'Included.' }) }

const packageJson = z
  .object({ id, name: z.string().meta({ description: 'The newest.' }) })
  .nullable()
  .meta({ description: 'Null for credits without a package; `source` says what they are.' })
const source = z.string().nullable().meta({ description: 'Without a package.', example: 'goodwill' })

const outstandingFigures = {
  available: credits,
  held: credits.meta({ description: 'For running sessions.' }),
  frozen: credits.meta({ description: 'Their payment is contested; nobody can spend them now.' }),
  total: credits.meta({ description: 'available + held + frozen.' }),
}

export const outstandingJson = z
  .object({
    at: time,
    timeZone,
    total: z.object(outstandingFigures),
    data: z.array(
      z.object({
        expiryMonth: month
          .nullable()
          .meta({ description: 'In which validity ends; null: it never does.', example: '2026-11' }),
        package: packageJson,
        source,
        grants: z.int(),
        ...outstandingFigures,
      }),
    ),
  })
  .meta({ id: 'OutstandingReport' })

export function toOutstandingJson(report: OutstandingReport): z.input<typeof outstandingJson> {
  return {
    at: report.at.toISOString(),
    timeZone: report.timeZone,
    total: toFigures(report.total),
    data: report.rows.map((row) => ({
      expiryMonth: row.expiryMonth,
      ...toOriginJson(row.origin),
      grants: row.grants,
      ...toFigures(row),
    })),
  }
}

function toFigures({ available, held, frozen, total }: Outstanding) {
  return {
    available: toCredits(available),
    held: toCredits(held),
    frozen: toCredits(frozen),
    total: toCredits(total),
  }
}

function toOriginJson({ packageId, name, source: from }: Origin) {
  return { package: packageId === null ? null : { id: String(packageId), name: name ?? '' }, source: from }
}

const movementsFigures = z
  .object({
    opening: credits,
    granted: credits.meta({ description: 'Of `sold`: sold.' }),
    restored: credits,
    reversed: credits,
    adjusted: credits,
    moved: credits.meta({ description: 'Between customers.' }),
    spent: credits.meta({ description: 'On answers, work and sessions.' }),
    revoked: credits.meta({ description: 'Refunded or cancelled.' }),
    expired: credits,
    settled: credits.meta({ description: 'Used for what was owed.' }),
    closing: credits.meta({
      description:
        'opening + granted + restored + reversed + adjusted + moved - spent - revoked - expired - settled.',
    }),
    forgiven: credits.meta({ description: 'Written off of what was owed; beside the balance.' }),
  })
  .meta({ id: 'Movements' })

const groupedMovements = {
  sold: movementsFigures.meta({ description: 'Of orders, or with a payment.' }),
  given: movementsFigures.meta({ description: 'Goodwill, by the API, imported.' }),
  all: movementsFigures.meta({ description: 'sold + given.' }),
}

export const movementsJson = z
  .object({
    from: day,
    to: day.meta({ description: 'Included.', example: '2026-03-31' }),
    timeZone,
    total: z.object(groupedMovements).meta({ description: 'Of the whole period.' }),
    data: z.array(z.object({ ...monthOfPeriod, ...groupedMovements })),
  })
  .meta({ id: 'MovementsReport' })

export function toMovementsJson(report: MovementsReport): z.input<typeof movementsJson> {
  return {
    from: report.period.from,
    to: report.period.to,
    timeZone: report.timeZone,
    total: toGroups(report.total),
    data: report.months.map(({ month: name, from, to, ...groups }) => ({
      month: name,
      from,
      to,
      ...toGroups(groups),
    })),
  }
}

function toGroups({ sold, given, all }: GroupedMovements) {
  return { sold: toMovementsFigures(sold), given: toMovementsFigures(given), all: toMovementsFigures(all) }
}

function toMovementsFigures(movements: Movements): z.input<typeof movementsFigures> {
  return {
    opening: toCredits(movements.opening),
    granted: toCredits(movements.granted),
    restored: toCredits(movements.restored),
    reversed: toCredits(movements.reversed),
    adjusted: toCredits(movements.adjusted),
    moved: toCredits(movements.moved),
    spent: toCredits(movements.spent),
    revoked: toCredits(movements.revoked),
    expired: toCredits(movements.expired),
    settled: toCredits(movements.settled),
    closing: toCredits(movements.closing),
    forgiven: toCredits(movements.forgiven),
  }
}

const priceFigures = {
  purchases: z.int(),
  credits: credits.meta({
    description: 'That were bought; in a month less those that edits of earlier orders took out.',
  }),
  paid: money.meta({ description: 'After discount, without tax.' }),
  tax: money,
  perCredit: z.string().nullable().meta({
    description: 'paid for one credit, rounded to four digits; null where credits are not above 0.',
    example: '12.5000',
  }),
}

export const pricesJson = z
  .object({
    from: day,
    to: day.meta({ description: 'Included.', example: '2026-03-31' }),
    timeZone,
    data: z.array(
      z.object({
        package: packageJson,
        source,
        currency,
        all: z.object(priceFigures).meta({ description: 'Since ever, whatever the period.' }),
        months: z
          .array(z.object({ month, ...priceFigures }))
          .meta({ description: 'Of the period, in which something was bought or an order was edited.' }),
      }),
    ),
  })
  .meta({ id: 'PricesReport' })

export function toPricesJson(report: PricesReport): z.input<typeof pricesJson> {
  return {
    from: report.period.from,
    to: report.period.to,
    timeZone: report.timeZone,
    data: report.rows.map((row) => ({
      ...toOriginJson(row.origin),
      currency: row.currency,
      all: toPriceJson(row.all),
      months: row.months.map(({ month: name, ...price }) => ({ month: name, ...toPriceJson(price) })),
    })),
  }
}

function toPriceJson({ units, ...price }: Price) {
  return { ...price, credits: toCredits(units) }
}

const earned = money.meta({ description: 'Spent or expired; `breakage` included.' })
const breakage = money.meta({ description: 'Of `earned`: expired.' })

export const deferredRevenueJson = z
  .object({
    at: time,
    from: day,
    to: day.meta({ description: 'Included.', example: '2026-03-31' }),
    timeZone,
    data: z.array(
      z.object({
        currency,
        now: z
          .object({
            paid: money.meta({ description: 'Of all payments. deferred + earned + refunded = paid.' }),
            refunded: money,
            earned,
            breakage,
            deferred: money.meta({ description: 'Paid and not yet earned.' }),
            frozen: money.meta({ description: 'Of `deferred`: the payment is contested.' }),
          })
          .meta({ description: 'At `at`.' }),
        months: z.array(
          z.object({
            ...monthOfPeriod,
            opening: money.meta({ description: 'Deferred when the month began.' }),
            paid: money,
            refunded: money,
            earned,
            breakage,
            closing: money.meta({ description: 'opening + paid - refunded - earned.' }),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'DeferredRevenueReport', description: 'Currencies are never added.' })

export function toDeferredRevenueJson(report: DeferredRevenueReport): z.input<typeof deferredRevenueJson> {
  return {
    at: report.at.toISOString(),
    from: report.period.from,
    to: report.period.to,
    timeZone: report.timeZone,
    data: report.currencies,
  }
}
