import type { Accounts, ModelCustomer } from './account.ts'
import type { ModelChannel, Part } from './grant.ts'
import { type Charge, type Plan, planCharge } from './plan.ts'

export interface ModelTicket {
  customer: ModelCustomer
  order: unknown
  windows: Map<ModelChannel, Window>
}

/** The charge of the first reply, under which further ones are free. */
interface Window {
  until: number
  replies: ModelMessage[]
  isVoid: boolean
}

export interface ModelMessage {
  ticket: ModelTicket
  state: 'queued' | 'sent' | 'delivered' | 'failed'
  units: number
  parts: Part[]
  reversed: boolean
  window: Window | undefined
}

export interface ModelReply {
  channel: 'email' | 'sms' | 'portal' | 'work'
  quantity: number
  waived: boolean
}

export interface Sent {
  code: 'ok'
  units: number
  parts: Part[]
  message: ModelMessage
}

/** Nothing to pay: waived, or in the window of a reply that was charged. */
interface Free {
  code: 'free'
  window: Window | undefined
}

export interface ModelRefusal {
  code: string
  units: number | undefined
}

/** Replies, logged work, failed sends and contests: rules 8 to 10. */
export function makeConversations(accounts: Accounts) {
  const settings = { windowMs: 0 }

  function addTicket(customer: ModelCustomer, order: unknown): ModelTicket {
    return { customer, order, windows: new Map() }
  }

  function quote(ticket: ModelTicket, channel: ModelChannel, quantity: number, fixed?: number): Plan {
    const wanted = { channel, quantity, order: ticket.order, fixed }
    return planCharge(ticket.customer.grants, wanted, accounts.now())
  }

  /** What an answer would come to now, without giving it. */
  function judge(
    ticket: ModelTicket,
    { channel, quantity, waived }: ModelReply,
  ): Charge | Free | ModelRefusal {
    const window = waived ? undefined : openWindow(ticket, channel)
    if (waived || window) return { code: 'free', window }
    const plan = quote(ticket, channel, quantity)
    return plan.code === 'ok' ? plan : { code: plan.code, units: plan.price }
  }

  function answer(ticket: ModelTicket, reply: ModelReply): Sent | ModelRefusal {
    const verdict = judge(ticket, reply)
    if ('window' in verdict) return write(ticket, reply, [], verdict.window)
    if (!('parts' in verdict)) return verdict
    spend(verdict)
    const opens = verdict.price > 0 && settings.windowMs > 0 && reply.channel !== 'work'
    return write(ticket, reply, verdict.parts, opens ? startWindow(ticket, reply.channel) : undefined)
  }

  function spend(plan: Charge): void {
    for (const { grant, units, beyond } of plan.parts) {
      grant.consumed += units
      grant.overdraft += beyond
    }
  }

  function openWindow(ticket: ModelTicket, channel: ModelChannel): Window | undefined {
    const window = ticket.windows.get(channel)
    return window && !window.isVoid && window.until > accounts.now() ? window : undefined
  }

  function startWindow(ticket: ModelTicket, channel: ModelChannel): Window {
    const window = { until: accounts.now() + settings.windowMs, replies: [], isVoid: false }
    ticket.windows.set(channel, window)
    return window
  }

  function write(ticket: ModelTicket, reply: ModelReply, parts: Part[], window: Window | undefined): Sent {
    const units = parts.reduce((sum, part) => sum + part.units, 0)
    const isSent = reply.channel === 'email' || reply.channel === 'sms'
    const message: ModelMessage = {
      ticket,
      state: isSent ? 'queued' : 'delivered',
      units,
      parts,
      reversed: false,
      window,
    }
    window?.replies.push(message)
    return { code: 'ok', units, parts, message }
  }

  /** A send that failed for good; the units that it gives back, null when it cannot fail any more. */
  function fail(message: ModelMessage): number | null {
    if (message.state !== 'queued' && message.state !== 'sent') return null
    message.state = 'failed'
    if (!message.window) return giveBackOnce(message)
    const { replies, isVoid } = message.window
    const first = replies[0]
    if (isVoid || !first || replies.some((reply) => reply.state !== 'failed')) return 0
    message.window.isVoid = true
    return giveBackOnce(first)
  }

  function giveBackOnce(message: ModelMessage): number {
    if (message.reversed) return 0
    message.reversed = true
    accounts.giveBack(message.parts)
    return message.units
  }

  function contest(message: ModelMessage): ModelRefusal {
    const refuse = (code: string) => ({ code, units: undefined })
    if (message.units === 0) return refuse('message_not_charged')
    if (message.reversed) return refuse('message_reversed')
    if (message.state === 'queued') return refuse('message_pending')
    if (message.window) message.window.isVoid = true
    return { code: 'ok', units: giveBackOnce(message) }
  }

  return { settings, addTicket, quote, spend, judge, answer, fail, contest }
}

export type Conversations = ReturnType<typeof makeConversations>
