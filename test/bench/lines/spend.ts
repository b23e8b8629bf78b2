import type { Ground } from '../ground.ts'
import { baseline, runToJson, side } from '../processes.ts'
import { median } from '../statistics.ts'
import { ratioRow } from '../table.ts'
import type { Line } from './line.ts'

/** Operations a second. */
export interface Rates {
  manyAccounts: number
  oneAccount: number
}

export const operations = '5000'

/** Replies a second through the domain's function: without a job (portal), and with its send job (e-mail). */
export const measureSpend: Line = async (ground, { rounds }) => {
  const theirs: Rates[] = []
  const portal: Rates[] = []
  const email: Rates[] = []
  for (let round = 0; round < rounds; round++) {
    theirs.push(
      await runToJson<Rates>(
        baseline('spend'),
        [operations],
        ground.baselineEnvironment,
        ground.logFile('spend-baseline'),
      ),
    )
    portal.push(await measureFresh(ground, 'portal'))
    email.push(await measureFresh(ground, 'email'))
  }
  const row = (work: string, of: keyof Rates, ours: Rates[], least: number) =>
    ratioRow(work, median(theirs.map((rates) => rates[of])), median(ours.map((rates) => rates[of])), least)
  return [
    row('spend with message, 1,000 accounts', 'manyAccounts', portal, 0.6),
    row('spend with message, one account', 'oneAccount', portal, 0.6),
    row('reply with send job, 1,000 accounts', 'manyAccounts', email, 0.35),
    row('reply with send job, one account', 'oneAccount', email, 0.35),
  ]
}

async function measureFresh(ground: Ground, channel: 'portal' | 'email'): Promise<Rates> {
  const database = await ground.freshDatabase()
  const rates = await measureOurs(ground, channel, database)
  await ground.drop(database)
  return rates
}

export async function measureOurs(
  { shop, environment, logFile }: Ground,
  channel: 'portal' | 'email',
  database: string,
): Promise<Rates> {
  return runToJson<Rates>(
    side('spend-ours'),
    [channel, shop.id, shop.agentId, operations, ...shop.tickets],
    environment(database),
    logFile('spend-ours'),
  )
}
