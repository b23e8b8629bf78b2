import type { Ground } from '../ground.ts'
import { type LoadRequest, sendAll } from '../load.ts'
import { baseline, runToJson, type ServerProcess, side, startServer } from '../processes.ts'
import { median } from '../statistics.ts'
import { ratioRow } from '../table.ts'
import type { Line } from './line.ts'

const warmUp = 800
const measured = 4_000
const body = 'x'.repeat(500)

/** Replies a second through the HTTP API, beside a bare route that calls the baseline's function. No budget. */
export const measureReplyHttp: Line = async (ground, { rounds }) => {
  // Makes the baseline's tables and its function.
  await runToJson(baseline('spend'), ['16'], ground.baselineEnvironment, ground.logFile('spend-baseline'))
  const theirs: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await startServer(
      side('bare-spend'),
      [],
      ground.baselineEnvironment,
      ground.logFile('bare-spend'),
    )
    theirs.push(await load(bare, bareRequests(round)))
    ours.push(await measureOurs(ground))
  }
  return [ratioRow('reply through the HTTP API (16 connections)', median(theirs), median(ours))]
}

function bareRequests(round: number): LoadRequest[] {
  return Array.from({ length: warmUp + measured }, (_, n) => ({
    method: 'POST',
    path: '/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ account: 1 + (n % 1000), key: `http-${round}-${n}`, body }),
  }))
}

async function measureOurs(ground: Ground): Promise<number> {
  const { shop } = ground
  const database = await ground.freshDatabase()
  const server = await startServer(
    side('serve-ours'),
    [],
    ground.environment(database),
    ground.logFile('reply-ours'),
  )
  const requests = Array.from(
    { length: warmUp + measured },
    (_, n): LoadRequest => ({
      method: 'POST',
      path: `/api/v1/tickets/${shop.tickets[n % shop.tickets.length]}/replies`,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${shop.apiKey}` },
      body: JSON.stringify({ channel: 'email', body, idempotencyKey: `http-${n}`, agent: shop.agentId }),
    }),
  )
  const rate = await load(server, requests)
  await ground.drop(database)
  return rate
}

async function load(server: ServerProcess, requests: LoadRequest[]): Promise<number> {
  await sendAll(server.address, requests.slice(0, warmUp))
  const rate = await sendAll(server.address, requests.slice(warmUp))
  await server.stop()
  return rate
}
