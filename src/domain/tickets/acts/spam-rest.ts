import type { Deps } from '../../deps.ts'
import { refuse } from '../../refusal.ts'
import { actOnTickets } from './act-on-tickets.ts'
import { mostTickets, type TicketActDone, type TicketActor } from './ticket-act.ts'

/**
 * The other tickets of those senders whom an act marked as spam that somebody may still work on, the newest first. Refuses: not_found
 * (act).
 */
export async function findSpamRest(
  deps: Pick<Deps, 'db'>,
  of: { shopId: bigint; actId: bigint },
): Promise<bigint[]> {
  const [act] = await deps.db.query<{ rest: string[] }>(
    'spam-rest',
    `with marked as (
       select distinct t.customer_id, t.reply_email
       from ticket_act a, jsonb_array_elements(a.tickets) x
       join ticket t on t.shop_id = $1 and t.id = (x ->> 'id')::bigint
       where a.shop_id = $1 and a.id = $2 and a.kind = 'spam' and a.undone_at is null and t.status = 'spam')
     select array(
       select t.id from marked m
       join ticket t on t.shop_id = $1 and t.customer_id = m.customer_id and t.reply_email is not distinct from m.reply_email
       where t.status in ('open', 'waiting', 'snoozed') and t.merged_into is null
       order by t.id desc limit ${mostTickets}) as rest
     from ticket_act where shop_id = $1 and id = $2`,
    [of.shopId, of.actId],
  )
  return act ? act.rest.map(BigInt) : refuse({ code: 'not_found', what: 'act' })
}

/** Marks those too, as an act of its own that can be taken back; nothing where there are none left. Refuses: not_found (act). */
export async function markSpamRest(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; actId: bigint; by: TicketActor },
): Promise<TicketActDone> {
  const ticketIds = await findSpamRest(deps, input)
  if (ticketIds.length === 0) return { changed: [] }
  return actOnTickets(deps, { ...input, ticketIds, act: { kind: 'spam' } })
}
