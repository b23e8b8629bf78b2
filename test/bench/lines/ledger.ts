import pg from 'pg'
import type { Ground } from '../ground.ts'
import { growGrants, growLedger } from '../grow-ledger.ts'
import { baseline, runToJson } from '../processes.ts'
import { median } from '../statistics.ts'
import { ratioRow } from '../table.ts'
import type { Line } from './line.ts'
import { measureOurs, operations, type Rates } from './spend.ts'

const grants = 1_000
const entries = 10_000_000
const hot = 100_000

/** What a spend costs where much was bought and spent before: on an account of 1,000 grants, and with --full among 10,000,000 entries. */
export const measureLedger: Line = async (ground, { rounds, full }) => {
  const crowded = await grown(ground, (client, ticket) => growGrants(client, ground.shop.id, ticket, grants))
  const large = full
    ? await grown(ground, (client, ticket) => growLedger(client, ground.shop.id, ticket, entries, hot))
    : undefined
  const theirs: Rates[] = []
  const ours = { crowded: [] as Rates[], large: [] as Rates[] }
  for (let round = 0; round < rounds; round++) {
    theirs.push(
      await runToJson<Rates>(
        baseline('spend'),
        [operations],
        ground.baselineEnvironment,
        ground.logFile('b'),
      ),
    )
    ours.crowded.push(await measureOurs(ground, 'portal', crowded))
    if (large) ours.large.push(await measureOurs(ground, 'portal', large))
  }
  for (const database of [crowded, large]) if (database) await ground.drop(database)
  const row = (work: string, of: keyof Rates, side: Rates[]) =>
    ratioRow(work, median(theirs.map((rates) => rates[of])), median(side.map((rates) => rates[of])), 0.6)
  return [
    row('spend, one account with 1,000 grants', 'oneAccount', ours.crowded),
    ...(large
      ? [
          row('spend, 1,000 accounts among 10,000,000 entries', 'manyAccounts', ours.large),
          row('spend, one account with 100,000 entries', 'oneAccount', ours.large),
        ]
      : []),
  ]
}

/** A copy of the seeded database with more on it; the first ticket's account is the hot one. */
async function grown(
  ground: Ground,
  grow: (client: pg.Client, ticketId: string) => Promise<void>,
): Promise<string> {
  const database = await ground.freshDatabase()
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  try {
    await grow(client, ground.shop.tickets[0] ?? '')
  } finally {
    await client.end()
  }
  return database
}
