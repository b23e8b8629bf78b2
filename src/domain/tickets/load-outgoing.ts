import type { Sql } from '../../db/database.ts'
import { type BalanceJson, type ChargeJson, readBalance } from '../credits/balance.ts'
import type { EndingGrant } from '../credits/warn-expiry.ts'
import type { BoughtGrant } from '../orders/top-up.ts'

/** What an automatic mail is about, by its template. */
interface OutgoingData {
  sessionId?: string
  workMessageId?: string
  offerId?: string
  ending?: EndingGrant[]
  orderNumber?: string
  bought?: BoughtGrant[]
  /** Of a JSON document, so no bigint. */
  requiredUnits?: number
}

/** A message on its way out with all that its rendering needs. */
export interface Outgoing {
  shopId: bigint
  shopName: string
  timeZone: string
  ticketId: bigint
  ticketNumber: number
  subject: string
  linkVersion: number
  customerId: bigint
  /** Whoever reads it: the person whose address it goes to, else the customer. */
  readerName: string
  /** The person of the account, other than the buyer, whose address it goes to; the links in it are theirs. */
  person?: { id: bigint; linkVersion: number }
  locale: string
  messageId: bigint
  channel: string
  authorName: string
  body: string
  template: string | null
  data: OutgoingData | null
  address: string
  units: bigint
  waivedUnits: bigint | null
  availableUnits: bigint
  claimedAt: Date
  createdAt: Date
  /** This one included. */
  attempts: number
  /** The shop's own address for mail. */
  shopAddress?: string
  /** Message-ID of the newest mail of the customer, which this one answers. */
  answeredMailId?: string
  attachments: OutgoingFile[]
}

interface OutgoingFile {
  name: string
  mediaType: string
  blob: string
}

interface OutgoingRow {
  shop_name: string
  timezone: string
  number: number
  subject: string
  link_version: number
  customer_id: bigint
  customer_name: string
  person_id: bigint | null
  person_name: string | null
  person_version: number | null
  locale: string
  channel: string
  author_name: string
  body: string
  template: string | null
  data: OutgoingData | null
  address: string | null
  units: bigint
  charge: ChargeJson | null
  waived_units: bigint | null
  balance: BalanceJson
  claimed_at: Date
  created_at: Date
  attempts: number
  state: string
  mail_address: string | null
  answered: string | null
  attachments: OutgoingFile[] | null
}

const select = `
  select s.name as shop_name, s.timezone, t.number, t.subject, t.link_version, t.customer_id, c.name as customer_name, c.locale,
    p.id as person_id, p.name as person_name, p.link_version as person_version, m.channel, m.author_name, m.body, m.template, m.data, m.address, m.units, m.waived_units, m.claimed_at, m.created_at, m.attempts, m.state, s.mail_address,
    (select i.mail_id from (select mail_id from message i where i.shop_id = t.shop_id and i.ticket_id = t.id order by i.id desc limit 50) i
     where i.mail_id is not null limit 1) as answered,
    (select jsonb_agg(jsonb_build_object('name', f.name, 'mediaType', f.media_type, 'blob', f.blob) order by f.position)
     from attachment f where f.shop_id = t.shop_id and f.ticket_id = t.id and f.message_id = m.id) as attachments,
    account_balance(t.shop_id, t.customer_id, $4) as balance
  from m
  join ticket t on t.shop_id = m.shop_id and t.id = m.ticket_id
  join shop s on s.id = t.shop_id
  join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
  left join lateral (
    select a.id, a.name, a.link_version from authorised_contact a
    where a.shop_id = t.shop_id and a.customer_id = t.customer_id and (a.email = m.address or a.phone = m.address)
      -- Mail that was under way to somebody who was removed meanwhile must not carry the buyer's link.
      and (a.removed_at is null or not exists (select from contact k
        where k.shop_id = t.shop_id and k.customer_id = t.customer_id and k.value = m.address))
    order by a.removed_at is not null, a.id desc limit 1) p on true`

export interface MessageKey {
  shopId: bigint
  ticketId: bigint
  messageId: bigint
}

/** Takes a queued message for one attempt; undefined when it is not queued (any more). The claim is committed before the send. */
export async function claimOutgoing(sql: Sql, key: MessageKey, at: Date): Promise<Outgoing | undefined> {
  const [row] = await sql.query<OutgoingRow>(
    'claim-outgoing',
    `with m as (
       update message set state = 'sending', attempts = attempts + 1, claimed_at = $4, error = null, due_at = null
       where shop_id = $1 and ticket_id = $2 and id = $3 and state = 'queued' returning *)
     ${select}`,
    [key.shopId, key.ticketId, key.messageId, at],
  )
  return row && toOutgoing(key, row)
}

/** A message that an earlier attempt claimed and never reported on: its process died between the claim and the record. */
export async function loadInterrupted(sql: Sql, key: MessageKey, at: Date): Promise<Outgoing | undefined> {
  const [row] = await sql.query<OutgoingRow>(
    'load-interrupted',
    `with m as (select * from message where shop_id = $1 and ticket_id = $2 and id = $3 and state = 'sending') ${select}`,
    [key.shopId, key.ticketId, key.messageId, at],
  )
  return row && toOutgoing(key, row)
}

function toOutgoing(key: MessageKey, row: OutgoingRow): Outgoing {
  return {
    ...key,
    shopName: row.shop_name,
    timeZone: row.timezone,
    ticketNumber: row.number,
    subject: row.subject,
    linkVersion: row.link_version,
    customerId: row.customer_id,
    readerName: row.person_name ?? row.customer_name,
    ...(row.person_id !== null && row.person_version !== null
      ? { person: { id: row.person_id, linkVersion: row.person_version } }
      : {}),
    locale: row.locale,
    channel: row.channel,
    authorName: row.author_name,
    body: row.body,
    template: row.template,
    data: row.data,
    address: row.address ?? '',
    units: row.units,
    waivedUnits: row.waived_units,
    availableUnits: readBalance(row.balance).available,
    claimedAt: row.claimed_at,
    createdAt: row.created_at,
    attempts: row.attempts,
    ...(row.mail_address !== null && { shopAddress: row.mail_address }),
    ...(row.answered !== null && { answeredMailId: row.answered }),
    attachments: row.attachments ?? [],
  }
}
