import type { Deps } from '../deps.ts'
import type { PersonLink, PortalLink } from '../secrets/links.ts'

/** Who reads the private pages, and of which account. */
export interface PortalVisitor {
  shopId: bigint
  shopName: string
  shopUrl: string
  timeZone: string
  locale: string
  /** What the link opens first; absent while the account has no ticket. */
  ticketId?: bigint
  customerId: bigint
  customerName: string
  person: {
    id: bigint
    name: string
    buyer: boolean
    owner: boolean
    maySeeStatement: boolean
    /** They said that the address of their invitation is theirs. */
    confirmed: boolean
    linkVersion: number
    /** Of the browser that they had last; '' when it never told. */
    timeZone: string
  }
}

interface VisitorRow {
  shop_name: string
  customer_id: bigint
  url: string
  timezone: string
  locale: string
  customer_name: string
  contact_id: bigint
  contact_name: string
  buyer: boolean
  owner: boolean
  may_see_statement: boolean
  confirmed: boolean
  link_version: number
  time_zone: string | null
}

const visitorColumns = `s.name as shop_name, s.url, s.timezone, c.locale, c.id as customer_id, coalesce(nullif(c.company, ''), c.name) as customer_name,
  a.id as contact_id, case when a.buyer then c.name else a.name end as contact_name, a.buyer, a.owner,
  a.owner or a.may_see_statement as may_see_statement, a.confirmed_at is not null as confirmed, a.link_version, a.time_zone`

/**
 * The ticket behind a private link, which is the buyer's; undefined when the link was revoked (its version is not the ticket's),
 * the ticket went to another customer or the buyer was removed from the account. A link from before a merge of customers opens
 * the merged account; one to a ticket that went into another opens that one. Opening it proves that the visitor reads the mailbox it was sent to, so that contact becomes verified.
 */
export async function findPortalTicket(
  deps: Pick<Deps, 'db' | 'clock'>,
  link: PortalLink,
): Promise<PortalVisitor | undefined> {
  const [row] = await deps.db.query<VisitorRow & { unverified: boolean; shown: bigint }>(
    'portal-ticket',
    `select ${visitorColumns}, coalesce(t.merged_into, t.id) as shown,
       (t.requester_id is null or t.requester_id = a.id) and exists (select from contact x where x.shop_id = t.shop_id and x.customer_id = t.customer_id and x.kind = 'email'
         and x.value = t.reply_email and x.verified_at is null) as unverified
     from ticket t join shop s on s.id = t.shop_id join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     join authorised_contact a on a.shop_id = t.shop_id and a.customer_id = t.customer_id and a.buyer and a.removed_at is null
     where t.shop_id = $1 and t.id = $2 and t.customer_id = customer_now($1, $3) and t.link_version = $4`,
    [link.shopId, link.ticketId, link.customerId, link.version],
  )
  if (!row) return undefined
  if (row.unverified) {
    await deps.db.query(
      'verify-contact',
      `update contact x set verified_at = $3 from ticket t
       where t.shop_id = $1 and t.id = $2 and x.shop_id = t.shop_id and x.customer_id = t.customer_id and x.kind = 'email'
         and x.value = t.reply_email and x.verified_at is null`,
      [link.shopId, link.ticketId, deps.clock.now()],
    )
  }
  return { ...toVisitor(row, link.shopId), ticketId: row.shown }
}

/**
 * Whom an authorised contact's private link lets in, and the ticket to show first: the last active of those on which they ask,
 * else of the account. Undefined when the person was removed or the link is void.
 */
export async function findPersonVisit(
  deps: Pick<Deps, 'db' | 'clock'>,
  link: PersonLink,
): Promise<PortalVisitor | undefined> {
  const [row] = await deps.db.query<VisitorRow & { ticket_id: bigint | null }>(
    'person-visit',
    `select ${visitorColumns},
       (select t.id from ticket t where t.shop_id = a.shop_id and t.customer_id = a.customer_id and t.status <> 'spam' and t.merged_into is null
        order by t.requester_id is not distinct from a.id desc, t.activity_at desc, t.id desc limit 1) as ticket_id
     from authorised_contact a join shop s on s.id = a.shop_id join customer c on c.shop_id = a.shop_id and c.id = a.customer_id
     where a.shop_id = $1 and a.id = $2 and a.link_version = $3 and a.removed_at is null and not a.buyer`,
    [link.shopId, link.contactId, link.version],
  )
  if (!row) return undefined
  const visitor = toVisitor(row, link.shopId)
  return row.ticket_id === null ? visitor : { ...visitor, ticketId: row.ticket_id }
}

function toVisitor(row: VisitorRow, shopId: bigint): PortalVisitor {
  return {
    shopId,
    shopName: row.shop_name,
    shopUrl: row.url,
    timeZone: row.timezone,
    locale: row.locale,
    customerId: row.customer_id,
    customerName: row.customer_name,
    person: {
      id: row.contact_id,
      name: row.contact_name,
      buyer: row.buyer,
      owner: row.owner,
      maySeeStatement: row.may_see_statement,
      confirmed: row.confirmed,
      linkVersion: row.link_version,
      timeZone: row.time_zone ?? '',
    },
  }
}
