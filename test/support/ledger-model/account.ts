import { deficit, isOver, type ModelGrant, type ModelTerms, newest, type Part, remainder } from './grant.ts'

/** One grant paid what another owed. */
interface Settlement {
  debtor: ModelGrant
  payer: ModelGrant
  units: number
  returned: number
}

export interface ModelCustomer {
  /** In the order in which they came into this account. */
  grants: ModelGrant[]
  frozen: boolean
  mergedInto: ModelCustomer | undefined
  openSessions: number
}

const goodwillMs = 30 * 86_400_000

/** The clock and what all movements share: grants that come, end of validity, and units that come back. */
export function makeAccounts(startAt: number) {
  let now = startAt
  const customers: ModelCustomer[] = []
  const settlements: Settlement[] = []

  function addCustomer(): ModelCustomer {
    const customer = { grants: [], frozen: false, mergedInto: undefined, openSessions: 0 }
    customers.push(customer)
    return customer
  }

  const ownerOf = (g: ModelGrant) => customers.find((customer) => customer.grants.includes(g))

  function addGrant(customer: ModelCustomer, terms: ModelTerms, units: number): ModelGrant {
    const grant: ModelGrant = {
      ...terms,
      entitled: units,
      consumed: 0,
      held: 0,
      expired: 0,
      cleared: 0,
      overdraft: 0,
      promised: units,
      revokeDue: 0,
      frozen: customer.frozen,
      createdAt: now,
      movedTo: undefined,
    }
    customer.grants.push(grant)
    expire(grant)
    return grant
  }

  function expire(g: ModelGrant): void {
    if (isOver(g, now)) g.expired += remainder(g)
  }

  function goTo(at: number): void {
    now = at
    for (const { grants } of customers) for (const g of grants) expire(g)
  }

  /** Units came back into a grant: a waiting revoke, its own overdraft, the end of validity and its payers, in this order. */
  function cameBack(g: ModelGrant): void {
    const waiting = g.held === 0 ? g.revokeDue : Math.min(g.revokeDue, remainder(g))
    const taken = Math.min(g.entitled, waiting)
    g.entitled -= taken
    g.revokeDue -= taken
    g.overdraft -= Math.min(g.overdraft, remainder(g))
    expire(g)
    returnToPayers(g)
  }

  /** Payers get back what is owed no more, the newest settlement first. What waits for a hold, or is held, counts as owed. */
  function returnToPayers(g: ModelGrant): void {
    const stillOwed = Math.max(g.consumed + g.held - g.overdraft - g.entitled + g.revokeDue, 0)
    let excess = g.cleared - stillOwed
    for (const settlement of settlements.filter((one) => newest(one.debtor) === g).reverse()) {
      const part = Math.min(Math.max(excess, 0), settlement.units - settlement.returned)
      if (part === 0) continue
      excess -= part
      settlement.returned += part
      g.cleared -= part
      giveBack([{ grant: settlement.payer, units: part, beyond: 0 }])
    }
  }

  /** Into the grants that paid; what falls into one that is over becomes goodwill, as far as it is still entitled to it. */
  function giveBack(parts: readonly Part[]): void {
    for (const { grant, units } of parts) {
      const g = newest(grant)
      g.consumed -= units
      cameBack(g)
      const due = Math.min(units, g.entitled - g.revokeDue - g.consumed - g.held + g.overdraft)
      const owner = ownerOf(g)
      if (owner && isOver(g, now) && due > 0) {
        addGrant(
          owner,
          { ...g, promotional: false, priority: 0, overdraftLimit: 0, expiresAt: now + goodwillMs },
          due,
        )
      }
    }
  }

  /** `payer` pays what `debtor` owes; overdraft that another pays counts as cleared. */
  function pay(debtor: ModelGrant, payer: ModelGrant, units: number): void {
    clear(debtor, units)
    payer.consumed += units
    settlements.push({ debtor, payer, units, returned: 0 })
  }

  function clear(debtor: ModelGrant, units: number): void {
    debtor.overdraft -= Math.min(debtor.overdraft, units)
    debtor.cleared += units
  }

  /** What others have paid for a grant and did not get back. */
  function settledFor(g: ModelGrant): number {
    const own = settlements.filter((one) => newest(one.debtor) === g)
    return own.reduce((sum, one) => sum + one.units - one.returned, 0)
  }

  function balanceOf({ grants }: ModelCustomer) {
    const sum = (figure: (g: ModelGrant) => number) => grants.reduce((all, g) => all + figure(g), 0)
    return {
      available: sum((g) => (g.frozen ? 0 : remainder(g))),
      held: sum((g) => g.held),
      deficit: sum(deficit),
      overdraft: sum((g) => g.overdraft),
    }
  }

  return {
    now: () => now,
    goTo,
    addCustomer,
    addGrant,
    ownerOf,
    expire,
    cameBack,
    giveBack,
    pay,
    clear,
    settledFor,
    balanceOf,
    isOver: (g: ModelGrant) => isOver(g, now),
  }
}

export type Accounts = ReturnType<typeof makeAccounts>
