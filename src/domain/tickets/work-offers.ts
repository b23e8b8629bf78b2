import type { Sql } from '../../db/database.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'

/** `used`: agreed, and the work was logged under it. */
export type OfferState = 'open' | 'agreed' | 'declined' | 'withdrawn' | 'used'

export interface WorkOffer {
  id: bigint
  minutes: number
  body: string
  units: bigint
  agentName: string
  state: OfferState
  askedAt: Date
  answeredAt?: Date
  /** "customer:7"; of a withdrawn one the agent. */
  answeredBy?: string
}

export interface OfferRow {
  id: bigint
  minutes: number
  body: string
  units: bigint
  agent_name: string
  state: OfferState
  asked_at: Date
  answered_at: Date | null
  answered_by: string | null
}

/** Columns of an OfferRow over `work_offer o`. */
export const offerColumns = `o.id, o.minutes, o.body, o.units, o.agent_name,
  case when o.message_id is null then o.state else 'used' end as state, o.asked_at, o.answered_at, o.answered_by`

export function toOffer(row: OfferRow): WorkOffer {
  return {
    id: row.id,
    minutes: row.minutes,
    body: row.body,
    units: row.units,
    agentName: row.agent_name,
    state: row.state,
    askedAt: row.asked_at,
    ...(row.answered_at === null ? {} : { answeredAt: row.answered_at }),
    ...(row.answered_by === null ? {} : { answeredBy: row.answered_by }),
  }
}

/** The newest 100 offers of a ticket, newest first. Refuses: not_found. */
export async function listWorkOffers(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; ticketId: bigint },
): Promise<WorkOffer[]> {
  const rows = await deps.db.query<OfferRow | { [K in keyof OfferRow]: null }>(
    'list-work-offers',
    `select ${offerColumns} from ticket t left join work_offer o on o.shop_id = t.shop_id and o.ticket_id = t.id
     where t.shop_id = $1 and t.id = $2 order by o.id desc limit 100`,
    [input.shopId, input.ticketId],
  )
  if (rows.length === 0) return refuse({ code: 'not_found', what: 'ticket' })
  return rows.filter((row): row is OfferRow => row.id !== null).map(toOffer)
}

/** One offer, by itself; undefined when the shop has none under this id. */
export async function loadOffer(
  sql: Sql,
  input: { shopId: bigint; offerId: bigint },
): Promise<(WorkOffer & { ticketId: bigint }) | undefined> {
  const [row] = await sql.query<OfferRow & { ticket_id: bigint }>(
    'load-work-offer',
    `select ${offerColumns}, o.ticket_id from work_offer o where o.shop_id = $1 and o.id = $2`,
    [input.shopId, input.offerId],
  )
  return row && { ...toOffer(row), ticketId: row.ticket_id }
}
