import type { Sql } from '../../db/database.ts'
import type { Outgoing } from './load-outgoing.ts'

/** What a mail says of logged work. */
export interface WorkFacts {
  agentName: string
  body: string
  workSeconds: number
  costUnits: bigint
  waivedWorthUnits?: bigint
}

export async function loadWorkFacts(sql: Sql, outgoing: Outgoing): Promise<WorkFacts> {
  const [row] = await sql.query<{
    author_name: string
    body: string
    minutes: number
    units: bigint
    waived_units: bigint | null
  }>(
    'work-facts',
    `select author_name, body, (data ->> 'minutes')::int as minutes, units, waived_units from message
     where shop_id = $1 and ticket_id = $2 and id = $3`,
    [outgoing.shopId, outgoing.ticketId, outgoing.data?.workMessageId ?? null],
  )
  if (!row) throw new Error(`message ${outgoing.messageId} names no work`)
  return {
    agentName: row.author_name,
    body: row.body,
    workSeconds: row.minutes * 60,
    costUnits: row.units,
    ...(row.waived_units === null ? {} : { waivedWorthUnits: row.waived_units }),
  }
}

/** What a mail says of work that the customer is asked about. */
export interface OfferFacts {
  offerId: bigint
  agentName: string
  body: string
  workSeconds: number
  costUnits: bigint
}

export async function loadOfferFacts(sql: Sql, outgoing: Outgoing): Promise<OfferFacts> {
  const [row] = await sql.query<{
    id: bigint
    agent_name: string
    body: string
    minutes: number
    units: bigint
  }>(
    'offer-facts',
    'select id, agent_name, body, minutes, units from work_offer where shop_id = $1 and ticket_id = $2 and id = $3',
    [outgoing.shopId, outgoing.ticketId, outgoing.data?.offerId ?? null],
  )
  if (!row) throw new Error(`message ${outgoing.messageId} names no offer`)
  return {
    offerId: row.id,
    agentName: row.agent_name,
    body: row.body,
    workSeconds: row.minutes * 60,
    costUnits: row.units,
  }
}
