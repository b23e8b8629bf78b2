import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Deps } from '../domain/deps.ts'
import { type HealthView, readHealth } from '../domain/health/read-health.ts'
import type { Backfill } from '../domain/sync/backfills.ts'
import { readSync } from '../domain/sync/read-sync.ts'
import { reconcileShop } from '../domain/sync/reconcile-shop.ts'
import { requestLook } from '../domain/sync/request-look.ts'
import { getBackfill, startBackfill, stopBackfill } from '../domain/sync/start-backfill.ts'
import { toBackfillJson, toSyncJson } from '../http/api/json/sync.ts'
import { wordsFor } from '../words/words.ts'
import { cliActor } from './actor.ts'
import { id, number } from './arguments.ts'
import { notice, printLines, printResult } from './output.ts'
import type { WithDeps } from './with-deps.ts'

const words = wordsFor('en')
const { t } = words
const help = (key: string) => t(`cli:help.${key}`)

/** Often enough to see that it moves. */
const watchMs = 1_000

/** Adds the commands that compare a shop's orders with ours. */
export function addSyncCommands(program: Command, withDeps: WithDeps): void {
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(help(description))
      .option('--json', help('json'))
      .requiredOption('--shop <id>', help('shop'), id)

  command('shop:sync', 'shopSync')
    .option('--now', help('syncNow'))
    .action(({ json = false, shop, now = false }) => withDeps((deps) => showSync(deps, { shop, now, json })))

  command('shop:look', 'shopLook')
    .option('--accept-gone', help('acceptGone'))
    .action(({ json = false, shop, acceptGone = false }) =>
      withDeps(async (deps) => {
        await requestLook(deps, { shopId: shop, acceptGone, actor: cliActor })
        printResult({ asked: true }, json)
        notice(t('cli:sync.workerLooks'))
      }),
    )

  command('shop:backfill', 'shopBackfill')
    .option('--days <n>', help('backfillDays'), number)
    .option('--welcome', help('welcome'))
    .option('--watch', help('watch'))
    .option('--stop', help('backfillStop'))
    .action(({ json = false, shop, stop = false, watch = false, ...input }) =>
      withDeps(async (deps) => {
        const place = { shopId: shop, actor: cliActor }
        const backfill = stop
          ? await stopLast(deps, place)
          : await startBackfill(deps, { ...place, ...input })
        const shown = watch && !stop ? await watchBackfill(deps, shop, backfill) : backfill
        if (json) printResult(toBackfillJson(shown), true)
        else printLines([backfillLine(shown)])
        if (shown.state === 'running') notice(t('cli:sync.workerReads'))
      }),
    )
}

async function stopLast(deps: Deps, place: { shopId: bigint; actor: string }): Promise<Backfill> {
  const { backfill } = await readSync(deps, place)
  if (!backfill) throw new Error(t('cli:sync.noBackfill'))
  return await stopBackfill(deps, { ...place, backfillId: backfill.id })
}

/** Says how far it is whenever that changes, until it ends. */
async function watchBackfill(deps: Deps, shopId: bigint, started: Backfill): Promise<Backfill> {
  let told = ''
  for (;;) {
    const backfill = await getBackfill(deps, { shopId, backfillId: started.id })
    const line = backfillLine(backfill)
    if (line !== told) notice(line)
    told = line
    if (backfill.state !== 'running') return backfill
    await sleep(watchMs)
  }
}

async function showSync(deps: Deps, input: { shop: bigint; now: boolean; json: boolean }): Promise<void> {
  const { shop: shopId, now, json } = input
  if (now) {
    const { outcome, seen, taken, problem } = await reconcileShop(deps, { shopId })
    if (problem !== undefined) notice(problem)
    if (outcome === 'finished') notice(t('cli:sync.reconciled', { seen, taken }))
    else process.exitCode = 1
  }
  const view = await readHealth(deps, { shopId })
  if (json) printResult(toSyncJson(view), true)
  else printLines(syncLines(view))
}

function syncLines(view: HealthView): string[] {
  const { reconcile, look, backfill } = view
  const status = t(`cli:sync.status.${view.status}`)
  if (!view.isAskable) return [status, t('cli:sync.notAskable')]
  return [
    status,
    ...(view.connection?.problem ? [view.connection.problem] : []),
    ...view.webhooks.map(({ topic, state, offs }) => t('cli:sync.webhook', { topic, state, offs })),
    ...(view.checkProblem === undefined ? [] : [t('cli:sync.checkProblem', { message: view.checkProblem })]),
    reconcile.finishedAt
      ? t('cli:sync.reconcile', {
          at: timeOf(reconcile.finishedAt),
          seen: reconcile.seen,
          taken: reconcile.taken,
        })
      : t('cli:sync.never'),
    ...(look.finishedAt
      ? [t('cli:sync.look', { at: timeOf(look.finishedAt), seen: look.seen, gone: look.gone })]
      : []),
    ...(backfill ? [backfillLine(backfill)] : []),
    ...view.problems.map(({ message, since }) => t('cli:sync.problem', { since: timeOf(since), message })),
    ...(view.writing
      ? [t('cli:sync.writing', { since: timeOf(view.writing.since), message: view.writing.message })]
      : []),
    ...view.drift.map(({ day, orders }) => t('cli:sync.drift', { day, count: orders })),
    ...view.findings.map((found) =>
      t(`cli:sync.finding.${found.kind}`, {
        order: found.number || found.externalId,
        at: timeOf(found.foundAt),
      }),
    ),
    ...view.unreadable.map(({ externalId, reason }) =>
      t('cli:sync.unreadable', { order: externalId, reason }),
    ),
  ]
}

function backfillLine({ state, days, done, total, taken, reached }: Backfill): string {
  const values = { count: days, done, total: total ?? t('cli:sync.unknown'), taken, at: timeOf(reached) }
  return t(`cli:sync.backfill.${state}`, values)
}

/** As in the API: no reader of a terminal should have to think of time zones. */
function timeOf(at: Date | undefined): string {
  return at ? `${at.toISOString().slice(0, 19)}Z` : '-'
}
