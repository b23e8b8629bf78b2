import type { World } from '../../support/world.ts'

/** Makes a grant converge to what its source entitles to; the change in units. */
export async function setPromised(
  world: World,
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

/** A send that failed for good; the units given back, null when it could not fail any more. */
export async function failReply(
  world: World,
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
  world: World,
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
  world: World,
  session: { sessionId: string; actualSeconds: number; shopId?: bigint },
): Promise<SessionAnswer> {
  const [row] = await world.db.query<{ answer: SessionAnswer }>(
    'test-close-session',
    `select close_session($1, $2, $3, 'ended', 'agent:1', $4) as answer`,
    [session.shopId ?? world.shopId, session.sessionId, session.actualSeconds, world.clock.at],
  )
  return row?.answer ?? { code: 'no_row' }
}
