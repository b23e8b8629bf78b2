import type { Accounts } from './account.ts'
import type { Conversations, ModelTicket } from './conversation.ts'
import type { ModelGrant } from './grant.ts'
import type { Charge, Plan } from './plan.ts'

export interface ModelSession {
  ticket: ModelTicket
  /** What a started step costs; set when it opened. */
  units: number
  step: number
  free: number
  /** Seconds that holds, or the room of an overdraft, answer for. */
  covered: number
  holds: Map<ModelGrant, number>
}

/** Metered sessions: rules 11 and 12. */
export function makeSessions(accounts: Accounts, { quote, spend }: Conversations) {
  const running = new Set<ModelSession>()

  function open(ticket: ModelTicket): { plan: Plan | { code: 'session_open' }; session?: ModelSession } {
    if ([...running].some((one) => one.ticket === ticket)) return { plan: { code: 'session_open' } }
    const plan = quote(ticket, 'video', 1)
    if (plan.code !== 'ok') return { plan }
    const { videoStep: step, videoFree: free } = plan.pricer
    const session = { ticket, units: plan.price, step, free, covered: free + step, holds: new Map() }
    hold(session, plan)
    running.add(session)
    ticket.customer.openSessions += 1
    return { plan, session }
  }

  /** Credits only: a step that an overdraft must pay is held by nothing. */
  function hold(session: ModelSession, charge: Charge): void {
    if (charge.parts.some((part) => part.beyond > 0)) return
    for (const { grant, units } of charge.parts) {
      grant.held += units
      session.holds.set(grant, (session.holds.get(grant) ?? 0) + units)
    }
  }

  /** What of the covered steps nothing holds: an overdraft is to pay it at the end. */
  function unheld(session: ModelSession): number {
    const held = [...session.holds.values()].reduce((sum, units) => sum + units, 0)
    return ((session.covered - session.free) / session.step) * session.units - held
  }

  /** One further step, held of credits, or without a hold while there is room for all such steps. */
  function extend(session: ModelSession): boolean {
    if (session.units > 0) {
      const step = quote(session.ticket, 'video', 1, session.units)
      if (step.code !== 'ok') return false
      const isLent = step.parts.some((part) => part.beyond > 0)
      const all = quote(session.ticket, 'video', 1, unheld(session) + session.units)
      if (isLent && all.code !== 'ok') return false
      hold(session, step)
    }
    session.covered += session.step
    return true
  }

  /** Bills what `actual` seconds together cost as far as credits and room go; the units billed. */
  function close(session: ModelSession, actual: number): number {
    const steps = Math.ceil(Math.max(actual - session.free, 0) / session.step)
    while (session.covered < session.free + steps * session.step && extend(session));
    const bill = Math.min(steps, (session.covered - session.free) / session.step) * session.units
    let due = bill
    for (const [grant, units] of session.holds) {
      const part = Math.min(units, due)
      due -= part
      grant.held -= units
      grant.consumed += part
      accounts.cameBack(grant)
    }
    running.delete(session)
    session.ticket.customer.openSessions -= 1
    return bill - due + spendUnheld(session, due)
  }

  /** What no hold covered. Of room that was used meanwhile the last steps stay unbilled. */
  function spendUnheld(session: ModelSession, due: number): number {
    for (let units = due; units > 0; units -= session.units) {
      const plan = quote(session.ticket, 'video', 1, units)
      if (plan.code === 'ok') {
        spend(plan)
        return units
      }
    }
    return 0
  }

  return { open, close }
}
