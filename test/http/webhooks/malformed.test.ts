import { Agent, createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { loadCaptures } from '../../support/fakes/captures.ts'
import { heldMemory } from '../../support/held-memory.ts'
import { openTestApp, seedShop, type TestApp } from '../open-app.ts'
import { type Malformed, malformedDeliveries } from './malformed.ts'

const count = 10_000
const atOnce = 16
/* What a warm process may grow by over the second half of the run; a leak of one body each would be 40 MB. */
const growthBytes = 12 * 1024 * 1024

let test: TestApp
let server: Server
const agent = new Agent({ keepAlive: true, maxSockets: atOnce })

beforeAll(async () => {
  test = await openTestApp()
  server = createServer(test.app)
  // A pause of this process, which is client and server, must not end connections between two requests.
  server.keepAliveTimeout = 120_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  agent.destroy()
  server.close()
  server.closeAllConnections()
  await test.close()
})

function send(path: string, one: Malformed): Promise<number> {
  const { port } = server.address() as AddressInfo
  return new Promise((resolve, reject) => {
    const headers = { ...one.headers, 'content-length': one.body.length }
    request({ agent, port, host: '127.0.0.1', method: 'POST', path, headers }, (answer) => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0))
    })
      .once('error', reject)
      .end(one.body)
  })
}

describe('10,000 malformed deliveries', () => {
  it('get 200 with a good signature and 401 without, and leave memory flat', async () => {
    const { shopId } = await seedShop(test.deps)
    const path = `/webhooks/woocommerce/${shopId}`
    const deliveries = loadCaptures().filter((capture) => capture.topic !== null)
    const all = malformedDeliveries(deliveries, count, 20261122)
    const wrong: string[] = []
    let half = 0
    let next = 0
    const worker = async () => {
      while (next < count) {
        const index = next++
        const one = all[index]
        if (index === count / 2) {
          test.logged.length = 0
          half = heldMemory()
        }
        if (!one) continue
        const status = await send(path, one)
        if (status !== (one.signed ? 200 : 401)) wrong.push(`${index}: ${status}`)
      }
    }
    await Promise.all(Array.from({ length: atOnce }, worker))
    expect(wrong).toEqual([])
    test.logged.length = 0
    test.statements()
    expect(heldMemory() - half).toBeLessThan(growthBytes)
    const kept = await test.deps.db.prisma.delivery.count({ where: { shopId } })
    expect(kept).toBeGreaterThan(count / 10)
  })
})
