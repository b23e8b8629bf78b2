/** A grant in memory: its terms, its figures and what the README says of one grant alone. All units are plain numbers. */

export type ModelChannel = 'email' | 'sms' | 'portal' | 'work' | 'video'

export interface ModelTerms {
  channels: readonly ModelChannel[]
  /** Of a reply, of a segment, and of a started step of seconds. */
  email: number
  sms: number
  portal: number
  work: number
  workStep: number
  video: number
  videoStep: number
  videoFree: number
  /** The order that it was bought with. */
  order: unknown
  promotional: boolean
  priority: number
  overdraftLimit: number
  /** Milliseconds; undefined: never. */
  expiresAt: number | undefined
}

export interface ModelGrant extends ModelTerms {
  entitled: number
  consumed: number
  held: number
  expired: number
  cleared: number
  overdraft: number
  promised: number
  revokeDue: number
  frozen: boolean
  /** Milliseconds. A twin keeps it, because it is as old as what it came from. */
  createdAt: number
  /** Its twin, after a merge of customers. */
  movedTo: ModelGrant | undefined
}

/** Which grants paid how much of one charge; `beyond`: how much of it was overdraft. */
export interface Part {
  grant: ModelGrant
  units: number
  beyond: number
}

export const net = (g: ModelGrant) => g.entitled - g.consumed - g.held - g.expired + g.overdraft
export const remainder = (g: ModelGrant) => Math.max(net(g), 0)
export const deficit = (g: ModelGrant) => Math.max(0, g.consumed - g.overdraft - g.entitled - g.cleared)
export const owed = (g: ModelGrant) => g.overdraft + deficit(g)
export const isOver = (g: ModelGrant, now: number) => g.expiresAt !== undefined && g.expiresAt <= now

export const admits = (g: ModelGrant, channel: ModelChannel) =>
  g.channels.includes(channel) || (channel === 'portal' && g.channels.includes('email'))

/** Quantity: 1 reply, segments of a text, seconds of work; a session asks for its first step. */
export function costOf(g: ModelGrant, channel: ModelChannel, quantity: number): number {
  if (channel === 'sms') return g.sms * quantity
  if (channel === 'work') return g.work * Math.ceil(quantity / g.workStep)
  return g[channel]
}

/** Where the figures of a grant are now, over all merges. */
export function newest(g: ModelGrant): ModelGrant {
  return g.movedTo ? newest(g.movedTo) : g
}
