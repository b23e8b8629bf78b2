import { execFile, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { projectRoot } from '../../src/words/root.ts'
import { type FakeSmtp, startFakeSmtp } from '../support/fakes/smtp.ts'
import { itIf } from '../support/if-here.ts'
import { callApi, runCli, type Service, startService } from '../support/service.ts'
import { layGround, seedShop } from '../support/service-data.ts'

// The main job with a shop that nobody wrote a connector for: its orders are posted by the very programs of connectors/generic/README.md.

const run = promisify(execFile)
const secret = 'a long secret'
const readme = readFileSync(join(projectRoot, 'connectors/generic/README.md'), 'utf8')
/** The programs of the README, by the language of their block. */
const programs = (language: string) =>
  [...readme.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text ?? '')

const programEnv = (key: string) => ({ ...process.env, NODE_OPTIONS: '', ADDRESS: address, SECRET: key })

const hasTools = ['curl', 'openssl'].every((tool) => spawnSync(tool, ['--version']).error === undefined)

let remove: () => Promise<void>
let smtp: FakeSmtp
let env: Record<string, string>
let service: Service
let apiKey: string
let address: string

beforeAll(async () => {
  smtp = await startFakeSmtp()
  const ground = await layGround({ SMTP_URL: smtp.url, MAIL_FROM: 'support@shop.example' })
  env = { ...ground.env, PUBLIC_URL: `http://127.0.0.1:${ground.env.PORT}` }
  remove = ground.remove
  service = await startService(env)
  const kiosk = { kind: 'generic', name: 'Kiosk', url: 'https://kiosk.example', webhookSecret: secret }
  const seeded = await seedShop(env, kiosk)
  address = seeded.webhookUrl
  apiKey = seeded.apiKey
})

afterAll(async () => {
  await service?.stop()
  await smtp?.close()
  await remove?.()
})

interface Ticket {
  id: string
  balance: { available: number; deficit: number }
  messages: { id: string; state: string }[]
}

const api = <T>(path: string, body?: object) =>
  callApi<T>({ address: service.address, key: apiKey }, path, body)

/** The order's ticket once its balance is this. */
async function ticketWith(order: string, available: number, deficit = 0): Promise<Ticket> {
  let seen: Ticket | undefined
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50)) {
    const [found] = (await api<{ data: { id: string }[] }>(`tickets?order=${order}`)).data
    if (found) seen = await api<Ticket>(`tickets/${found.id}`)
    if (seen?.balance.available === available && seen.balance.deficit === deficit) return seen
  }
  throw new Error(`order ${order} has ${JSON.stringify(seen?.balance)}`)
}

async function mailTo(email: string, count: number): Promise<string> {
  for (const end = Date.now() + 20_000; Date.now() < end; await sleep(50)) {
    const mails = smtp.mails.filter(({ envelopeTo }) => envelopeTo.includes(email))
    if (mails.length === count) return mails.at(-1)?.parsed.text ?? ''
  }
  throw new Error(`${email} got ${smtp.mails.length} mails`)
}

/** Posts a state of the order 2001. */
async function post(event: string, order: object): Promise<number> {
  const body = JSON.stringify({ event, order: { id: '2001', ...order } })
  const v1 = createHmac('sha256', secret).update(`1.${body}`).digest('hex')
  const headers = { 'X-CreditDesk-Signature': `t=1,v1=${v1}` }
  return (await fetch(address, { method: 'POST', headers, body })).status
}

const state = (modifiedAt: string, changes: { line?: object; refundedTotal?: string } = {}) => ({
  ...{ status: 'paid', currency: 'EUR', total: '152.50', paidAt: '2026-03-01T10:30:00Z', modifiedAt },
  customer: { email: 'eva@example.com', name: 'Eva Kos' },
  lines: [
    {
      ...{
        id: '1',
        sku: 'SUPPORT-10',
        name: 'Support, 10 credits',
        quantity: 1,
        total: '125.00',
        tax: '27.50',
      },
      ...changes.line,
    },
  ],
  refundedTotal: changes.refundedTotal,
})

describe('a shop of any kind', () => {
  it('does the whole main job by posts alone: order, ticket, welcome, answer, refund, deletion', async () => {
    expect(await post('order', state('2026-03-01T10:30:02Z'))).toBe(200)
    const bought = await ticketWith('2001', 10)
    expect(await mailTo('eva@example.com', 1)).toContain('10 credits')

    await api(`tickets/${bought.id}/replies`, { channel: 'email', body: 'Try water.', idempotencyKey: 'k1' })
    expect((await ticketWith('2001', 9)).messages.length).toBeGreaterThan(1)
    expect(await mailTo('eva@example.com', 2)).toContain('9 credits left')

    // A second pack; then one of the two goes back.
    const two = { quantity: 2, total: '250.00', tax: '55.00' }
    expect(await post('order', state('2026-03-02T08:00:00Z', { line: two }))).toBe(200)
    await ticketWith('2001', 19)
    const back = { ...two, refundedQuantity: 1 }
    expect(await post('order', state('2026-03-03T08:00:00Z', { line: back, refundedTotal: '152.50' }))).toBe(
      200,
    )
    await ticketWith('2001', 9)
    // Late, and older than what is known.
    expect(await post('order', state('2026-03-02T09:00:00Z', { line: two }))).toBe(200)
    expect(await post('order.deleted', { modifiedAt: '2026-03-04T08:00:00Z' })).toBe(200)
    await ticketWith('2001', 0, 1)
    expect(await post('order', state('2026-03-05T08:00:00Z'))).toBe(200)
    await ticketWith('2001', 9)

    const { json } = await runCli<{ problems: unknown[] }>(env, ['verify'])
    expect(json.problems).toEqual([])
    expect((await api<{ data: unknown[] }>('deliveries?state=failed')).data).toEqual([])
  })

  it('takes what the Node.js program of the README posts', async () => {
    const [program = ''] = programs('js')
    const node = (key: string) =>
      run(process.execPath, ['--input-type=module', '--eval', program], { env: programEnv(key) })
    await node(secret)
    await ticketWith('1043', 10)
    await expect(node('another')).rejects.toThrow(/401 .*bad_signature/)
  })

  const shellTest = itIf(hasTools, 'curl or openssl is missing: a program of connectors/generic is not tried')
  shellTest(
    'takes what the program of the README with curl and openssl posts',
    async () => {
      const [, program = ''] = programs('sh')
      const shell = (key: string) => run('sh', ['-euc', program], { env: programEnv(key) })
      await shell(secret)
      await ticketWith('1042', 10)
      await expect(shell('another')).rejects.toMatchObject({
        stdout: expect.stringContaining('bad_signature'),
      })
    },
    120_000,
  )

  it('is added without keys, and only of a kind that there is', async () => {
    const add = (...more: string[]) =>
      runCli(env, ['shop:add', '--name', 'N', '--url', 'https://n.example', '--webhook-secret', 'x', ...more])
    const unknown = await add('--kind', 'shopify')
    expect([unknown.code, unknown.stderr]).toEqual([
      1,
      expect.stringContaining('--kind: choose from woocommerce, generic'),
    ])
    const keyed = await add('--kind', 'generic', '--key', 'ck_1', '--secret', 'cs_1')
    expect([keyed.code, keyed.stderr]).toEqual([1, expect.stringContaining('a generic shop posts to us')])
  })
})
