import { randomBytes } from 'node:crypto'
import { createMailProof } from '../../connectors/mailauth/mailauth.ts'
import { createSandboxMail } from '../../connectors/sandbox/mail.ts'
import { createSandboxTexting } from '../../connectors/sandbox/texting.ts'
import { openDatabase } from '../../src/db/database.ts'
import { createSandboxStore } from '../../src/db/sandbox-store.ts'
import { createGrant } from '../../src/domain/credits/create-grant.ts'
import { type Channel, channels, currentRateCard, type Price } from '../../src/domain/credits/rate-card.ts'
import type { Deps } from '../../src/domain/deps.ts'
import { markOwnMail } from '../../src/domain/mail/mark-own-mail.ts'
import { makeKeyring } from '../../src/domain/secrets/keyring.ts'
import { type ReplyInput, type ReplyResult, replyToTicket } from '../../src/domain/tickets/reply-to-ticket.ts'
import type { MailPort } from '../../src/ports/mail.ts'
import type { TextingPort } from '../../src/ports/texting.ts'
import { testBlobs } from './blobs.ts'
import { createTestDatabase } from './database.ts'
import { quietLog } from './quiet-log.ts'

/** Where the clock of every world stands at first. */
export const start = new Date('2026-03-01T10:00:00Z')

export interface WorldOptions {
  /** Default: the sandbox's mailbox and phone in the same database. */
  mail?: MailPort
  texting?: TextingPort
  poolSize?: number
}

export interface NewCustomer {
  name?: string
  email?: string
  phone?: string
}

export interface TestGrant {
  units: bigint
  channels?: Channel[]
  prices?: Partial<Record<Channel, Price>>
  expiresAt?: Date
  orderId?: bigint
  promotional?: boolean
  priority?: number
  /** What may be spent beyond zero. */
  overdraftLimit?: bigint
  paid?: { total: string; tax: string; currency: string }
  name?: string
}

/** A shop on a database of its own with a clock that the test moves, and builders for what stands in it. */
export async function makeWorld(options: WorldOptions = {}) {
  const { connectionString, drop } = await createTestDatabase()
  const db = openDatabase({ connectionString, poolSize: options.poolSize ?? 10 })
  const clock = { at: start, now: () => clock.at }
  const store = createSandboxStore(db)
  const keyring = makeKeyring(randomBytes(32))
  const deps: Deps = {
    db,
    clock,
    log: quietLog,
    keyring,
    blobs: testBlobs,
    mail: markOwnMail(options.mail ?? createSandboxMail(store, clock), keyring),
    texting: options.texting ?? createSandboxTexting(store, clock, '+15005550006'),
    shops: {},
    publicUrl: 'https://desk.example',
    takesMail: true,
    mailProof: createMailProof(),
    mailRetentionDays: 365,
    mailFrom: { name: '', address: 'support@desk.example' },
    mailDomain: 'desk.example',
    wakeWorkers: () => undefined,
    tellDesk: () => undefined,
  }
  let serial = 1000
  const next = () => ++serial

  /** A further shop; the first one is `shopId`. */
  async function addShop(): Promise<bigint> {
    const shop = await db.prisma.shop.create({
      data: {
        name: 'Shop',
        url: 'https://shop.example',
        timezone: 'UTC',
        webhookSecret: Buffer.from('x'),
        createdAt: start,
      },
    })
    await db.prisma.ticketCounter.create({ data: { shopId: shop.id, next: 1 } })
    return shop.id
  }
  const shopId = await addShop()

  /** A customer with an account, without credits. */
  async function customer(input: NewCustomer = {}, shop = shopId): Promise<bigint> {
    const { id } = await db.prisma.customer.create({
      data: { shopId: shop, name: input.name ?? 'Ana', createdAt: clock.at },
    })
    await db.prisma.account.create({ data: { shopId: shop, customerId: id } })
    for (const kind of ['email', 'phone'] as const) {
      const value = input[kind]
      if (value)
        await db.prisma.contact.create({
          data: { shopId: shop, customerId: id, kind, value, createdAt: clock.at },
        })
    }
    return id
  }

  /** An order in the shop's name, without lines. */
  async function order(shop = shopId): Promise<bigint> {
    const { id } = await db.prisma.shopOrder.create({
      data: { shopId: shop, externalId: `order-${next()}`, createdAt: clock.at, updatedAt: clock.at },
    })
    return id
  }

  /** Credits by the function that every purchase goes through. Default: all channels at the default prices, for ever. */
  async function grant(customerId: bigint, input: TestGrant, shop = shopId): Promise<bigint> {
    const made = await createGrant(db, {
      shopId: shop,
      customerId,
      source: 'api',
      name: input.name ?? 'Support',
      channels: input.channels ?? channels,
      prices: { ...(await currentRateCard(db, shop)), ...input.prices },
      unitsEach: input.units,
      units: input.units,
      ...(input.expiresAt ? { expiresAt: input.expiresAt } : {}),
      ...(input.orderId ? { orderId: input.orderId } : {}),
      ...(input.paid ? { paid: input.paid } : {}),
      priority: input.priority ?? 0,
      promotional: input.promotional ?? false,
      overdraftLimit: input.overdraftLimit ?? 0n,
      operation: 'test',
      key: `grant-${next()}`,
      inputHash: Buffer.from('x'),
      cause: { kind: 'test', id: '1' },
      actor: 'test',
      at: clock.at,
    })
    if (made === 'idempotency_conflict') throw new Error('a serial number was given twice')
    return made.grantId
  }

  async function ticket(
    customerId: bigint,
    input: { email?: string | null; phone?: string; orderId?: bigint; subject?: string } = {},
    shop = shopId,
  ): Promise<bigint> {
    const { id } = await db.prisma.ticket.create({
      data: {
        shopId: shop,
        number: next(),
        customerId,
        subject: input.subject ?? 'Printer is on fire',
        replyEmail: input.email === undefined ? 'ana@example.org' : input.email,
        replyPhone: input.phone ?? null,
        orderId: input.orderId ?? null,
        activityAt: clock.at,
        createdAt: clock.at,
      },
    })
    return id
  }

  /** An agent's answer by e-mail with a key of its own, unless told otherwise. */
  function reply(ticketId: bigint, input: Partial<ReplyInput> = {}): Promise<ReplyResult> {
    return replyToTicket(deps, {
      shopId,
      ticketId,
      channel: 'email',
      body: 'Have you tried water?',
      idempotencyKey: `reply-${next()}`,
      agent: { name: 'Maja', actor: 'agent:1' },
      ...input,
    })
  }

  /** A customer with a ticket and one grant for each sum, oldest first. */
  async function ticketWith(units: bigint[], contact: NewCustomer = {}) {
    const customerId = await customer(contact)
    const ticketId = await ticket(customerId, {
      ...(contact.email ? { email: contact.email } : {}),
      ...(contact.phone ? { phone: contact.phone } : {}),
    })
    const grantIds: bigint[] = []
    for (const sum of units) grantIds.push(await grant(customerId, { units: sum }))
    return { customerId, ticketId, grantIds, grantId: grantIds[0] ?? 0n }
  }

  return {
    db,
    deps,
    clock,
    shopId,
    addShop,
    customer,
    order,
    grant,
    ticket,
    reply,
    ticketWith,
    goTo(at: Date) {
      clock.at = at
    },
    /** Days after the beginning. */
    day: (days: number) => new Date(start.getTime() + days * 86_400_000),
    account: (customerId: bigint) =>
      db.prisma.account.findUniqueOrThrow({ where: { shopId_customerId: { shopId, customerId } } }),
    grantOf: (id: bigint) =>
      db.prisma.creditGrant.findUniqueOrThrow({ where: { shopId_id: { shopId, id } } }),
    grantsOf: (customerId: bigint) =>
      db.prisma.creditGrant.findMany({ where: { shopId, customerId }, orderBy: { id: 'asc' } }),
    entries: (customerId: bigint) =>
      db.prisma.ledgerEntry.findMany({ where: { shopId, customerId }, orderBy: { id: 'asc' } }),
    ticketOf: (id: bigint) => db.prisma.ticket.findUniqueOrThrow({ where: { shopId_id: { shopId, id } } }),
    message: (ticketId: bigint, id: bigint) =>
      db.prisma.message.findUniqueOrThrow({ where: { shopId_ticketId_id: { shopId, ticketId, id } } }),
    events: (ticketId: bigint) =>
      db.prisma.ticketEvent.findMany({ where: { shopId, ticketId }, orderBy: { id: 'asc' } }),
    async close() {
      await deps.mail.close()
      await db.close()
      await drop()
    },
  }
}

export type World = Awaited<ReturnType<typeof makeWorld>>
