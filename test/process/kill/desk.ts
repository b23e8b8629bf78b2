import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../../src/db/embedded/ports.ts'
import { capturedSecret, captureNumber, signedDelivery } from '../../support/fakes/captures.ts'
import { type Service, startService } from '../../support/service.ts'
import { seedShop } from '../../support/service-data.ts'

/** The built service with a shop, on an embedded database of its own; a test kills and restarts both. */
export interface Desk {
  dataDir: string
  env: Record<string, string>
  service: Service
  shopId: bigint
  apiKey: string
}

/** What the service answered; undefined when nothing came, or only that it is in trouble. */
export interface Reply {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: the tests read whatever the API answers
  body: any
}

export async function openDesk(): Promise<Desk> {
  const dataDir = await mkdtemp(join(tmpdir(), 'creditdesk-kill-'))
  const env = { DATA_DIR: dataDir, PORT: String(await freePort()), NODE_ENV: 'development' }
  const service = await startService(env)
  return { dataDir, env, service, ...(await seedShop(env, { webhookSecret: capturedSecret })) }
}

export async function closeDesk(desk: Desk): Promise<void> {
  await desk.service.stop()
  await rm(desk.dataDir, { recursive: true, force: true })
}

/** One request to the API. */
export function ask(desk: Desk, path: string, body?: object): Promise<Reply | undefined> {
  return send(`${desk.service.address}/api/v1/${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${desk.apiKey}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
}

/** What the shop knows of an order. Later `second`s are later states. */
export interface OrderState {
  orderId: number
  email: string
  quantity: number
  second: number
}

/** Tells of an order as WooCommerce does; no pieces left means that it was cancelled. */
export function deliver(desk: Desk, order: OrderState): Promise<Reply | undefined> {
  const capture = captureNumber(13)
  const recorded = capture.body as { billing: object; line_items: object[] }
  const changed = new Date(Date.UTC(2026, 10, 22) + order.second * 1_000).toISOString().slice(0, 19)
  const body = {
    ...recorded,
    id: order.orderId,
    number: String(order.orderId),
    status: order.quantity > 0 ? 'processing' : 'cancelled',
    date_modified_gmt: changed,
    billing: { ...recorded.billing, email: order.email },
    line_items: [{ ...recorded.line_items[0], id: order.orderId, quantity: Math.max(order.quantity, 1) }],
  }
  const { headers, body: raw } = signedDelivery({ ...capture, rawBody: Buffer.from(JSON.stringify(body)) })
  return send(`${desk.service.address}/webhooks/woocommerce/${desk.shopId}`, {
    method: 'POST',
    headers,
    body: new Uint8Array(raw),
  })
}

async function send(url: string, init: RequestInit): Promise<Reply | undefined> {
  try {
    const answer = await fetch(url, init)
    const text = await answer.text()
    if (answer.status >= 500 || answer.status === 429) return undefined
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  } catch {
    return undefined
  }
}

/** kill -9 of the database with all its processes, as when the machine stops. The service starts it again. */
export async function killDatabase(desk: Desk): Promise<void> {
  const file = await readFile(join(desk.dataDir, 'postgres', 'postmaster.pid'), 'utf8')
  const postmaster = Number.parseInt(file, 10)
  // Held still first: a process that it began meanwhile would outlive it, waiting for a lock of the dead, and keep the memory in use.
  process.kill(postmaster, 'SIGSTOP')
  for (const pid of [...(await childrenOf(postmaster)), postmaster]) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // A connection's process may end by itself meanwhile.
    }
  }
}

async function childrenOf(parent: number): Promise<number[]> {
  const children: number[] = []
  for (const name of await readdir('/proc')) {
    const stat = /^\d+$/.test(name) ? await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '') : ''
    if (Number(/\) \S (\d+)/.exec(stat)?.[1]) === parent) children.push(Number(name))
  }
  return children
}

export async function eventually(
  holds: () => Promise<boolean>,
  what: string,
  patienceMs = 60_000,
): Promise<void> {
  const giveUp = Date.now() + patienceMs
  while (!(await holds())) {
    if (Date.now() > giveUp) throw new Error(`it did not come to hold: ${what}`)
    await sleep(50)
  }
}
