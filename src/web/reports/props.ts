import type { DeskFrame } from '../desk/props.ts'

/** A package under its name, or the source of credits without one. */
export interface OriginProps {
  name: string | null
  source: string | null
}

interface OutstandingFigures {
  available: bigint
  held: bigint
  frozen: bigint
  total: bigint
}

export interface OutstandingProps {
  total: OutstandingFigures
  rows: ({ expiryMonth: string | null; origin: OriginProps } & OutstandingFigures)[]
}

/** The figures of a month between opening and closing, in the order of their columns. */
export const movementColumns = [
  'granted',
  'restored',
  'spent',
  'reversed',
  'revoked',
  'expired',
  'adjusted',
  'moved',
  'settled',
] as const
export type MovementColumn = (typeof movementColumns)[number]

export type MovementFigures = Record<MovementColumn | 'opening' | 'closing' | 'forgiven', bigint>

/** A month, as far as the period covers it: "2026-03", first and last day. */
export interface MonthProps {
  month: string
  from: string
  to: string
}

export type MovementGroup = 'sold' | 'given' | 'all'

export interface MovementsProps {
  months: (MonthProps & Record<MovementGroup, MovementFigures>)[]
  total: Record<MovementGroup, MovementFigures>
}

/** Money as decimal text. */
export interface PriceFigures {
  purchases: number
  units: bigint
  paid: string
  tax: string
  /** Null where edits took out as many credits as were bought, or more. */
  perCredit: string | null
}

export interface PriceProps {
  origin: OriginProps
  currency: string
  all: PriceFigures
  months: ({ month: string } & PriceFigures)[]
}

export interface DeferredProps {
  currency: string
  now: { paid: string; refunded: string; earned: string; breakage: string; deferred: string; frozen: string }
  months: (MonthProps & {
    opening: string
    paid: string
    refunded: string
    earned: string
    breakage: string
    closing: string
  })[]
}

export interface ReportsProps {
  /** First and last day, as "2026-03-01" and as moments of them. */
  from: string
  to: string
  start: Date
  end: Date
  /** True when the asked period could not be shown. */
  badPeriod: boolean
  choices: { lastMonths: string; thisYear: string; lastYear: string }
  files: { outstanding: string; movements: string; prices: string; deferred: string }
  outstanding: OutstandingProps
  movements: MovementsProps
  prices: PriceProps[]
  deferred: DeferredProps[]
}

export interface ReportsPageProps extends DeskFrame {
  reports: ReportsProps
}
