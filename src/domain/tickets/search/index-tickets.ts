import type { Sql } from '../../../db/database.ts'
import { indexWord, phoneWord, searchWords, wholeWord } from './words.ts'

/** From here on a ticket takes no further words: a row of the index holds a megabyte at most. */
const mostWords = 20_000
/** Of a ticket that is read anew. */
const mostMessages = 2000

interface DueTicket {
  shop_id: bigint
  id: bigint
  number: number
  searched_message: bigint
  last_message_id: bigint
  subject: string
  tags: string[]
  customer: string
  contacts: { kind: 'email' | 'phone'; value: string }[]
  orders: string[]
  messages: { body: string; author: string; channel: string }[]
}

/**
 * Brings the words of tickets into the index that changed since: what came is added, and a ticket whose names or tags changed is read
 * anew. Done twice it changes nothing, and it locks nothing while it reads. Returns how many there were.
 */
export async function indexTickets(
  deps: { db: Sql },
  input: { shopId?: bigint; limit: number },
): Promise<number> {
  const due = await deps.db.query<DueTicket>(
    input.shopId === undefined ? 'tickets-to-index' : 'tickets-to-index-of-shop',
    `select t.shop_id, t.id, t.number, t.searched_message, t.last_message_id, t.subject, t.tags,
       concat_ws(' ', c.name, c.company) as customer,
       coalesce((select json_agg(json_build_object('kind', x.kind, 'value', x.value)) from contact x
         where x.shop_id = t.shop_id and x.customer_id = t.customer_id), '[]') as contacts,
       array(select o.number from shop_order o where o.shop_id = t.shop_id and (o.id = t.order_id or o.id in (
         select u.order_id from top_up u where u.shop_id = t.shop_id and u.ticket_id = t.id))) as orders,
       coalesce((select json_agg(w) from (
         select m.body, m.author_name as author, m.channel from (
           select t.id union all select s.id from ticket s where s.shop_id = t.shop_id and s.merged_into = t.id) part
         join message m on m.shop_id = t.shop_id and m.ticket_id = part.id
         where m.id > t.searched_message and m.id <= t.last_message_id and m.template is null
         order by m.id desc limit ${mostMessages}) w), '[]') as messages
     from ticket t join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     where t.last_message_id > t.searched_message${input.shopId === undefined ? '' : ' and t.shop_id = $2'}
     order by t.shop_id, t.id desc limit $1`,
    input.shopId === undefined ? [input.limit] : [input.limit, input.shopId],
  )
  if (due.length > 0) await keepWords(deps.db, due)
  return due.length
}

async function keepWords(sql: Sql, due: DueTicket[]): Promise<void> {
  const given = due.map((ticket) => ({
    shop: String(ticket.shop_id),
    id: String(ticket.id),
    number: ticket.number,
    was: String(ticket.searched_message),
    now: String(ticket.last_message_id),
    words: wordsOf(ticket),
  }))
  await sql.query(
    'keep-ticket-words',
    `with given as (
       select g.shop, g.id, g.number, g.was, g.now, array_to_tsvector(array(select jsonb_array_elements_text(g.words))) as words
       from jsonb_to_recordset($1) g (shop bigint, id bigint, number int, was bigint, now bigint, words jsonb)
     ), kept as (
       insert into ticket_search (shop_id, ticket_id, number, words) select shop, id, number, words from given order by shop, id
       on conflict (shop_id, ticket_id) do update set words = case
         when (select g.was from given g where g.shop = excluded.shop_id and g.id = excluded.ticket_id) < 0 then excluded.words
         when length(ticket_search.words) > ${mostWords} then ticket_search.words
         else ticket_search.words || excluded.words end
     )
     -- What changed meanwhile stays due.
     update ticket t set searched_message = g.now from given g
     where t.shop_id = g.shop and t.id = g.id and t.searched_message = g.was`,
    [JSON.stringify(given)],
  )
}

function wordsOf(ticket: DueTicket): string[] {
  const { shop_id: shop } = ticket
  const words = new Set<string>()
  const plain = (text: string) => {
    for (const word of searchWords(text)) words.add(indexWord(shop, word))
  }
  for (const message of ticket.messages) {
    plain(message.body)
    plain(message.author)
    words.add(indexWord(shop, message.channel, 'channel'))
  }
  if (ticket.searched_message < 0n) addFacts(ticket, words, plain)
  return [...words].slice(0, mostWords)
}

/** What is known of the ticket besides its messages. */
function addFacts(ticket: DueTicket, words: Set<string>, plain: (text: string) => void): void {
  const { shop_id: shop } = ticket
  plain(ticket.subject)
  plain(String(ticket.number))
  for (const tag of ticket.tags) {
    plain(tag)
    words.add(indexWord(shop, wholeWord(tag), 'tag'))
  }
  for (const order of ticket.orders) {
    plain(order)
    words.add(indexWord(shop, wholeWord(order), 'order'))
  }
  const emails = ticket.contacts.filter(({ kind }) => kind === 'email').map(({ value }) => value)
  for (const name of [ticket.customer, ...emails]) {
    plain(name)
    for (const word of searchWords(name)) words.add(indexWord(shop, word, 'from'))
  }
  for (const email of emails) words.add(indexWord(shop, wholeWord(email), 'mail'))
  for (const { kind, value } of ticket.contacts) {
    if (kind === 'phone') words.add(indexWord(shop, phoneWord(value), 'phone'))
  }
}
