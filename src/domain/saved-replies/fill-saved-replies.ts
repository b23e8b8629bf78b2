import { wordsFor } from '../../words/words.ts'
import { type BalanceJson, readBalance } from '../credits/balance.ts'
import type { Deps } from '../deps.ts'
import { refuse } from '../refusal.ts'
import { listSavedReplies } from './keep-saved-reply.ts'
import { textFor } from './saved-reply.ts'
import { fillVariables, type Values } from './variables.ts'

export interface FilledReply {
  id: bigint
  folder: string
  name: string
  /** In the customer's language where there is such a text, with what is known of the ticket. */
  text: string
}

export interface ReplyUser {
  shopId: bigint
  ticketId: bigint
  agent: { id: bigint; name: string; shopName: string; locale: string }
}

/** All saved replies as they would stand in an answer on this ticket. Refuses: not_found. */
export async function fillSavedReplies(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ReplyUser,
): Promise<FilledReply[]> {
  const { shopId, agent } = input
  const [replies, { values, locale }] = await Promise.all([
    listSavedReplies(deps, { shopId, agentId: agent.id }),
    valuesOf(deps, input),
  ])
  return replies.map(({ id, folder, name, texts }) => ({
    id,
    folder,
    name,
    text: fillVariables(textFor(texts, [locale, agent.locale]), values),
  }))
}

async function valuesOf(
  deps: Pick<Deps, 'db' | 'clock'>,
  { shopId, ticketId, agent }: ReplyUser,
): Promise<{ values: Values; locale: string }> {
  const [row] = await deps.db.query<{
    number: number
    subject: string
    name: string
    locale: string
    email: string | null
    order_number: string | null
    balance: BalanceJson
  }>(
    'values-of-ticket',
    `select t.number, t.subject, case when r.id is null or r.buyer then c.name else r.name end as name, c.locale, t.reply_email as email,
       o.number as order_number, account_balance(t.shop_id, t.customer_id, $3) as balance
     from ticket t join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     left join authorised_contact r on r.shop_id = t.shop_id and r.id = t.requester_id
     left join shop_order o on o.shop_id = t.shop_id and o.id = t.order_id
     where t.shop_id = $1 and t.id = $2`,
    [shopId, ticketId, deps.clock.now()],
  )
  if (!row) return refuse({ code: 'not_found', what: 'ticket' })
  const values: Values = {
    'customer.name': row.name,
    'customer.first_name': firstName(row.name),
    'customer.email': row.email ?? '',
    'ticket.number': String(row.number),
    'ticket.subject': row.subject,
    'order.number': row.order_number ?? '',
    balance: wordsFor(row.locale).creditsPhrase(readBalance(row.balance).available),
    'agent.name': agent.name,
    'agent.first_name': firstName(agent.name),
    'shop.name': agent.shopName,
  }
  return { values, locale: row.locale }
}

const firstName = (name: string) => name.trim().split(/\s+/)[0] ?? ''
