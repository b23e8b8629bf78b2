import type { World } from '../../../support/world.ts'
import { start } from '../../../support/world.ts'
import type { Intent } from './intents.ts'

/** A customer with a ticket of an order and a ticket of none. */
export interface Cast {
  customerId: bigint
  orderId: bigint
  tickets: bigint[]
}

/** What is there to choose from. A list grows when something is acknowledged. */
export interface Stage {
  shopId: bigint
  cast: Cast[]
  merged: Set<bigint>
  /** Whether something was taken of it, and whether it had a debt, when the figures were last looked at. */
  grants: { grantId: bigint; customerId: bigint; isUsed: boolean; owes: boolean }[]
  messages: { ticketId: bigint; messageId: bigint }[]
  /** Open ones; who ends a session takes it out. */
  sessions: string[]
}

/** An intent with everything chosen: what is asked of the ledger and, the same, of the model. */
export type Move = Intent & {
  customerId: bigint
  ticketId: bigint
  messageId: bigint
  grantId: bigint
  otherGrantId: bigint
  otherCustomerId: bigint
  orderId: bigint
  sessionId: string
  expiresAt: Date | undefined
}

/** A shop of its own with three customers, for one programme. */
export async function openStage(world: World): Promise<Stage> {
  world.goTo(start)
  const shopId = await world.addShop()
  const cast = await Promise.all(
    [0, 1, 2].map(async () => {
      const customerId = await world.customer({}, shopId)
      const orderId = await world.order(shopId)
      const to = { phone: '+38640111222' }
      const ofOrder = await world.ticket(customerId, { ...to, orderId }, shopId)
      return { customerId, orderId, tickets: [ofOrder, await world.ticket(customerId, to, shopId)] }
    }),
  )
  return { shopId, cast, merged: new Set(), grants: [], messages: [], sessions: [] }
}

/** Chooses for an intent among what is there now; undefined when there is nothing that it could be about. */
export function choose(stage: Stage, intent: Intent): Move | undefined {
  const nth = 'nth' in intent ? intent.nth : 0
  const other = 'other' in intent ? intent.other : 0
  const live = stage.cast.filter((one) => !stage.merged.has(one.customerId))
  const meant = grantsMeant(stage, intent)
  const meet = live.filter((one) => meant.some(({ customerId }) => customerId === one.customerId))
  // Tickets go on after their customer became part of another.
  const people = 'ticket' in intent ? stage.cast : meet.length > 0 ? meet : live
  const one = at(people, 'who' in intent ? intent.who : 0)
  if (!one) return undefined
  const isOwn = ({ customerId }: { customerId: bigint }) => customerId === one.customerId
  const own = stage.grants.filter(isOwn)
  const grant = at(meant.length > 0 ? meant.filter(isOwn) : own, nth)
  const message = at([...stage.messages].reverse(), nth)
  const session = at(stage.sessions, nth)
  const end = 'terms' in intent ? intent.terms.end : undefined
  const move: Move = {
    ...intent,
    customerId: one.customerId,
    ticketId: one.tickets['ticket' in intent ? intent.ticket : 0] ?? 0n,
    orderId: one.orderId,
    messageId: 0n,
    grantId: grant?.grantId ?? 0n,
    otherGrantId:
      at(
        own.filter((payer) => payer !== grant),
        other,
      )?.grantId ?? 0n,
    otherCustomerId: at(live, other)?.customerId ?? 0n,
    sessionId: session ?? '',
    expiresAt: end === undefined ? undefined : new Date(start.getTime() + end * 86_400_000),
  }
  switch (intent.do) {
    case 'promise':
    case 'refund':
    case 'adjust':
    case 'settle':
    case 'forgive':
      return move.grantId === 0n ? undefined : move
    case 'freeze':
    case 'unfreeze':
      return move.grantId === 0n && !intent.whole ? undefined : move
    case 'arrive':
    case 'fail':
    case 'contest':
      return message && { ...move, ...message }
    case 'close':
      if (session) stage.sessions.splice(stage.sessions.indexOf(session), 1)
      return session === undefined ? undefined : move
    case 'merge':
      return move.customerId === move.otherCustomerId ? undefined : move
    default:
      return move
  }
}

/** The grants that an intent is about, when there are any: used ones for a refund, debtors to settle or forgive. */
function grantsMeant(stage: Stage, intent: Intent): Stage['grants'] {
  if (intent.do === 'refund') return stage.grants.filter(({ isUsed }) => isUsed)
  if (intent.do === 'settle' || intent.do === 'forgive') return stage.grants.filter(({ owes }) => owes)
  return []
}

function at<T>(list: readonly T[], nth: number): T | undefined {
  return list[nth % Math.max(list.length, 1)]
}
