import type { Deps } from '../deps.ts'
import type { RoomPass } from '../secrets/links.ts'
import { mayEnter } from './may-enter.ts'

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
  /** Who of the customer's people the agent meets. */
  customerName: string
  /** Who opened it; null for the API. */
  agentId: bigint | null
}

/** Undefined when there is no such session, or the person of the pass may not enter any more. */
export async function findRoom(deps: Pick<Deps, 'db'>, input: RoomPass): Promise<Room | undefined> {
  if (!(await mayEnter(deps.db, input))) return undefined
  const [room] = await deps.db.query<Room>(
    'find-room',
    `select p.name as "shopName", p.timezone as "timeZone", p.locale as "shopLocale", c.locale as "customerLocale",
       t.id as "ticketId", t.number as "ticketNumber", t.subject, t.link_version as "linkVersion",
       c.id as "customerId", case when a.buyer is false then a.name else c.name end as "customerName", s.agent_id as "agentId"
     from session s
     join shop p on p.id = s.shop_id
     join ticket t on t.shop_id = s.shop_id and t.id = s.ticket_id
     join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     left join authorised_contact a on a.shop_id = t.shop_id and a.id = t.requester_id
     where s.shop_id = $1 and s.id = $2`,
    [input.shopId, input.sessionId],
  )
  return room
}
