import type { Sql } from '../../db/database.ts'
import { findByAddress } from '../customers/find-by-address.ts'
import type { Deps } from '../deps.ts'
import { findWriter } from '../tickets/find-writer.ts'
import { readOurAddress } from './addresses.ts'
import type { ReadMail } from './read/mail.ts'

/** Where a person's mail belongs. */
export type Place =
  | { kind: 'ticket'; shopId: bigint; ticketId: bigint; by: 'token' | 'references' | 'sender' }
  /** Somebody who may write on this account, and has no ticket that this could be about. */
  | { kind: 'account'; shopId: bigint; customerId: bigint; contactId: bigint; contactName: string }
  /** Nobody is known by this address; the shop is the one that was written to. */
  | { kind: 'stranger'; shopId: bigint }
  /** Nobody is known by this address, and it cannot be told which shop is meant. */
  | { kind: 'nowhere' }

type PlaceDeps = Pick<Deps, 'db' | 'keyring' | 'mailDomain'>

/**
 * Token before references before sender. References can be guessed, so they count only for somebody of the account. By the
 * sender alone a mail goes to a ticket of theirs and never to what another person asked, though it be the same account.
 */
export async function findPlace(deps: PlaceDeps, mail: ReadMail, recipients: string[]): Promise<Place> {
  const sender = mail.from?.address
  const told = await byToken(deps, recipients)
  if (told) return told
  if (sender === undefined) return { kind: 'nowhere' }
  const referred = await byReferences(deps, mail, sender)
  if (referred) return referred
  return (await bySender(deps, mail, sender)) ?? (await shopOf(deps, recipients))
}

async function byToken(deps: PlaceDeps, recipients: string[]): Promise<Place | undefined> {
  for (const recipient of recipients) {
    const ours = readOurAddress(deps, recipient)
    if (ours?.kind !== 'reply') continue
    const [ticket] = await deps.db.query(
      'ticket-exists',
      'select from ticket where shop_id = $1 and id = $2',
      [ours.shopId, ours.ticketId],
    )
    if (ticket) return { kind: 'ticket', shopId: ours.shopId, ticketId: ours.ticketId, by: 'token' }
  }
  return undefined
}

const mostReferences = 20

/** The newest reference first: a mail that was moved between conversations belongs to the last. */
function referencesOf(mail: ReadMail): string[] {
  return [...new Set([...mail.inReplyTo, ...mail.references.toReversed()])].slice(0, mostReferences)
}

async function byReferences(deps: PlaceDeps, mail: ReadMail, sender: string): Promise<Place | undefined> {
  for (const id of referencesOf(mail)) {
    const [, shop, ticket, domain] = /^ticket-(\d{1,18})-(\d{1,18})@(.+)$/.exec(id) ?? []
    if (shop === undefined || ticket === undefined || domain?.toLowerCase() !== deps.mailDomain) continue
    const place = { shopId: BigInt(shop), ticketId: BigInt(ticket) }
    const [found] = await deps.db.query<{ customerId: bigint }>(
      'ticket-of-reference',
      'select customer_id as "customerId" from ticket where shop_id = $1 and id = $2',
      [place.shopId, place.ticketId],
    )
    if (!found) continue
    const writer = await findWriter(deps.db, {
      shopId: place.shopId,
      customerId: found.customerId,
      from: sender,
    })
    if (writer && writer.removedAt === null) return { kind: 'ticket', ...place, by: 'references' }
  }
  return undefined
}

interface Candidate {
  shopId: bigint
  customerId: bigint
  contactId: bigint
  contactName: string
  buyer: boolean
  /** Of their own tickets on that account the one that it would go to. */
  ticketId: bigint | null
  repliesTo: boolean
  activityAt: Date | null
}

async function bySender(deps: PlaceDeps, mail: ReadMail, sender: string): Promise<Place | undefined> {
  const candidates: Candidate[] = []
  for (const shopId of await shopsThatKnow(deps.db, sender)) {
    const own = await byOwnMail(deps.db, shopId, mail, sender)
    if (own) return own
    for (const match of await findByAddress(deps.db, { shopId, kind: 'email', value: sender })) {
      const { customerId, contactId, contactName, buyer } = match
      const ticket = await openTicketOf(deps.db, { shopId, customerId, contactId, buyer, sender })
      candidates.push({
        shopId,
        customerId,
        contactId,
        contactName,
        buyer,
        ticketId: ticket?.id ?? null,
        repliesTo: ticket?.repliesTo ?? false,
        activityAt: ticket?.activityAt ?? null,
      })
    }
  }
  const [best] = candidates.sort(closestFirst)
  if (!best) return undefined
  const { shopId, ticketId } = best
  if (ticketId !== null) return { kind: 'ticket', shopId, ticketId, by: 'sender' }
  const { customerId, contactId, contactName } = best
  return { kind: 'account', shopId, customerId, contactId, contactName }
}

/** Their own open ticket before an account without one; answered to this address before others; the last active first. */
function closestFirst(a: Candidate, b: Candidate): number {
  return (
    Number(b.ticketId !== null) - Number(a.ticketId !== null) ||
    Number(b.repliesTo) - Number(a.repliesTo) ||
    (b.activityAt?.getTime() ?? 0) - (a.activityAt?.getTime() ?? 0) ||
    Number(b.buyer) - Number(a.buyer) ||
    (a.shopId === b.shopId ? Number(b.customerId - a.customerId) : Number(a.shopId - b.shopId))
  )
}

async function shopsThatKnow(sql: Sql, sender: string): Promise<bigint[]> {
  const rows = await sql.query<{ id: bigint }>(
    'shops-that-know',
    `select s.id from shop s
     where exists (select from contact k where k.shop_id = s.id and k.kind = 'email' and k.value = $1)
       or exists (select from authorised_contact a where a.shop_id = s.id and a.email = $1 and a.removed_at is null)
     order by s.id`,
    [sender],
  )
  return rows.map((row) => row.id)
}

/** Somebody who answers to their own earlier mail, as many do to add what they forgot. */
async function byOwnMail(
  sql: Sql,
  shopId: bigint,
  mail: ReadMail,
  sender: string,
): Promise<Place | undefined> {
  const references = referencesOf(mail)
  if (references.length === 0) return undefined
  const [found] = await sql.query<{ ticketId: bigint }>(
    'ticket-of-own-mail',
    `select ticket_id as "ticketId" from message
     where shop_id = $1 and mail_id = any($2) and direction = 'inbound' and address = $3 order by id desc limit 1`,
    [shopId, references, sender],
  )
  return found && { kind: 'ticket', shopId, ticketId: found.ticketId, by: 'references' }
}

async function openTicketOf(
  sql: Sql,
  of: { shopId: bigint; customerId: bigint; contactId: bigint; buyer: boolean; sender: string },
): Promise<{ id: bigint; repliesTo: boolean; activityAt: Date } | undefined> {
  const [ticket] = await sql.query<{ id: bigint; repliesTo: boolean; activityAt: Date }>(
    'open-ticket-of-sender',
    `select id, reply_email is not distinct from $5 as "repliesTo", activity_at as "activityAt" from ticket
     where shop_id = $1 and customer_id = $2 and status not in ('closed', 'spam')
       and (requester_id = $3 or (requester_id is null and $4))
     order by 2 desc, activity_at desc, id desc limit 1`,
    [of.shopId, of.customerId, of.contactId, of.buyer, of.sender],
  )
  return ticket
}

async function shopOf(deps: PlaceDeps, recipients: string[]): Promise<Place> {
  const [row] = await deps.db.query<{ shopId: bigint | null }>(
    'shop-of-recipient',
    `select coalesce((select id from shop where mail_address = any($1) order by id limit 1),
       case (select count(*) from (select from shop limit 2) few) when 1 then (select id from shop limit 1) end) as "shopId"`,
    [recipients],
  )
  return row?.shopId == null ? { kind: 'nowhere' } : { kind: 'stranger', shopId: row.shopId }
}
