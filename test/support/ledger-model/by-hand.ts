import type { Accounts, ModelCustomer } from './account.ts'
import { deficit, type ModelGrant, type ModelTerms, net, owed, remainder } from './grant.ts'

export interface Act {
  code: string
  units: number | undefined
}

const ok = (units: number): Act => ({ code: 'ok', units })
const refuse = (code: string): Act => ({ code, units: undefined })

/** What sources and supervisors do to grants: purchases, the order's state, and the acts of README "By hand". */
export function makeHands(accounts: Accounts) {
  /** A purchase pays what the account owes: all overdraft before any deficit, each the oldest grant first. */
  function purchase(customer: ModelCustomer, terms: ModelTerms, units: number): ModelGrant {
    const payer = accounts.addGrant(customer, terms, units)
    for (const debt of [(g: ModelGrant) => g.overdraft, deficit]) {
      for (const debtor of byAge(customer.grants)) {
        const part = Math.min(debt(debtor), remainder(payer))
        if (debtor !== payer && part > 0) accounts.pay(debtor, payer, part)
      }
    }
    return payer
  }

  /** The order's state: what a grant is promised from now on. The change in units. */
  function promise(g: ModelGrant, units: number): number {
    const change = units - g.promised
    g.promised = units
    if (change > 0) {
      const calledOff = Math.min(change, g.revokeDue)
      g.revokeDue -= calledOff
      g.entitled += change - calledOff
      accounts.cameBack(g)
    } else {
      const taken = Math.min(g.entitled, g.held === 0 ? -change : Math.min(-change, remainder(g)))
      g.entitled -= taken
      g.revokeDue += -change - taken
    }
    return change
  }

  /** Never to less than is used, held and owed; so a debt is forgiven or settled, and not adjusted away in part. */
  function adjust(g: ModelGrant, units: number): Act {
    if (accounts.isOver(g) || g.promised === 0) return refuse('grant_over')
    if (net(g) + units < 0) return refuse('adjustment_below_use')
    g.entitled += units
    accounts.cameBack(g)
    return ok(units)
  }

  /** `units` undefined: as much as is owed and there. */
  function settle(debtor: ModelGrant, payer: ModelGrant | undefined, units: number | undefined): Act {
    if (!payer || payer === debtor) return refuse('invalid')
    if (owed(debtor) === 0) return refuse('nothing_owed')
    if (units !== undefined && units > owed(debtor)) return refuse('more_than_owed')
    const there = payer.frozen ? 0 : remainder(payer)
    const wanted = units ?? Math.min(owed(debtor), Math.max(there, 1))
    if (wanted > there) return refuse('payer_short')
    accounts.pay(debtor, payer, wanted)
    return ok(wanted)
  }

  function forgive(debtor: ModelGrant, units: number | undefined): Act {
    if (owed(debtor) === 0) return refuse('nothing_owed')
    const wanted = units ?? owed(debtor)
    if (wanted > owed(debtor)) return refuse('more_than_owed')
    accounts.clear(debtor, wanted)
    return ok(wanted)
  }

  /** One grant, or without it the account with all that still comes. The units that can no longer, or again, be spent. */
  function turn(customer: ModelCustomer, g: ModelGrant | undefined, frozen: boolean): Act {
    if (g && !frozen && customer.frozen) return refuse('account_frozen')
    const turned = (g ? [g] : customer.grants).filter((one) => one.frozen !== frozen)
    for (const one of turned) one.frozen = frozen
    if (!g) customer.frozen = frozen
    return ok(turned.reduce((sum, one) => sum + remainder(one), 0))
  }

  /**
   * Makes `source` part of `target`: each grant gets a twin with all its figures, and the old one stays empty. Debts stand
   * until somebody pays. Its tickets are the caller's to move.
   */
  function merge(source: ModelCustomer, target: ModelCustomer): Act {
    if (source === target) return refuse('same_customer')
    if (source.mergedInto || target.mergedInto) return refuse('customer_merged')
    if (source.openSessions > 0) return refuse('session_open')
    const moving = source.grants.filter((g) => !g.movedTo)
    const units = moving.reduce((sum, g) => sum + remainder(g), 0)
    for (const old of moving) {
      const twin = { ...old }
      old.movedTo = twin
      for (const figure of [
        'entitled',
        'consumed',
        'held',
        'expired',
        'cleared',
        'overdraft',
        'promised',
        'revokeDue',
      ] as const)
        old[figure] = 0
      target.grants.push(twin)
    }
    source.mergedInto = target
    target.frozen ||= source.frozen
    if (target.frozen) for (const g of target.grants) g.frozen = true
    return ok(units)
  }

  return { purchase, promise, adjust, settle, forgive, turn, merge }
}

const byAge = (grants: readonly ModelGrant[]) => [...grants].sort((a, b) => a.createdAt - b.createdAt)
