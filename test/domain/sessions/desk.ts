import { randomBytes } from 'node:crypto'
import { openDatabase } from '../../../src/db/database.ts'
import { createGrant } from '../../../src/domain/credits/create-grant.ts'
import { type Channel, channels, currentRateCard, type Price } from '../../../src/domain/credits/rate-card.ts'
import { makeKeyring } from '../../../src/domain/secrets/keyring.ts'
import { endSession } from '../../../src/domain/sessions/end-session.ts'
import { joinSession } from '../../../src/domain/sessions/join-session.ts'
import { leaveSession } from '../../../src/domain/sessions/leave-session.ts'
import { type OpenedSession, openSession } from '../../../src/domain/sessions/open-session.ts'
import type { Side } from '../../../src/domain/sessions/presence.ts'
import { readSession } from '../../../src/domain/sessions/session-state.ts'
import { touchPresence } from '../../../src/domain/sessions/touch-presence.ts'
import { createTestDatabase } from '../../support/database.ts'
import { quietLog } from '../../support/quiet-log.ts'

export interface Grant {
  units: bigint
  video?: Price
  channels?: Channel[]
  expiresAt?: Date
}

/** A shop with a clock that the test moves, and the few moves of a session. */
export async function openSessionDesk() {
  const { connectionString, drop } = await createTestDatabase()
  const db = openDatabase({ connectionString, poolSize: 12 })
  const start = new Date('2026-03-01T10:00:00Z')
  const clock = { at: start, now: () => clock.at }
  const deps = {
    db,
    clock,
    log: quietLog,
    keyring: makeKeyring(randomBytes(32)),
    publicUrl: 'https://desk.example',
    wakeWorkers: () => undefined,
  }
  const { id: shopId } = await db.prisma.shop.create({
    data: {
      name: 'Shop',
      url: 'https://shop.example',
      timezone: 'UTC',
      webhookSecret: Buffer.from('x'),
      createdAt: start,
    },
  })
  let number = 1000

  /** A ticket of a customer of its own, with these grants in this order. */
  async function ticketWith(
    grants: Grant[],
    contact: { email?: string; phone?: string } = { email: 'ana@example.org' },
  ) {
    number += 1
    const customer = await db.prisma.customer.create({ data: { shopId, name: 'Ana', createdAt: start } })
    await db.prisma.account.create({ data: { shopId, customerId: customer.id } })
    const ticket = await db.prisma.ticket.create({
      data: {
        shopId,
        number,
        customerId: customer.id,
        subject: 'Help',
        replyEmail: contact.email ?? null,
        replyPhone: contact.phone ?? null,
        activityAt: start,
        createdAt: start,
      },
    })
    const card = await currentRateCard(db, shopId)
    const grantIds: bigint[] = []
    for (const [index, grant] of grants.entries()) {
      const made = await createGrant(db, {
        shopId,
        customerId: customer.id,
        source: 'api',
        name: `Grant ${index}`,
        channels: grant.channels ?? channels,
        prices: { ...card, ...(grant.video ? { video: grant.video } : {}) },
        unitsEach: grant.units,
        units: grant.units,
        ...(grant.expiresAt ? { expiresAt: grant.expiresAt } : {}),
        operation: 'test',
        key: `${number}:${index}`,
        inputHash: Buffer.from('x'),
        cause: { kind: 'agent', id: '1' },
        actor: 'test',
        at: start,
      })
      if (made === 'idempotency_conflict') throw new Error('grant key used twice')
      grantIds.push(made.grantId)
    }
    return { ticketId: ticket.id, customerId: customer.id, grantIds }
  }

  const open = (ticketId: bigint): Promise<OpenedSession> =>
    openSession(deps, { shopId, ticketId, kind: 'video', agent: { name: 'Maja' }, actor: 'agent:1' })

  return {
    deps,
    db,
    shopId,
    clock,
    ticketWith,
    open,
    at: (seconds: number) => new Date(start.getTime() + seconds * 1000),
    goTo(seconds: number) {
      clock.at = new Date(start.getTime() + seconds * 1000)
    },
    join: (session: { sessionId: string }, side: Side, socketId: string = side) =>
      joinSession(deps, { shopId, sessionId: BigInt(session.sessionId), side, socketId }),
    touch: (session: { sessionId: string }, socketId: string) =>
      touchPresence(deps, { shopId, sessionId: BigInt(session.sessionId), socketId }),
    leave: (session: { sessionId: string }, socketId: string) =>
      leaveSession(deps, { shopId, sessionId: BigInt(session.sessionId), socketId }),
    end: (session: { sessionId: string }) =>
      endSession(deps, { shopId, sessionId: BigInt(session.sessionId), actor: 'agent:1' }),
    read: (session: { sessionId: string }) =>
      readSession(deps, { shopId, sessionId: BigInt(session.sessionId) }),
    grant: (id: bigint) => db.prisma.creditGrant.findUniqueOrThrow({ where: { shopId_id: { shopId, id } } }),
    account: (customerId: bigint) =>
      db.prisma.account.findUniqueOrThrow({ where: { shopId_customerId: { shopId, customerId } } }),
    messages: (ticketId: bigint) =>
      db.prisma.message.findMany({ where: { shopId, ticketId }, orderBy: { id: 'asc' } }),
    async close() {
      await db.close()
      await drop()
    },
  }
}

export type SessionDesk = Awaited<ReturnType<typeof openSessionDesk>>

/** Grants and accounts whose figures are not the sums of their entries; none when the ledger is sound (rule 2). */
export async function unsoundFigures(desk: SessionDesk): Promise<unknown[]> {
  return desk.db.query(
    'unsound-figures',
    `with sums as (
       select g.shop_id, g.customer_id, g.id, g.entitled, g.consumed, g.held, g.expired, g.cleared, g.overdraft, g.frozen,
         coalesce(sum(e.entitled), 0) as e1, coalesce(sum(e.consumed), 0) as e2, coalesce(sum(e.held), 0) as e3,
         coalesce(sum(e.expired), 0) as e4, coalesce(sum(e.cleared), 0) as e5, coalesce(sum(e.overdraft), 0) as e6
       from credit_grant g left join ledger_entry e on e.shop_id = g.shop_id and e.grant_id = g.id group by g.shop_id, g.id)
     select 'grant' as what, id from sums
       where (entitled, consumed, held, expired, cleared, overdraft) is distinct from (e1, e2, e3, e4, e5, e6)
     union all
     select 'account', a.customer_id from account a left join sums s on s.shop_id = a.shop_id and s.customer_id = a.customer_id
       group by a.shop_id, a.customer_id
       having a.available <> coalesce(sum(greatest(s.e1 - s.e2 - s.e3 - s.e4 + s.e6, 0)) filter (where not s.frozen), 0)
         or a.held <> coalesce(sum(s.e3), 0)
         or a.deficit <> coalesce(sum(greatest(s.e2 - s.e6 - s.e1 - s.e5, 0)), 0)`,
    [],
  )
}
