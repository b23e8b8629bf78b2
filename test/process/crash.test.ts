import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { freePort } from '../../src/db/embedded/ports.ts'
import { capturedSecret, captureNumber, signedDelivery } from '../support/fakes/captures.ts'
import { type FakeSmtp, startFakeSmtp } from '../support/fakes/smtp.ts'
import { callApi, runCli, type Service, startService } from '../support/service.ts'
import { seedShop } from '../support/service-data.ts'

// The built service is killed with SIGKILL, and its embedded database goes on: what it acknowledged must not be lost or doubled.

let dataDir: string
let smtp: FakeSmtp
let env: Record<string, string>
let service: Service
let apiKey: string
let webhookUrl: string

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-crash-'))
  smtp = await startFakeSmtp()
  env = {
    DATA_DIR: dataDir,
    PORT: String(await freePort()),
    NODE_ENV: 'development',
    SMTP_URL: smtp.url,
    MAIL_FROM: 'support@shop.example',
  }
  service = await startService(env)
  const seeded = await seedShop(env, { webhookSecret: capturedSecret })
  apiKey = seeded.apiKey
  webhookUrl = seeded.webhookUrl
})

afterAll(async () => {
  await service?.stop()
  await smtp?.close()
  await rm(dataDir, { recursive: true, force: true })
})

describe('a killed process', () => {
  it('processes each of a burst of 500 deliveries that got 200 exactly once after its restart', async () => {
    const acknowledged = new Set<number>()
    let sent = 0
    const client = async () => {
      while (sent < 500) {
        const order = 100_000 + sent++
        const status = await deliver(order).catch(() => 0)
        if (status === 200) acknowledged.add(order)
        if (acknowledged.size === 200) await service.kill()
      }
    }
    await Promise.all(Array.from({ length: 16 }, client))
    expect(acknowledged.size).toBeGreaterThanOrEqual(200)
    expect(acknowledged.size).toBeLessThan(500)

    service = await startService(env)
    await eventually(async () => (await api<List>('deliveries?state=pending')).data.length === 0)
    for (const order of acknowledged) {
      const { data } = await api<List>(`customers?order=${order}`)
      expect(data).toHaveLength(1)
      const account = await api<{ available: number }>(`customers/${data[0]?.id}/account`)
      expect(account.available).toBe(10)
      expect((await api<List>(`tickets?order=${order}`)).data).toHaveLength(1)
    }
    const report = await runCli<{ problems: unknown[] }>(env, ['verify'])
    expect(report.json.problems).toEqual([])
  })

  it("leaves a send as unknown when it dies between the provider's answer and the record, and never sends it again", async () => {
    // The server takes the mail and keeps its answer back, so the kill falls between "accepted" and "recorded".
    const [ticket] = (await api<List>('tickets?limit=1')).data
    await eventually(async () =>
      (await api<Ticket>(`tickets/${ticket?.id}`)).messages.every((one) => one.state === 'sent'),
    )
    const bodies = smtp.bodiesSeen
    smtp.misbehave({ at: 'body', hang: true }, 1)
    const reply = await api<{ message: { id: string } }>(`tickets/${ticket?.id}/replies`, {
      channel: 'email',
      body: 'Only once, please.',
      idempotencyKey: 'crash-1',
    })
    await eventually(async () => smtp.bodiesSeen > bodies)
    const seen = smtp.bodiesSeen
    await service.kill()
    smtp.behave()
    service = await startService(env)
    await eventually(async () => (await stateOf(ticket?.id, reply.message.id)) === 'unknown')
    await sleep(1500)
    expect(smtp.bodiesSeen).toBe(seen)
    expect(await stateOf(ticket?.id, reply.message.id)).toBe('unknown')
    const after = await api<Ticket>(`tickets/${ticket?.id}`)
    expect(after.balance.available).toBe(9)
  })

  it('is stopped in order by SIGTERM and comes back on the same data', async () => {
    await service.stop()
    expect(service.process.exitCode).toBe(0)
    service = await startService(env)
    expect((await api<List>('tickets?limit=1')).data).toHaveLength(1)
  })
})

interface List {
  data: { id: string }[]
}

interface Ticket {
  balance: { available: number }
  messages: { id: string; state: string }[]
}

async function stateOf(ticketId: string | undefined, messageId: string): Promise<string | undefined> {
  const ticket = await api<Ticket>(`tickets/${ticketId}`)
  return ticket.messages.find((one) => one.id === messageId)?.state
}

/** Capture 05 (paid, 3 x SUPPORT-10) as another order of another customer, one pack each. */
async function deliver(orderId: number): Promise<number> {
  const capture = captureNumber(13)
  const body = { ...(capture.body as object), id: orderId, number: String(orderId) } as Record<
    string,
    unknown
  >
  body.billing = { ...(body.billing as object), email: `customer-${orderId}@example.test` }
  const { headers, body: raw } = signedDelivery({ ...capture, rawBody: Buffer.from(JSON.stringify(body)) })
  const answer = await fetch(webhookUrl, { method: 'POST', headers, body: new Uint8Array(raw) })
  await answer.arrayBuffer()
  return answer.status
}

const api = <T>(path: string, body?: object) =>
  callApi<T>({ address: service.address, key: apiKey }, path, body)

async function eventually(holds: () => Promise<boolean>, patienceMs = 40_000): Promise<void> {
  const giveUp = Date.now() + patienceMs
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`it did not come to hold: ${holds}`)
    await sleep(100)
  }
}
