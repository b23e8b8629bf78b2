import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { captureNumber, signedDelivery } from '../../test/support/fakes/captures.ts'
import type { Stage } from './stage.ts'

/** A ticket as the API shows it, as far as the demo looks at it. */
export interface SeenTicket {
  id: string
  number: number
  balance: { available: number; held: number; deficit: number }
  tally: { email: number; sms: number; videoSeconds: number }
  messages: { id: string; direction: string; channel: string; state: string; body: string }[]
  reviews: { kind: string }[]
}

const patienceMs = 15_000

/** Sends a recorded delivery, signed, over HTTP. Returns the status. */
export async function deliver(stage: Stage, capture: number): Promise<number> {
  const { headers, body } = signedDelivery(captureNumber(capture))
  const answer = await fetch(stage.webhookUrl, { method: 'POST', headers, body: new Uint8Array(body) })
  return answer.status
}

/** Calls the API with the demo's key. Throws with the problem's text when it refuses. */
export async function callApi<T>(
  stage: Stage,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(`${stage.address}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${stage.apiKey}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return JSON.parse(text) as T
}

/** The ticket of a shop's order, once it satisfies `when`. */
export async function ticketOf(
  stage: Stage,
  order: number,
  when: (ticket: SeenTicket) => boolean = () => true,
): Promise<SeenTicket> {
  const giveUp = Date.now() + patienceMs
  for (;;) {
    const list = await callApi<{ data: { id: string }[] }>(stage, 'GET', `tickets?order=${order}`)
    const found = list.data[0]
    const ticket = found && (await callApi<SeenTicket>(stage, 'GET', `tickets/${found.id}`))
    if (ticket && when(ticket)) return ticket
    if (Date.now() > giveUp) throw new Error(`order ${order} gave no such ticket: ${JSON.stringify(ticket)}`)
    await sleep(40)
  }
}

/** Waits until no delivery is left to be understood. */
export async function deliveriesDone(stage: Stage): Promise<void> {
  const giveUp = Date.now() + patienceMs
  for (;;) {
    const { data } = await callApi<{ data: unknown[] }>(stage, 'GET', 'deliveries?state=pending')
    if (data.length === 0) return
    if (Date.now() > giveUp) throw new Error('deliveries stayed pending')
    await sleep(40)
  }
}

export interface Bill {
  actualSeconds: number
  billedSeconds: number
  charge: { credits: number }
}

/** Agent and customer meet for a moment through real sockets, then the agent ends the session. */
export async function meet(stage: Stage, ticketId: string, seconds: number): Promise<Bill> {
  const session = await callApi<{ id: string; agentSocket: string; customerSocket: string }>(
    stage,
    'POST',
    `tickets/${ticketId}/sessions`,
    { kind: 'video', agent: 'maja@example.test' },
  )
  const sockets = [new WebSocket(session.agentSocket), new WebSocket(session.customerSocket)]
  await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('open', resolve))))
  await sleep(seconds * 1000 + 300)
  const bill = await callApi<Bill>(stage, 'POST', `sessions/${session.id}/end`)
  for (const socket of sockets) socket.terminate()
  return bill
}
