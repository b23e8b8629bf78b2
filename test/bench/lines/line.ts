import type { Ground } from '../ground.ts'
import type { Row } from '../table.ts'

export interface BenchOptions {
  /** Alternating rounds of both sides; the table shows their medians. */
  rounds: number
  full: boolean
}

/** Measures and returns the lines of the table. Throws when an operation is refused or fails. */
export type Line = (ground: Ground, options: BenchOptions) => Promise<Row[]>
