import type { Ground } from '../ground.ts'
import { baseline, runToJson, side } from '../processes.ts'
import { median } from '../statistics.ts'
import { ratioRow } from '../table.ts'
import type { Line } from './line.ts'

interface Rates {
  manyAccounts: number
  oneAccount: number
}

const operations = '5000'

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
    portal.push(await measureOurs(ground, 'portal'))
    email.push(await measureOurs(ground, 'email'))
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

async function measureOurs(ground: Ground, channel: 'portal' | 'email'): Promise<Rates> {
  const database = await ground.freshDatabase()
  const { shop } = ground
  const rates = await runToJson<Rates>(
    side('spend-ours'),
    [channel, shop.id, shop.agentId, operations, ...shop.tickets],
    ground.environment(database),
    ground.logFile('spend-ours'),
  )
  await ground.drop(database)
  return rates
}
