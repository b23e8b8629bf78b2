import type { Sql } from '../../../src/db/database.ts'

/** A world, or one transaction in it. */
export interface Place {
  db: Sql
  clock: { at: Date }
  shopId: bigint
}

/** Makes a grant converge to what its source entitles to; the change in units. */
export async function setPromised(
  world: Place,
  grant: { customerId: bigint; grantId: bigint; shopId?: bigint },
  units: bigint,
): Promise<bigint> {
  const [row] = await world.db.query<{ change: bigint }>(
    'test-set-promised',
    `select set_promised($1, $2, $3, $4, 'order_line', '1', 'system', $5) as change`,
    [grant.shopId ?? world.shopId, grant.customerId, grant.grantId, units, world.clock.at],
  )
  return row?.change ?? 0n
}

/** As setPromised, of a grant that may have moved with its customer: asked again under the lock of who has it now. */
export async function promiseWhereItLies(
  world: Place,
  grant: { grantId: bigint; shopId: bigint },
  units: bigint,
): Promise<bigint> {
  for (;;) {
    const before = await heirOf(world, grant)
    await world.db.query('test-lock-account', 'select lock_account($1, $2, $3)', [
      grant.shopId,
      before.customerId,
      world.clock.at,
    ])
    const heir = await heirOf(world, grant)
    if (heir.grantId === before.grantId) return setPromised(world, { shopId: grant.shopId, ...heir }, units)
  }
}

async function heirOf(world: Place, grant: { grantId: bigint; shopId: bigint }) {
  const [heir] = await world.db.query<{ grantId: bigint; customerId: bigint }>(
    'test-heir',
    'select id as "grantId", customer_id as "customerId" from credit_grant where shop_id = $1 and id = heir_of($1, $2)',
    [grant.shopId, grant.grantId],
  )
  if (!heir) throw new Error(`there is no grant ${grant.grantId}`)
  return heir
}

/** A send that failed for good; the units given back, null when it could not fail any more. */
export async function failReply(
  world: Place,
  message: { ticketId: bigint; messageId: bigint; shopId?: bigint },
): Promise<bigint | null> {
  const [row] = await world.db.query<{ units: bigint | null }>(
    'test-fail-message',
    `select fail_message($1, $2, $3, 'no such mailbox', $4) as units`,
    [message.shopId ?? world.shopId, message.ticketId, message.messageId, world.clock.at],
  )
  return row?.units ?? null
}

export interface SessionAnswer {
  code: string
  sessionId?: string
  charge?: { units: number }
}

export async function openVideo(
  world: Place,
  ticket: { ticketId: bigint; shopId?: bigint },
): Promise<SessionAnswer> {
  const [row] = await world.db.query<{ answer: SessionAnswer }>(
    'test-open-session',
    `select open_session($1, $2, 'video', null, 'agent:1', 'Maja', $3::timestamptz + interval '1 day', $3) as answer`,
    [ticket.shopId ?? world.shopId, ticket.ticketId, world.clock.at],
  )
  return row?.answer ?? { code: 'no_row' }
}

export async function closeVideo(
  world: Place,
  session: { sessionId: string; actualSeconds: number; shopId?: bigint },
): Promise<SessionAnswer> {
  const [row] = await world.db.query<{ answer: SessionAnswer }>(
    'test-close-session',
    `select close_session($1, $2, $3, 'ended', 'agent:1', $4) as answer`,
    [session.shopId ?? world.shopId, session.sessionId, session.actualSeconds, world.clock.at],
  )
  return row?.answer ?? { code: 'no_row' }
}

/** The provider took a message; from here on it may be contested. Under the account's lock, so that it has a place in time. */
export async function arrive(
  world: Place,
  message: { ticketId: bigint; messageId: bigint; shopId: bigint },
): Promise<void> {
  await world.db.query(
    'test-arrive-lock',
    'select lock_account(shop_id, customer_id, $3) from ticket where shop_id = $1 and id = $2',
    [message.shopId, message.ticketId, world.clock.at],
  )
  await world.db.query(
    'test-arrive',
    `update message set state = 'sent' where shop_id = $1 and id = $2 and state = 'queued'`,
    [message.shopId, message.messageId],
  )
}
