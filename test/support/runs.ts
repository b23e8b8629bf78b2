import fc from 'fast-check'

/** `npm run test:long` sets it. */
export const isLong = process.env.TEST_LONG === '1'

/** So many runs of a property: ordinarily, and in test:long. LEDGER_RUNS overrides both. */
export function runsOf(ordinary: number, long: number): number {
  return Number(process.env.LEDGER_RUNS ?? (isLong ? long : ordinary))
}

/** Enough for all runs, so that only a run that hangs ends by it. */
export const patienceMs = isLong || process.env.LEDGER_RUNS ? 8 * 3_600_000 : 600_000

/**
 * Checks a property. A failure prints its seed and path; LEDGER_SEED and LEDGER_PATH play that one again (README, "Commands").
 */
export async function check<Values extends [unknown, ...unknown[]]>(
  property: fc.IAsyncProperty<Values>,
  options: { runs: number },
): Promise<void> {
  const { LEDGER_SEED, LEDGER_PATH } = process.env
  await fc.assert(property, {
    numRuns: options.runs,
    ...(LEDGER_SEED ? { seed: Number(LEDGER_SEED) } : {}),
    ...(LEDGER_PATH ? { path: LEDGER_PATH, endOnFailure: true } : {}),
  })
}
