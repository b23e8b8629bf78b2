import type { Ground } from '../ground.ts'
import { type LoadRequest, sendAll } from '../load.ts'
import { makeOrders } from '../orders.ts'
import { baseline, type ServerProcess, side, startServer } from '../processes.ts'
import { median } from '../statistics.ts'
import { ratioRow } from '../table.ts'
import type { Line } from './line.ts'

const warmUp = 1_600
const measured = 9_600

/** Webhooks accepted a second: signature, durable row and, on our side, the job. */
export const measureIntake: Line = async (ground, { rounds }) => {
  const { shop } = ground
  const orders = makeOrders(1, warmUp + measured, shop.webhookSecret)
  const requestsTo = (path: string): LoadRequest[] =>
    orders.map(({ headers, body }) => ({ method: 'POST', path, headers, body }))
  const theirs: number[] = []
  const ours: number[] = []
  for (let round = 0; round < rounds; round++) {
    const bare = await startServer(
      baseline('intake'),
      [],
      { ...ground.baselineEnvironment, PORT: '0', SECRET: shop.webhookSecret },
      ground.logFile('intake-baseline'),
    )
    theirs.push(await load(bare, requestsTo('/')))
    ours.push(await measureOurs(ground, requestsTo(`/webhooks/woocommerce/${shop.id}`)))
  }
  return [ratioRow('webhook accepted (16 connections)', median(theirs), median(ours), 0.6)]
}

async function measureOurs(ground: Ground, requests: LoadRequest[]): Promise<number> {
  const database = await ground.freshDatabase()
  const server = await startServer(
    side('serve-ours'),
    [],
    ground.environment(database),
    ground.logFile('intake-ours'),
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
