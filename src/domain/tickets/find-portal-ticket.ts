import type { Deps } from '../deps.ts'
import type { PortalLink } from '../secrets/links.ts'

export interface PortalTicket {
  shopId: bigint
  shopName: string
  shopUrl: string
  timeZone: string
  locale: string
  ticketId: bigint
  customerId: bigint
  customerName: string
}

/**
 * The ticket behind a private link; undefined when the link was revoked (its version is not the ticket's) or the ticket went
 * to another customer; a link from before a merge of customers opens what the merged customer has. Opening it proves that the visitor reads the mailbox it was sent to, so that contact becomes verified.
 */
export async function findPortalTicket(
  deps: Pick<Deps, 'db' | 'clock'>,
  link: PortalLink,
): Promise<PortalTicket | undefined> {
  const [row] = await deps.db.query<{
    shop_name: string
    url: string
    timezone: string
    locale: string
    customer_id: bigint
    customer_name: string
    unverified: boolean
  }>(
    'portal-ticket',
    `select s.name as shop_name, s.url, s.timezone, c.locale, c.id as customer_id, c.name as customer_name,
       exists (select from contact x where x.shop_id = t.shop_id and x.customer_id = t.customer_id and x.kind = 'email'
         and x.value = t.reply_email and x.verified_at is null) as unverified
     from ticket t join shop s on s.id = t.shop_id join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
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
  return {
    shopId: link.shopId,
    shopName: row.shop_name,
    shopUrl: row.url,
    timeZone: row.timezone,
    locale: row.locale,
    ticketId: link.ticketId,
    customerId: row.customer_id,
    customerName: row.customer_name,
  }
}
