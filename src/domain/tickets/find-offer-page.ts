import { type BalanceJson, readBalance } from '../credits/balance.ts'
import type { Deps } from '../deps.ts'
import type { OfferLink } from '../secrets/links.ts'
import { type OfferRow, offerColumns, toOffer, type WorkOffer } from './work-offers.ts'

/** An offer with what its page shows around it. */
export interface OfferPage {
  offer: WorkOffer
  shopName: string
  shopUrl: string
  timeZone: string
  locale: string
  ticketId: bigint
  ticketNumber: number
  subject: string
  linkVersion: number
  customerId: bigint
  customerName: string
  availableUnits: bigint
}

/** What a link to an offer opens; undefined when its ticket's links were revoked (another version), or its buyer removed. */
export async function findOfferPage(
  deps: Pick<Deps, 'db' | 'clock'>,
  link: OfferLink,
): Promise<OfferPage | undefined> {
  const [row] = await deps.db.query<
    OfferRow & {
      shop_name: string
      url: string
      timezone: string
      locale: string
      ticket_id: bigint
      number: number
      subject: string
      link_version: number
      customer_id: bigint
      customer_name: string
      balance: BalanceJson
    }
  >(
    'find-offer-page',
    `select ${offerColumns}, s.name as shop_name, s.url, s.timezone, c.locale, t.id as ticket_id, t.number, t.subject,
       t.link_version, c.id as customer_id, c.name as customer_name, account_balance(t.shop_id, t.customer_id, $4) as balance
     from work_offer o
     join ticket t on t.shop_id = o.shop_id and t.id = o.ticket_id
     join shop s on s.id = t.shop_id
     join customer c on c.shop_id = t.shop_id and c.id = t.customer_id
     join authorised_contact b on b.shop_id = t.shop_id and b.customer_id = t.customer_id and b.buyer and b.removed_at is null
     where o.shop_id = $1 and o.id = $2 and t.link_version = $3`,
    [link.shopId, link.offerId, link.version, deps.clock.now()],
  )
  return (
    row && {
      offer: toOffer(row),
      shopName: row.shop_name,
      shopUrl: row.url,
      timeZone: row.timezone,
      locale: row.locale,
      ticketId: row.ticket_id,
      ticketNumber: row.number,
      subject: row.subject,
      linkVersion: row.link_version,
      customerId: row.customer_id,
      customerName: row.customer_name,
      availableUnits: readBalance(row.balance).available,
    }
  )
}
