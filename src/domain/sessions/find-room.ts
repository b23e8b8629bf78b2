import type { Deps } from '../deps.ts'

/** What a room's page shows beside the session itself. */
export interface Room {
  shopName: string
  timeZone: string
  /** The shop's, for the agent; the customer's own, for the customer. */
  shopLocale: string
  customerLocale: string
  ticketId: bigint
  ticketNumber: number
  subject: string
  linkVersion: number
  customerId: bigint
  customerName: string
  /** Who opened it; null for the API. */
  agentId: bigint | null
}

/** One statement; undefined when there is no such session. */
export async function findRoom(
  deps: Pick<Deps, 'db'>,
  input: { shopId: bigint; sessionId: bigint },
): Promise<Room | undefined> {
  const [room] = await deps.db.query<Room>(
    'find-room',
    `select p.name as "shopName", p.timezone as "timeZone", p.locale as "shopLocale", c.locale as "customerLocale",
       t.id as "ticketId", t.number as "ticketNumber", t.subject, t.link_version as "linkVersion",
       c.id as "customerId", c.name as "customerName", s.agent_id as "agentId"
     from session s
     join shop p on p.id = s.shop_id
     join ticket t on t.shop_id = s.shop_id and t.id = s.ticket_id
     join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     where s.shop_id = $1 and s.id = $2`,
    [input.shopId, input.sessionId],
  )
  return room
}
