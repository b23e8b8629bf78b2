/** One line of the table that DESIGN's section 8 describes. Figures come as text, because their units differ. */
export interface Row {
  work: string
  baseline?: string
  ours: string
  ratio?: string
  budget?: string
  /** Undefined when the line has no budget. */
  kept?: boolean
}

const columns = ['work', 'baseline', 'ours', 'ratio', 'budget', ''] as const

/** The table as text; a missed budget is marked and never an error, because figures depend on the machine. */
export function drawTable(rows: readonly Row[]): string {
  const cells = [
    [...columns],
    ...rows.map((row) => [
      row.work,
      row.baseline ?? '',
      row.ours,
      row.ratio ?? '',
      row.budget ?? '',
      row.kept === undefined ? '' : row.kept ? 'ok' : 'UNDER',
    ]),
  ]
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const rule = widths.map((width) => '-'.repeat(width)).join('  ')
  const lines = cells.map((line) =>
    line
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  )
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

/** A row that compares operations a second of two sides. `least` is the smallest ratio that keeps the budget. */
export function ratioRow(work: string, baseline: number, ours: number, least?: number): Row {
  const ratio = ours / baseline
  return {
    work,
    baseline: `${Math.round(baseline)}/s`,
    ours: `${Math.round(ours)}/s`,
    ratio: percent(ratio),
    ...(least === undefined ? {} : { budget: `>= ${percent(least)}`, kept: ratio >= least }),
  }
}

export function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`
}
