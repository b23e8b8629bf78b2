import { createReadStream } from 'node:fs'
import type { Command } from 'commander'
import { toCredits } from '../domain/credits/units.ts'
import type { Deps } from '../domain/deps.ts'
import { importBalances } from '../domain/imports/import-balances.ts'
import { mostBytes } from '../domain/imports/read-table.ts'
import type { ImportReport, RowError } from '../domain/imports/report.ts'
import { wordsFor } from '../words/words.ts'
import { cliActor } from './actor.ts'
import { id } from './arguments.ts'
import { notice, printResult } from './output.ts'
import type { WithDeps } from './with-deps.ts'

const words = wordsFor('en')
const { t } = words
const help = (key: string) => t(`cli:help.${key}`)

/** Adds `import:balances FILE`. What is wrong with rows goes to stderr, one line each, and ends with 1. */
export function addImports(program: Command, withDeps: WithDeps): void {
  program
    .command('import:balances <file>')
    .description(help('importBalances'))
    .option('--json', help('json'))
    .requiredOption('--shop <id>', help('shop'), id)
    .option('--dry-run', help('dryRun'))
    .action(async (file: string, { json = false, shop, dryRun = false }) => {
      const csv = await readCsv(file)
      await withDeps((deps) => runImport(deps, { shopId: shop, csv, dryRun }, json))
    })
}

async function runImport(
  deps: Deps,
  input: { shopId: bigint; csv: Buffer; dryRun: boolean },
  json: boolean,
): Promise<void> {
  const { units, importId, ...report } = await importBalances(deps, { ...input, by: { actor: cliActor } })
  for (const error of report.errors) notice(lineOf(error))
  const failed = report.errorCount > 0
  if (failed) process.exitCode = 1
  if (json) {
    const id = importId === undefined ? null : String(importId)
    printResult({ id, dryRun: input.dryRun, ...report, credits: toCredits(units) }, true)
  } else if (failed) notice(t('cli:done.importWrong', { n: report.errorCount, count: report.errorCount }))
  else process.stdout.write(`${summaryOf({ ...report, units }, input.dryRun)}\n`)
}

/** "line 3, email: ..." as compilers and linters say it. */
function lineOf({ line, column, message }: RowError): string {
  return column === null
    ? t('cli:done.importLine', { line, message })
    : t('cli:done.importCell', { line, column, message })
}

function summaryOf(report: ImportReport, dryRun: boolean): string {
  const values = {
    rows: report.rows,
    new: report.new,
    known: report.known,
    credits: words.creditsPhrase(report.units),
    newCustomers: report.customers.new,
    knownCustomers: report.customers.known,
  }
  return dryRun ? t('cli:done.importWould', values) : t('cli:done.imported', values)
}

/** One byte more than is allowed is enough to see that a file is too large. */
async function readCsv(file: string): Promise<Buffer> {
  const parts: Buffer[] = []
  try {
    for await (const part of createReadStream(file, { end: mostBytes })) parts.push(part as Buffer)
  } catch (error) {
    const { code } = error as { code?: string }
    throw new Error(t('cli:done.importUnreadable', { file, code: code ?? String(error) }))
  }
  const csv = Buffer.concat(parts)
  if (csv.length > mostBytes) {
    throw new Error(t('cli:done.importTooLarge', { file, megabytes: mostBytes / 1_000_000 }))
  }
  return csv
}
