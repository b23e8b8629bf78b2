/** What is wrong with a row of the file, and the mend. */
export interface RowError {
  /** Of the file as an editor counts them, from 1; the first line of a row whose cells hold line breaks. */
  line: number
  /** Name in the header; null when it is about the whole row or file. */
  column: string | null
  message: string
}

/** What a run did, or what it would do. A run with errors has written nothing. */
export interface ImportReport {
  rows: number
  /** Rows that were (or would be) imported, and rows that an earlier run imported. */
  new: number
  known: number
  /** Of the new rows, in hundredths of a credit. */
  units: bigint
  /** Customers of all rows: how many are made for them, and how many are there already. */
  customers: { new: number; known: number }
  /** By line; at most the first `mostErrors`. */
  errors: RowError[]
  /** How many there are in all. */
  errorCount: number
}

/** More than a person mends at one sitting; it keeps the answer to a file that is wrong in every row small. */
export const mostErrors = 1_000
