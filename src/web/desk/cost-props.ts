export const costFields = ['video', 'emails', 'texts', 'letters', 'work'] as const
export type CostField = (typeof costFields)[number]

/** The calculator and its answer. Units are hundredths of a credit. */
export interface CostProps {
  values: Record<string, string>
  wrong: CostField[]
  /** A price that is typed and not saved yet cannot be read. */
  wrongPrices: boolean
  lines: { channel: string; count: number; segments?: number; units: bigint }[]
  units: bigint
}
