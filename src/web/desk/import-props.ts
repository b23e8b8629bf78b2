import type { DeskFrame } from './props.ts'

/** What an import did or would do. */
export interface ImportReportProps {
  rows: number
  new: number
  known: number
  units: bigint
  customers: { new: number; known: number }
  /** By line of the file; perhaps not all of them. */
  errors: { line: number; column: string | null; message: string }[]
  errorCount: number
}

export type ImportStep =
  /** Asks for a file. `nothing`: none was given; `tooLarge`: more than the limit. */
  | { kind: 'give'; nothing?: boolean; tooLarge?: boolean }
  /** Mistakes; `typed`: what stood in the text field, to be corrected there. */
  | { kind: 'wrong'; report: ImportReportProps; typed: string }
  /** Without mistakes; `csv` goes along with the button. */
  | { kind: 'checked'; report: ImportReportProps; csv: string }

interface DoneImportProps {
  at: Date
  /** Null for a program or the command line. */
  agentName: string | null
  rows: number
  known: number
  units: bigint
  customers: { new: number; known: number }
}

export interface ImportPageProps extends DeskFrame {
  action: string
  templateHref: string
  /** Names of the columns, in the template's order. */
  columns: readonly string[]
  megabytes: number
  mostRows: number
  step: ImportStep
  /** The newest first. */
  earlier: (DoneImportProps & { href: string })[]
}

export interface ImportedProps extends DeskFrame {
  backHref: string
  done: DoneImportProps & {
    /** The first of them. */
    grants: { name: string; email: string; units: bigint; expiresAt?: Date; href: string }[]
  }
}
