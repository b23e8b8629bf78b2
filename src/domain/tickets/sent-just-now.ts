import type { Deps } from '../deps.ts'

/** Long enough for whoever goes back after a line broke; who means to say the same again later may. */
const justNowMs = 10 * 60 * 1000

/**
 * Whether the newest message of the ticket is this very text, sent by this agent a moment ago under another key: a browser that was cut
 * off brings back the text, but in a form with a new key. A form that is sent again under its own key is no such case.
 */
export async function sentJustNow(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: { shopId: bigint; ticketId: bigint; agentId: bigint; channel: string; body: string; key: string },
): Promise<boolean> {
  const rows = await deps.db.query(
    'sent-just-now',
    `select 1 as found from ticket t join message m on m.shop_id = t.shop_id and m.ticket_id = t.id and m.id = t.last_message_id
     where t.shop_id = $1 and t.id = $2 and m.author_id = $3 and m.author_kind = 'agent' and m.channel = $4 and m.body = $5 and m.created_at > $6
       and m.state not in ('failed', 'undone') and m.provider_id is distinct from 'note:' || t.id || ':' || $7::text
       and not exists (select from operation_key k where k.shop_id = t.shop_id and k.operation in ('reply', 'work') and k.key = $7)`,
    [
      input.shopId,
      input.ticketId,
      input.agentId,
      input.channel,
      input.body,
      new Date(deps.clock.now().getTime() - justNowMs),
      input.key,
    ],
  )
  return rows.length > 0
}
