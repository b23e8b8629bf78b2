import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../src/db/embedded/ports.ts'
import { setRate } from '../../src/domain/packages/set-rate.ts'
import { capturedSecret, captureNumber, signedDelivery } from '../support/fakes/captures.ts'
import { type Service, startService } from '../support/service.ts'
import { layGround, loginLink, onData, seedShop } from '../support/service-data.ts'

/** The real service with a shop, a package and an agent; orders arrive as the shop sends them. */
export interface Stage {
  address: string
  /** The settings of the service, such as for its command line. */
  env: Record<string, string>
  shopId: bigint
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
  const { env, remove } = await layGround()
  const service: Service = await startService(env)
  const { shopId, apiKey } = await seedShop(env, {
    name: 'Trgovina Lipa',
    webhookSecret: capturedSecret,
    days: 365,
  })
  const sms = { channel: 'sms', price: 0.5, per: 'segment' }
  await onData(env, (deps) => setRate(deps, { shopId, actor: 'test', ...sms }))
  const maja = { shopId, email: 'maja@example.test', name: 'Maja Kos', role: 'agent' }
  const nina = { shopId, email: 'nina@example.test', name: 'Nina Hribar' }

  const api = async <T>(path: string, body?: object): Promise<T> => {
    const answer = await fetch(`${service.address}/api/v1/${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as T
  }
  const ticket = (id: string) => api<SeenTicket>(`tickets/${id}`)

  return {
    address: service.address,
    env,
    shopId,
    another: async () => startService({ ...env, PORT: String(await freePort()) }),
    api,
    ticket,
    loginUrl: (role = 'agent') => loginLink(env, role === 'agent' ? maja : { ...nina, role }),
    async order(number, customer) {
      await deliver(`${service.address}/webhooks/woocommerce/${shopId}`, number, customer)
      let found: { id: string } | undefined
      await eventually(async () => {
        found = (await api<{ data: { id: string }[] }>(`tickets?order=${number}`)).data[0]
        return found !== undefined
      })
      return ticket(found?.id ?? '')
    },
    async close() {
      await service.stop()
      await remove()
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

export async function eventually(holds: () => Promise<boolean>, patienceMs = 90_000): Promise<void> {
  const giveUp = Date.now() + patienceMs
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`it did not come to hold: ${holds}`)
    await sleep(50)
  }
}
