import { Command } from 'commander'
import { type Logger, pino } from 'pino'
import { addAdministration } from './cli/administration.ts'
import { addArchive } from './cli/archive.ts'
import { addImports } from './cli/imports.ts'
import { messageOf, notice } from './cli/output.ts'
import type { WithDeps } from './cli/with-deps.ts'
import { compose, openEngine } from './compose.ts'
import { type Config, readConfig } from './config.ts'
import { offerFirstStart } from './domain/first-start/offer-first-start.ts'
import { serve, startWorker } from './serve.ts'
import { wordsFor } from './words/words.ts'

const { t } = wordsFor('en')
const help = (key: string) => t(`cli:help.${key}`)

/** Logs go to stderr: stdout belongs to what a command answers. `level` is for commands, which should be quiet. */
function setup(level?: string): { config: Config; log: Logger } {
  const config = readConfig()
  return { config, log: pino({ level: level ?? config.logLevel }, pino.destination(2)) }
}

/**
 * Resolves at SIGTERM or SIGINT; a second signal stops at once. Called before a start begins: a signal that comes while it is
 * under way would otherwise end the process with the database still running.
 */
function nextSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) {
      process.once(name, () => {
        process.once(name, () => process.exit(1))
        resolve()
      })
    }
  })
}

async function stopAt(signal: Promise<void>, started: { stop(): Promise<void> }): Promise<void> {
  await signal
  notice(t('cli:done.stopping'))
  await started.stop()
}

/**
 * The one secret that is ever written to stderr: without a shop nobody can sign in, so that there is no other way to hand it over. Whoever
 * reads this output runs the service; the link ends with the first shop, and after a day.
 */
async function tellFirstStart(deps: Parameters<typeof offerFirstStart>[0]): Promise<void> {
  const link = await offerFirstStart(deps)
  if (link !== undefined) notice(t('cli:done.firstStart', { link }))
}

const program = new Command('creditdesk')
  .description(help('program'))
  .showHelpAfterError()
  .configureOutput({
    writeOut: (text) => process.stdout.write(text),
    writeErr: (text) => process.stderr.write(text),
  })

program
  .command('serve')
  .description(help('serve'))
  .action(async () => {
    const { config, log } = setup()
    const signal = nextSignal()
    const running = await serve(config, log, { worker: true })
    notice(t('cli:done.listening', { address: running.address }))
    await tellFirstStart(running.composed.deps)
    await stopAt(signal, running)
  })

program
  .command('worker')
  .description(help('worker'))
  .action(async () => {
    const { config, log } = setup()
    const signal = nextSignal()
    await stopAt(signal, await startWorker(config, log))
  })

program
  .command('migrate')
  .description(help('migrate'))
  .action(async () => {
    const { config, log } = setup('warn')
    const engine = await openEngine(config, log)
    await engine.close()
    notice(t('cli:done.migrated', { applied: engine.migrated.join(', ') || t('cli:done.none') }))
  })

program
  .command('demo')
  .description(help('demo'))
  .option('--check', help('demoCheck'))
  .action(async ({ check = false }: { check?: boolean }) => {
    const { playDemo } = await import('./demo/demo.ts')
    const signal = nextSignal()
    const demo = await playDemo({ check })
    if (demo.keepsRunning) await stopAt(signal, demo)
    else process.exitCode = demo.failed ? 1 : 0
  })

const withDeps: WithDeps = async (work) => {
  const { config, log } = setup('warn')
  const composed = await compose(config, log)
  try {
    await work(composed.deps)
  } finally {
    await composed.close()
  }
}

addArchive(program, () => setup('warn'))
addAdministration(program, withDeps)
addImports(program, withDeps)

try {
  await program.parseAsync()
} catch (error) {
  notice(messageOf(error))
  process.exitCode = 1
}
