import type { Command } from 'commander'
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import { backup } from '../db/backup/backup.ts'
import { restore } from '../db/backup/restore.ts'
import { openEmbedded } from '../db/embedded/server.ts'
import { wordsFor } from '../words/words.ts'
import { notice, printResult } from './output.ts'

const { t } = wordsFor('en')
const help = (key: string) => t(`cli:help.${key}`)

/** Adds `backup FILE` and `restore FILE`. Both work beside a running server. */
export function addArchive(program: Command, setup: () => { config: Config; log: Logger }): void {
  program
    .command('backup <file>')
    .description(help('backup'))
    .option('--json', help('json'))
    .action((file: string, { json = false }: { json?: boolean }) =>
      onDatabase(setup(), async (target) => {
        const result = await backup({ ...target, file })
        if (json) printResult(result, true)
        else process.stdout.write(`${t('cli:done.backup', { ...result })}\n`)
        if (!result.key) notice(t('cli:done.backupNoKey'))
      }),
    )

  program
    .command('restore <file>')
    .description(help('restore'))
    .option('--overwrite', help('restoreOverwrite'))
    .option('--json', help('json'))
    .action((file: string, { json = false, overwrite = false }: { json?: boolean; overwrite?: boolean }) =>
      onDatabase(setup(), async (target) => {
        const result = await restore({ ...target, file, overwrite })
        if (json) printResult(result, true)
        else process.stdout.write(`${t('cli:done.restore', { ...result })}\n`)
      }),
    )
}

/** The bare database: a restore must find it before any migration has put tables there. */
async function onDatabase(
  { config, log }: { config: Config; log: Logger },
  work: (target: { connectionString: string; dataDir: string }) => Promise<void>,
): Promise<void> {
  const embedded =
    config.databaseUrl === undefined ? await openEmbedded({ dataDir: config.dataDir, log }) : undefined
  try {
    await work({
      connectionString: config.databaseUrl ?? embedded?.connectionString ?? '',
      dataDir: config.dataDir,
    })
  } finally {
    await embedded?.stop()
  }
}
