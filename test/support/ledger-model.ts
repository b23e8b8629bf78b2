/** The ledger in memory, written from its README and not from its SQL: what a programme of moves must come to. */

export type ModelChannel = 'email' | 'sms' | 'portal' | 'video'

export interface ModelTerms {
  units: number
  channels: readonly ModelChannel[]
  /** Of a reply, of a segment, and of a started step of `videoStep` seconds after `videoFree` free ones. */
  email: number
  sms: number
  portal: number
  video: number
  videoStep: number
  videoFree: number
  ofOrder: boolean
  promotional: boolean
  priority: number
  /** Milliseconds; undefined: never. */
  expiresAt: number | undefined
}

export interface ModelGrant extends ModelTerms {
  entitled: number
  consumed: number
  held: number
  expired: number
  promised: number
  revokeDue: number
}

export type Plan =
  | { code: 'ok'; price: number; parts: { grant: ModelGrant; units: number }[]; pricer: ModelGrant }
  | { code: 'insufficient_credits' | 'channel_not_covered'; price: number | undefined }

interface ModelSession {
  units: number
  step: number
  free: number
  covered: number
  ofOrder: boolean
  holds: Map<ModelGrant, number>
}

const goodwillMs = 30 * 86_400_000
const net = (g: ModelGrant) => g.entitled - g.consumed - g.held - g.expired

export function makeLedgerModel(startAt: number) {
  let now = startAt
  const grants: ModelGrant[] = []
  const isOver = (g: ModelGrant) => g.expiresAt !== undefined && g.expiresAt <= now

  function addGrant(terms: ModelTerms): void {
    grants.push({
      ...terms,
      entitled: terms.units,
      consumed: 0,
      held: 0,
      expired: 0,
      promised: terms.units,
      revokeDue: 0,
    })
    expire()
  }

  function expire(): void {
    for (const g of grants) if (isOver(g)) g.expired += Math.max(net(g), 0)
  }

  /** After units came back into a grant: first the revoke that waits for them, then the end of validity. */
  function settle(g: ModelGrant): void {
    const taken = g.held === 0 ? g.revokeDue : Math.min(g.revokeDue, Math.max(net(g), 0))
    g.entitled -= taken
    g.revokeDue -= taken
    expire()
  }

  const admits = (g: ModelGrant, channel: ModelChannel) =>
    g.channels.includes(channel) || (channel === 'portal' && g.channels.includes('email'))

  function costOf(g: ModelGrant, channel: ModelChannel, quantity: number): number {
    return channel === 'sms' ? g.sms * quantity : g[channel]
  }

  function inBurnOrder(ofOrder: boolean): ModelGrant[] {
    const rank = (g: ModelGrant) => [
      g.expiresAt ?? Number.POSITIVE_INFINITY,
      ofOrder && g.ofOrder ? 0 : 1,
      g.promotional ? 0 : 1,
      -g.priority,
      grants.indexOf(g),
    ]
    return grants
      .filter((g) => net(g) > 0 && !isOver(g))
      .map((g) => ({ g, rank: rank(g) }))
      .sort((a, b) => a.rank.map((value, i) => compare(value, b.rank[i] ?? 0)).find((d) => d !== 0) ?? 0)
      .map(({ g }) => g)
  }

  /** Who would pay, and how much. `fixed`: a price that is agreed already. */
  function plan(channel: ModelChannel, quantity: number, ofOrder: boolean, fixed?: number): Plan {
    const live = inBurnOrder(ofOrder)
    const payers = live.filter((g) => admits(g, channel))
    for (const [index, pricer] of payers.entries()) {
      const price = fixed ?? costOf(pricer, channel, quantity)
      const rest = payers.slice(index)
      if (rest.reduce((sum, g) => sum + net(g), 0) < price) continue
      let missing = price
      const parts = rest.map((grant) => {
        const units = Math.min(net(grant), missing)
        missing -= units
        return { grant, units }
      })
      return { code: 'ok', price, parts: parts.filter((part) => part.units > 0), pricer }
    }
    const free = grants.find(
      (g) =>
        g.promised > 0 && !isOver(g) && admits(g, channel) && (fixed ?? costOf(g, channel, quantity)) === 0,
    )
    if (free) return { code: 'ok', price: 0, parts: [], pricer: free }
    const [first] = payers
    if (first) return { code: 'insufficient_credits', price: costOf(first, channel, quantity) }
    return { code: live.length > 0 ? 'channel_not_covered' : 'insufficient_credits', price: undefined }
  }

  function reply(channel: ModelChannel, quantity: number, ofOrder: boolean): Plan {
    const planned = plan(channel, quantity, ofOrder)
    if (planned.code === 'ok') for (const { grant, units } of planned.parts) grant.consumed += units
    return planned
  }

  function reverse(parts: { grant: ModelGrant; units: number }[]): void {
    for (const { grant, units } of parts) {
      grant.consumed -= units
      settle(grant)
      const due = Math.min(units, grant.entitled - grant.revokeDue - grant.consumed - grant.held)
      if (isOver(grant) && due > 0) {
        addGrant({ ...grant, units: due, promotional: false, priority: 0, expiresAt: now + goodwillMs })
      }
    }
  }

  function setPromised(g: ModelGrant, units: number): void {
    const change = units - g.promised
    g.promised = units
    if (change > 0) {
      const calledOff = Math.min(change, g.revokeDue)
      g.revokeDue -= calledOff
      g.entitled += change - calledOff
    } else {
      const taken = g.held === 0 ? -change : Math.min(-change, Math.max(net(g), 0))
      g.entitled -= taken
      g.revokeDue += -change - taken
    }
    expire()
  }

  function hold(session: ModelSession, parts: { grant: ModelGrant; units: number }[]): void {
    for (const { grant, units } of parts) {
      grant.held += units
      session.holds.set(grant, (session.holds.get(grant) ?? 0) + units)
    }
  }

  function open(ofOrder: boolean): { plan: Plan; session?: ModelSession } {
    const planned = plan('video', 1, ofOrder)
    if (planned.code !== 'ok') return { plan: planned }
    const { video: units, videoStep: step, videoFree: free } = planned.pricer
    const session = { units, step, free, covered: free + step, ofOrder, holds: new Map() }
    hold(session, planned.parts)
    return { plan: planned, session }
  }

  /** Bills what `actual` seconds cost as far as credits go; the units billed. */
  function close(session: ModelSession, actual: number): number {
    const wanted = Math.ceil(Math.max(actual - session.free, 0) / session.step)
    while (session.covered < session.free + wanted * session.step) {
      if (session.units > 0) {
        const further = plan('video', 1, session.ofOrder, session.units)
        if (further.code !== 'ok') break
        hold(session, further.parts)
      }
      session.covered += session.step
    }
    const bill = Math.min(wanted, (session.covered - session.free) / session.step) * session.units
    let due = bill
    for (const [grant, units] of session.holds) {
      const part = Math.min(units, due)
      due -= part
      grant.held -= units
      grant.consumed += part
      settle(grant)
    }
    return bill
  }

  return {
    grants,
    addGrant,
    reply,
    reverse,
    setPromised,
    open,
    close,
    goTo(at: number) {
      now = at
      expire()
    },
    balance: () => ({
      available: grants.reduce((sum, g) => sum + Math.max(net(g), 0), 0),
      held: grants.reduce((sum, g) => sum + g.held, 0),
      deficit: grants.reduce((sum, g) => sum + Math.max(g.consumed - g.entitled, 0), 0),
    }),
  }
}

export type LedgerModel = ReturnType<typeof makeLedgerModel>
export type { ModelSession }

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1
}
