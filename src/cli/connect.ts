import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from 'commander'
import { askForKeys } from '../domain/connect/ask-for-keys.ts'
import { connectWithKeys } from '../domain/connect/connect-with-keys.ts'
import { type Connection, findConnection } from '../domain/connect/connection.ts'
import { disconnectShop } from '../domain/connect/disconnect-shop.ts'
import type { Deps } from '../domain/deps.ts'
import { toConnectionJson } from '../http/api/json/sync.ts'
import { wordsFor } from '../words/words.ts'
import { cliActor } from './actor.ts'
import { id, number } from './arguments.ts'
import { notice, printLines, printResult } from './output.ts'
import type { WithDeps } from './with-deps.ts'

const { t } = wordsFor('en')
const help = (key: string) => t(`cli:help.${key}`)

const watchMs = 1_000

interface Given {
  shop: bigint
  url: string
  key?: string
  secret?: string
  days?: number
  anyHome?: boolean
}

/** Adds the commands that connect a shop and end it. */
export function addConnectCommands(program: Command, withDeps: WithDeps): void {
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(help(description))
      .option('--json', help('json'))
      .requiredOption('--shop <id>', help('shop'), id)

  command('shop:connect', 'shopConnect')
    .requiredOption('--url <url>', help('url'))
    .option('--key <key>', help('key'))
    .option('--secret <secret>', help('secret'))
    .option('--days <n>', help('connectDays'), number)
    .option('--any-home', help('anyHome'))
    .option('--watch', help('connectWatch'))
    .action(({ json = false, watch = false, ...given }) =>
      withDeps(async (deps) => {
        const byPage = !given.key && !given.secret
        const page = byPage ? await openPage(deps, given) : await useKeys(deps, given)
        if (page) {
          if (watch) notice(page.pageUrl)
          else if (json) printResult(page, true)
          else printLines([page.pageUrl])
          notice(t('cli:connect.open'))
        }
        if (page && !watch) return
        const connection = await findOrWatch(deps, given.shop, watch)
        if (json) printResult(toConnectionJson(connection), true)
        else printLines([connectionLine(connection)])
        if (connection.state === 'webhooks') notice(t('cli:connect.workerMakes'))
        if (connection.state === 'failed') process.exitCode = 1
      }),
    )

  command('shop:disconnect', 'shopDisconnect').action(({ json = false, shop }) =>
    withDeps(async (deps) => {
      const result = await disconnectShop(deps, { shopId: shop, actor: cliActor })
      printResult(result, json)
      notice(t(result.webhooksRemoved ? 'cli:connect.keyLeft' : 'cli:connect.webhooksLeft'))
    }),
  )
}

async function useKeys(deps: Deps, given: Given): Promise<undefined> {
  const { shop: shopId, key = '', secret = '', days, anyHome = false, url } = given
  const input = { shopId, url, key, secret, anyHome, actor: cliActor }
  await connectWithKeys(deps, { ...input, ...(days !== undefined && { days }) })
}

async function openPage(deps: Deps, given: Given): Promise<{ pageUrl: string; until: string }> {
  const { shop: shopId, days, anyHome = false, url } = given
  const input = { shopId, url, anyHome, actor: cliActor }
  const { pageUrl, until } = await askForKeys(deps, { ...input, ...(days !== undefined && { days }) })
  return { pageUrl, until: until.toISOString() }
}

/** With `watch` how it stands is told whenever that changes, until it ends. */
async function findOrWatch(deps: Deps, shopId: bigint, watch: boolean): Promise<Connection> {
  let told = ''
  for (;;) {
    const connection = await findConnection(deps.db, shopId)
    if (!connection) throw new Error('a shop that is being connected has no connection')
    if (!watch || /^(connected|failed|disconnected)$/.test(connection.state)) return connection
    const line = connectionLine(connection)
    if (line !== told) notice(line)
    told = line
    await sleep(watchMs)
  }
}

function connectionLine({ state, url, problem }: Connection): string {
  return [t(`cli:connect.${state}`, { url }), problem].filter(Boolean).join(' ')
}
