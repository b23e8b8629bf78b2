import type { TicketView } from '../../domain/tickets/get-ticket.ts'
import type { TicketGrant } from '../../domain/tickets/ticket-grants.ts'
import type { BalanceProps, GrantProps } from '../../web/props.ts'

/** How many grants that are used up, expired or taken back a page still names. */
const mostGone = 3

/** Grants as a page shows them: those that still hold something first, of the others the newest few. */
export function grantProps(grants: readonly TicketGrant[], now: Date): GrantProps[] {
  const all = grants.map((grant) => grantOf(grant, now))
  const holds = (grant: GrantProps) => grant.remainder > 0n || grant.held > 0n
  return [...all.filter(holds), ...all.filter((grant) => !holds(grant)).slice(0, mostGone)]
}

/** The balance with the meter's grey part: what was used of the grants that the page names as live. */
export function balanceProps(view: Pick<TicketView, 'balance' | 'grants'>, now: Date): BalanceProps {
  const live = view.grants.filter((grant) => stateOf(grant, now) === 'live')
  const holding = live.filter((grant) => grant.remainder > 0n || grant.held > 0n)
  // An account that is used up would have an empty meter; the last package then shows what it was.
  const counted = holding.length > 0 ? holding : live.slice(0, 1)
  const used = counted.reduce((sum, grant) => sum + least(grant.consumed, grant.entitled), 0n)
  return { ...view.balance, used }
}

function grantOf(grant: TicketGrant, now: Date): GrantProps {
  const state = stateOf(grant, now)
  return {
    id: String(grant.id),
    name: grant.name,
    ...(grant.orderNumber === undefined ? {} : { order: grant.orderNumber }),
    entitled: grant.entitled,
    // Its `expire` entry may not be written yet.
    remainder: state === 'expired' ? 0n : grant.remainder,
    held: grant.held,
    ...(grant.expiresAt === undefined ? {} : { expiresAt: grant.expiresAt }),
    state,
  }
}

function stateOf(grant: TicketGrant, now: Date): GrantProps['state'] {
  if (grant.frozen) return 'frozen'
  if (grant.expiresAt !== undefined && grant.expiresAt <= now) return 'expired'
  return grant.entitled === 0n ? 'revoked' : 'live'
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b
}
