import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { capturedSecret, captureNumber, signedDelivery } from '../support/fakes/captures.ts'
import { runCli, type Service, startService } from '../support/service.ts'

/** The real service with a shop, a package and an agent; orders arrive as the shop sends them. */
export interface Stage {
  address: string
  /** Another process of the same service, on the same database. */
  another(): Promise<Service>
  /** A fresh link of the agent, or of a supervisor, who is added at the first call; each works once. */
  loginUrl(role?: 'agent' | 'supervisor'): Promise<string>
  /** Delivers a paid order of ten credits and waits for its ticket. */
  order(number: number, customer: { name: string; email: string; phone?: string }): Promise<SeenTicket>
  ticket(id: string): Promise<SeenTicket>
  api<T>(path: string, body?: object): Promise<T>
  close(): Promise<void>
}

export interface SeenTicket {
  id: string
  customer: { id: string }
  balance: { available: number; held: number }
  tally: { email: number; sms: number; portal: number; videoSeconds: number }
  messages: { id: string; direction: string; channel: string; state: string; body: string; credits: number }[]
}

export async function setStage(): Promise<Stage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-browser-'))
  const env: Record<string, string> = { DATA_DIR: dataDir, NODE_ENV: 'development' }
  const service: Service = await startService(env)
  // The CLI writes the address of the running service into its links.
  env.PORT = new URL(service.address).port
  const cli = async <T>(...args: string[]): Promise<T> => {
    const { code, json, stderr } = await runCli<T>(env, args)
    if (code !== 0) throw new Error(`${args[0]}: ${stderr}`)
    return json
  }
  const shop = await cli<{ id: string; webhookUrl: string }>(
    ...['shop:add', '--name', 'Trgovina Lipa', '--url', 'https://shop.example'],
    ...['--webhook-secret', capturedSecret],
  )
  const ofShop = ['--shop', shop.id]
  const addAgent = (role: string) => [
    ...['agent:add', ...ofShop],
    ...(role === 'agent'
      ? ['--email', 'maja@example.test', '--name', 'Maja Kos']
      : ['--email', 'nina@example.test', '--name', 'Nina Hribar']),
    ...['--role', role],
  ]
  const [{ key }] = await Promise.all([
    cli<{ key: string }>('apikey:add', ...ofShop, '--scopes', 'read,write,supervise'),
    cli('package:add', ...ofShop, '--match', 'sku:SUPPORT-10', '--credits', '10', '--days', '365'),
    cli('rate:set', ...ofShop, '--channel', 'sms', '--price', '0.5', '--per', 'segment'),
  ])

  const api = async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${service.address}/api/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as T
  }
  const ticket = (id: string) => api<SeenTicket>(`tickets/${id}`)

  return {
    address: service.address,
    another: () => startService({ DATA_DIR: dataDir, NODE_ENV: 'development' }),
    api,
    ticket,
    loginUrl: async (role = 'agent') => (await cli<{ loginUrl: string }>(...addAgent(role))).loginUrl,
    async order(number, customer) {
      await deliver(`${service.address}/webhooks/woocommerce/${shop.id}`, number, customer)
      let found: { id: string } | undefined
      await eventually(async () => {
        found = (await api<{ data: { id: string }[] }>(`tickets?order=${number}`)).data[0]
        return found !== undefined
      })
      return ticket(found?.id ?? '')
    },
    async close() {
      await service.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** A recorded paid order (one pack of ten) as another order of another person, signed anew. */
async function deliver(
  url: string,
  number: number,
  customer: { name: string; email: string; phone?: string },
): Promise<void> {
  const capture = captureNumber(13)
  const recorded = capture.body as { billing: object }
  const [first_name = '', last_name = ''] = customer.name.split(' ')
  const billing = {
    ...recorded.billing,
    first_name,
    last_name,
    email: customer.email,
    phone: customer.phone ?? '',
  }
  const rawBody = Buffer.from(JSON.stringify({ ...recorded, id: number, number: String(number), billing }))
  const { headers, body } = signedDelivery({ ...capture, rawBody })
  const answer = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
  await answer.arrayBuffer()
  if (answer.status !== 200) throw new Error(`the delivery got ${answer.status}`)
}

export async function eventually(holds: () => Promise<boolean>, patienceMs = 30_000): Promise<void> {
  const giveUp = Date.now() + patienceMs
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`it did not come to hold: ${holds}`)
    await sleep(50)
  }
}
