import type { Command } from 'commander'
import { addAgent } from '../domain/agents/add-agent.ts'
import { addApiKey } from '../domain/agents/add-api-key.ts'
import { resetSecondFactor } from '../domain/agents/change-agent.ts'
import { findAgent } from '../domain/agents/find-agent.ts'
import { changeNotifications } from '../domain/agents/notifications.ts'
import { verifyLedger } from '../domain/credits/verify-ledger.ts'
import type { Deps } from '../domain/deps.ts'
import { refuse } from '../domain/refusal.ts'
import { addShop } from '../domain/shops/add-shop.ts'
import { changeSettings } from '../domain/shops/change-settings.ts'
import { explainProblem } from '../words/ledger-problem.ts'
import { wordsFor } from '../words/words.ts'
import { cliActor } from './actor.ts'
import { id, list, number, onOff } from './arguments.ts'
import { addConnectCommands } from './connect.ts'
import { notice, printResult } from './output.ts'
import { addPackageCommands } from './packages.ts'
import { addProductCommands } from './products.ts'
import { addSyncCommands } from './sync.ts'
import type { WithDeps } from './with-deps.ts'

const words = wordsFor('en')
const { t } = words
const help = (key: string) => t(`cli:help.${key}`)

/** Adds the commands that administer shops, packages, rates, agents and keys, and the ledger's check. */
export function addAdministration(program: Command, withDeps: WithDeps): void {
  const command = (name: string, description: string) =>
    program.command(name).description(help(description)).option('--json', help('json'))

  command('shop:add', 'shopAdd')
    .requiredOption('--name <name>', help('name'))
    .requiredOption('--url <url>', help('url'))
    .option('--webhook-secret <secret>', help('webhookSecret'))
    .option('--kind <kind>', help('kind'))
    .option('--key <key>', help('key'))
    .option('--secret <secret>', help('secret'))
    .option('--timezone <name>', help('timezone'))
    .option('--locale <language>', help('locale'))
    .action(({ json = false, ...input }) =>
      withDeps(async (deps) => printResult(await addShop(deps, input), json)),
    )

  addPackageCommands(program, withDeps)
  addConnectCommands(program, withDeps)
  addSyncCommands(program, withDeps)
  addProductCommands(program, withDeps)

  command('shop:settings', 'shopSettings')
    .requiredOption('--shop <id>', help('shop'), id)
    .option('--supervisor-credits <n>', help('supervisorCredits'), number)
    .option('--agent-waivers <n>', help('agentWaivers'), number)
    .option('--merge-window <minutes>', help('mergeWindow'), number)
    .option('--paid-statuses <list>', help('paidStatuses'), list)
    .option('--unpaid-statuses <list>', help('unpaidStatuses'), list)
    .option('--renewal-ticket <which>', help('renewalTicket'))
    .option('--order-notes <on|off>', help('orderNotes'), onOff)
    .option('--mail-address <email>', help('mailAddress'))
    .option('--undo-seconds <seconds>', help('undoSeconds'), number)
    .option('--thanks-reopen <on|off>', help('thanksReopen'), onOff)
    .option('--order-meta <on|off>', help('orderMeta'), onOff)
    .option('--credits-key <key>', help('creditsKey'))
    .option('--low-balance <credits>', help('lowBalance'), number)
    .action(({ json = false, shop, ...input }) =>
      withDeps(async (deps) =>
        printResult(await changeSettings(deps, { shopId: shop, actor: cliActor, ...input }), json),
      ),
    )

  command('agent:add', 'agentAdd')
    .requiredOption('--shop <id>', help('shop'), id)
    .requiredOption('--email <email>', help('email'))
    .requiredOption('--name <name>', help('name'))
    .requiredOption('--role <role>', help('role'))
    .action(({ json = false, shop, ...input }) =>
      withDeps(async (deps) => {
        const { id: agentId, loginUrl } = await addAgent(deps, { shopId: shop, ...input })
        printResult({ id: agentId, loginUrl }, json)
        notice(t('cli:done.loginHint'))
      }),
    )

  command('agent:notifications', 'agentNotifications')
    .requiredOption('--shop <id>', help('shop'), id)
    .requiredOption('--agent <email>', help('agent'))
    .option('--told-of <which>', help('toldOf'))
    .option('--by-mail <on|off>', help('toldByMail'), onOff)
    .option('--quiet-from <time>', help('quietFrom'))
    .option('--quiet-until <time>', help('quietUntil'))
    .action(({ json = false, shop, agent, ...input }) =>
      withDeps(async (deps) => {
        const found = await findAgent(deps, { shopId: shop, agent })
        if (!found) return refuse({ code: 'not_found', what: 'agent' })
        const key = { shopId: shop, agentId: found.id, actor: cliActor }
        printResult(await changeNotifications(deps, { ...key, ...input }), json)
      }),
    )

  command('agent:second-factor-off', 'secondFactorOff')
    .requiredOption('--shop <id>', help('shop'), id)
    .requiredOption('--email <email>', help('email'))
    .action(({ json = false, shop, email }) =>
      withDeps(async (deps) => {
        const agent = await findAgent(deps, { shopId: shop, agent: email })
        if (!agent) return refuse({ code: 'not_found', what: 'agent' })
        const agentId = agent.id
        await resetSecondFactor(deps, { shopId: shop, agentId, actor: cliActor })
        printResult({ id: String(agentId) }, json)
      }),
    )

  command('apikey:add', 'apikeyAdd')
    .requiredOption('--shop <id>', help('shop'), id)
    .requiredOption('--scopes <list>', help('scopes'), list)
    .action(({ json = false, shop, scopes }) =>
      withDeps(async (deps) => printResult(await addApiKey(deps, { shopId: shop, scopes }), json)),
    )

  command('verify', 'verify')
    .option('--shop <id>', help('shop'), id)
    .action(({ json = false, shop }) => withDeps((deps) => verify(deps, shop, json)))
}

async function verify(deps: Deps, shop: bigint | undefined, json: boolean): Promise<void> {
  const report = await verifyLedger(deps.db, shop)
  const { accounts, entries, problems } = report
  const explained = problems.map((problem) => ({ ...problem, explanation: explainProblem(words, problem) }))
  if (json) printResult({ ...report, problems: explained }, true)
  else if (problems.length === 0) process.stdout.write(`${t('cli:done.verifyOk', { accounts, entries })}\n`)
  else {
    process.stdout.write(`${t('cli:done.verifyBad', { count: problems.length })}\n`)
    for (const { shopId, explanation } of explained) {
      const what = [explanation.what, explanation.entries].filter((part) => part !== '').join(' ')
      process.stdout.write(`  ${t('cli:done.verifyLine', { shopId, what, mend: explanation.mend })}\n`)
    }
  }
  if (problems.length > 0) process.exitCode = 1
}
