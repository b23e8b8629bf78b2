import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { anyOf, type Intent } from '../../domain/credits/programme/intents.ts'
import { choose, type Move, type Stage } from '../../domain/credits/programme/stage.ts'
import { ask, type Desk, deliver, eventually, type OrderState, type Reply } from './desk.ts'

/** One thing that a client asked for, and what it was told. Without a reply it does not know, and asks again. */
export interface Asked {
  key: string
  move: Move
  reply?: Reply
  send(): Promise<Reply | undefined>
  order?: OrderState
}

/** Three new customers with an order each, and everything that is asked about them. */
export interface Load {
  stage: Stage
  journal: Asked[]
  /** The newest state that was sent of each order. */
  orders: OrderState[]
  emails: Map<bigint, string>
}

const clients = 8
let serial = 0

/** No failed sends and no jumps of time: the sandbox takes every message, and the clock is the real one. */
const intents = anyOf([
  ...(['purchase', 'gift', 'promise', 'refund', 'reply', 'work', 'contest', 'open', 'close'] as const),
  ...(['adjust', 'settle', 'forgive', 'freeze', 'unfreeze', 'merge'] as const),
])

export async function openLoad(desk: Desk): Promise<Load> {
  const stage: Stage = {
    shopId: desk.shopId,
    cast: [],
    merged: new Set(),
    grants: [],
    messages: [],
    sessions: [],
  }
  const load: Load = { stage, journal: [], orders: [], emails: new Map() }
  const opened = await Promise.all([1, 2, 3].map(() => openCustomer(desk, load)))
  stage.cast.push(...opened)
  return load
}

async function openCustomer(desk: Desk, load: Load): Promise<Stage['cast'][number]> {
  serial += 1
  const order = {
    orderId: 100_000 + serial,
    email: `customer-${serial}@example.test`,
    quantity: 1,
    second: 0,
  }
  load.orders.push(order)
  await eventually(async () => (await deliver(desk, order))?.status === 200, 'the delivery of an order')
  const read = async (path: string) => (await ask(desk, path))?.body.data[0]
  await eventually(async () => (await read(`tickets?order=${order.orderId}`)) !== undefined, 'its ticket')
  const customerId = BigInt((await read(`customers?order=${order.orderId}`)).id)
  const ofOrder = BigInt((await read(`tickets?order=${order.orderId}`)).id)
  const further = await ask(desk, 'tickets', {
    customer: { email: order.email },
    subject: 'The printer is offline',
    body: 'Since this morning nothing prints.',
    channel: 'email',
  })
  const account = await ask(desk, `customers/${customerId}/account`)
  for (const { id } of account?.body.grants ?? []) {
    load.stage.grants.push({ grantId: BigInt(id), customerId, isUsed: false, owes: false })
  }
  load.emails.set(customerId, order.email)
  return { customerId, orderId: BigInt(order.orderId), tickets: [ofOrder, BigInt(further?.body.id)] }
}

/** Lets the clients ask for random things, the same for the same seed, until `isOver`. */
export async function runLoad(desk: Desk, load: Load, seed: number, isOver: () => boolean): Promise<void> {
  const wanted = fc.sample(fc.array(intents, { minLength: 400, maxLength: 400 }), { seed, numRuns: clients })
  await Promise.all(
    wanted.map(async (programme) => {
      for (const intent of programme) {
        if (isOver()) return
        const asked = prepare(desk, load, intent)
        const answered = asked === undefined || (await askOnce(load, asked))
        // Whoever gets no answer does not ask for more at once; what was asked is asked again one by one, which takes its time.
        await sleep(answered ? 2 : 300)
      }
    }),
  )
}

/** Asks again for whatever no answer came to, with the same key, until it comes; then ends what still runs. */
export async function askAgain(desk: Desk, load: Load): Promise<void> {
  for (const asked of load.journal) {
    await eventually(
      async () => asked.reply !== undefined || askOnce(load, asked),
      `an answer to ${asked.key}`,
    )
  }
  await eventually(
    async () => (await ask(desk, 'deliveries?state=pending'))?.body.data.length === 0,
    'that every delivery is understood',
  )
}

/** Sends it; true when there was an answer. */
async function askOnce(load: Load, asked: Asked): Promise<boolean> {
  const reply = await asked.send()
  if (!reply) return false
  asked.reply = reply
  remember(load.stage, asked, reply)
  return true
}

function remember(stage: Stage, { move }: Asked, { status, body }: Reply): void {
  if (status >= 300) return
  if (move.do === 'reply' || move.do === 'work')
    stage.messages.push({ ticketId: move.ticketId, messageId: BigInt(body.message.id) })
  if (move.do === 'gift')
    stage.grants.push({ grantId: BigInt(body.id), customerId: move.customerId, isUsed: false, owes: false })
  if (move.do === 'open') stage.sessions.push(body.id)
  if (move.do === 'merge') stage.merged.add(move.customerId)
}

function prepare(desk: Desk, load: Load, intent: Intent): Asked | undefined {
  // By the default rate card a text has one price, whatever its length; the model counts segments, so each is one.
  const move = choose(load.stage, intent.do === 'reply' ? { ...intent, length: 100 } : intent)
  if (!move) return undefined
  serial += 1
  const key = `kill-${serial}`
  const order = orderOf(load, move)
  const request = order ? undefined : requestOf(move, key)
  const asked: Asked = {
    key,
    move,
    send: () => (order ? deliver(desk, order) : ask(desk, request?.path ?? '', request?.body)),
    ...(order ? { order } : {}),
  }
  load.journal.push(asked)
  return asked
}

/** A purchase is a new order; a promise is a later state of one that there is. */
function orderOf(load: Load, move: Move): OrderState | undefined {
  if (move.do === 'purchase') {
    const email = load.emails.get(move.customerId) ?? ''
    const order = { orderId: 100_000 + serial, email, quantity: 1 + (move.units % 2), second: 0 }
    load.orders.push(order)
    return order
  }
  if (move.do === 'promise' || move.do === 'refund') {
    const index = (move.nth * 7 + serial) % load.orders.length
    const known = load.orders[index]
    if (!known) return undefined
    const order = { ...known, quantity: Math.ceil(move.units / 1000), second: known.second + 1 }
    load.orders[index] = order
    return order
  }
  return undefined
}

function requestOf(move: Move, idempotencyKey: string): { path: string; body: object } {
  const customer = `customers/${move.customerId}`
  const grantId = String(move.grantId)
  const waive = 'waived' in move && move.waived ? { waive: { reason: 'Our mistake' } } : {}
  const credits = (units: number | undefined) => (units === undefined ? {} : { credits: units / 100 })
  switch (move.do) {
    case 'gift':
      return {
        path: `${customer}/grants`,
        body: { credits: move.units / 100, reason: 'For the wait', idempotencyKey },
      }
    case 'reply':
      return {
        path: `tickets/${move.ticketId}/replies`,
        body: { channel: move.channel, body: 'x'.repeat(move.length), idempotencyKey, ...waive },
      }
    case 'work':
      return {
        path: `tickets/${move.ticketId}/work`,
        body: { minutes: move.minutes, body: 'Moved the shop.', idempotencyKey, ...waive },
      }
    case 'contest':
      return {
        path: `tickets/${move.ticketId}/messages/${move.messageId}/reverse`,
        body: { reason: 'contest_granted', idempotencyKey },
      }
    case 'open':
      return { path: `tickets/${move.ticketId}/sessions`, body: { kind: 'video' } }
    case 'close':
      return { path: `sessions/${move.sessionId}/end`, body: {} }
    case 'adjust':
      return {
        path: `${customer}/adjustments`,
        body: { grantId, reason: 'agreed', idempotencyKey, ...credits(move.units) },
      }
    case 'settle':
      return {
        path: `${customer}/settlements`,
        body: {
          grantId,
          payerId: String(move.otherGrantId),
          reason: 'agreed',
          idempotencyKey,
          ...credits(move.units),
        },
      }
    case 'forgive':
      return {
        path: `${customer}/forgivenesses`,
        body: { grantId, reason: 'small_sum', idempotencyKey, ...credits(move.units) },
      }
    case 'freeze':
    case 'unfreeze':
      return {
        path: `${customer}/${move.do}`,
        body: {
          reason: move.do === 'freeze' ? 'chargeback' : 'dispute_won',
          idempotencyKey,
          ...(move.whole ? {} : { grantId }),
        },
      }
    case 'merge':
      return {
        path: `customers/${move.otherCustomerId}/merges`,
        body: { sourceId: String(move.customerId), reason: 'same_person', idempotencyKey },
      }
    default:
      throw new Error(`there is no request for ${move.do}`)
  }
}
