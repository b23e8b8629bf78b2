import { createHmac, timingSafeEqual } from 'node:crypto'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import express from 'express'
import { captureNumber, capturedSecret } from '../support/fakes/captures.ts'
import { openTestApp, seedShop } from './open-app.ts'
import { acceptDelivery } from '../../src/domain/orders/accept-delivery.ts'
import { woocommerceRouter } from '../../src/http/webhooks/woocommerce.ts'
import { makeRequestLog } from '../../src/http/middleware/request-log.ts'
import { makeRequestMeter } from '../../src/http/metrics/measure-requests.ts'
import { assignRequestId } from '../../src/http/middleware/request-id.ts'

it('bench', async () => {
  const test = await openTestApp()
  const { shopId } = await seedShop(test.deps)
  await test.deps.db.pool.query('create table if not exists baseline_delivery (id bigint generated always as identity primary key, topic text not null, headers jsonb not null, body bytea not null, received_at timestamptz not null default now())')
  const make = (store: (req: any) => Promise<unknown>) => { const app = express()
  app.post('/', express.raw({ type: () => true, limit: '1mb' }), async (req, res) => {
    const given = Buffer.from(String(req.headers['x-wc-webhook-signature'] ?? ''), 'base64')
    const want = createHmac('sha256', capturedSecret).update(req.body).digest()
    if (given.length !== want.length || !timingSafeEqual(given, want)) { res.sendStatus(401); return }
    await store(req)
    res.sendStatus(200)
  }); return app }
  const base = make((req) => test.deps.db.pool.query({ name: 'intake', text: 'insert into baseline_delivery (topic, headers, body) values ($1, $2, $3)', values: [String(req.headers['x-wc-webhook-topic']), JSON.stringify(req.headers), req.body] }))
  const baseAccept = make((req) => acceptDelivery(test.deps, { shopId, topic: 'order.updated', headers: req.headers, body: req.body }))
  const bare = express().use('/webhooks/woocommerce', woocommerceRouter(test.deps))
  const log = express().use(assignRequestId, makeRequestLog(test.deps.requestLog)).use('/webhooks/woocommerce', woocommerceRouter(test.deps))
  const meter = express().use(assignRequestId, makeRequestMeter(test.deps.metrics)).use('/webhooks/woocommerce', woocommerceRouter(test.deps))
  const raw = captureNumber(3).rawBody.toString()
  let n = 0
  const run = async (handler: any, path: string, count: number) => {
    const server = createServer(handler); await new Promise<void>((r) => server.listen(0, '127.0.0.1', r))
    const port = (server.address() as AddressInfo).port
    const agent = new Agent({ keepAlive: true, maxSockets: 16 })
    const t = Date.now(); let next = 0; const c = process.cpuUsage()
    await Promise.all(Array.from({ length: 16 }, async () => {
      while (next++ < count) {
        const body = Buffer.from(raw.replace(/^{/, `{"n":${n++},`))
        await new Promise<void>((resolve, reject) => {
          request({ agent, port, host: '127.0.0.1', method: 'POST', path, headers: { 'content-type': 'application/json', 'x-wc-webhook-topic': 'order.updated', 'x-wc-webhook-signature': createHmac('sha256', capturedSecret).update(body).digest('base64'), 'content-length': body.length } }, (a) => { if (a.statusCode !== 200) reject(new Error(String(a.statusCode))); a.resume().once('end', resolve) }).once('error', reject).end(body)
        })
      }
    }))
    const rps = count / ((Date.now() - t) / 1000)
    const cpu = process.cpuUsage(c)
    agent.destroy(); server.close(); test.logged.length = 0; test.statements()
    return `${Math.round(rps)}/s ${Math.round((cpu.user + cpu.system) / count)}us`
  }
  const u = `/webhooks/woocommerce/${shopId}`
  const out: string[] = []
  for (let i = 0; i < 4; i++) out.push(['base', await run(base, '/', 3000), 'baseAccept', await run(baseAccept, '/', 3000), 'bare', await run(bare, u, 3000), 'log', await run(log, u, 3000), 'meter', await run(meter, u, 3000), 'ours', await run(test.app, u, 3000)].join(' '))
  console.log(out.join('\n'))
  await test.close()
  expect(1).toBe(1)
}, 120000)
