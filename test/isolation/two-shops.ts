import { randomUUID } from 'node:crypto'
import request from 'supertest'
import type { Database } from '../../src/db/database.ts'
import { addAgent, roles } from '../../src/domain/agents/add-agent.ts'
import { addApiKey } from '../../src/domain/agents/add-api-key.ts'
import { makeLoginLink } from '../../src/domain/agents/login-link.ts'
import { signIn } from '../../src/domain/agents/sign-in.ts'
import { checkLedgers } from '../../src/domain/credits/check-ledgers.ts'
import { addPerson } from '../../src/domain/customers/add-person.ts'
import { grantCredits } from '../../src/domain/customers/grant-credits.ts'
import { importBalances } from '../../src/domain/imports/import-balances.ts'
import { acceptDelivery } from '../../src/domain/orders/accept-delivery.ts'
import { processDelivery } from '../../src/domain/orders/process-delivery.ts'
import { addPackage } from '../../src/domain/packages/add-package.ts'
import { setRate } from '../../src/domain/packages/set-rate.ts'
import { saveProducts } from '../../src/domain/products/save-products.ts'
import { hashToken } from '../../src/domain/secrets/token.ts'
import { openSession } from '../../src/domain/sessions/open-session.ts'
import { addShop } from '../../src/domain/shops/add-shop.ts'
import { changeSettings } from '../../src/domain/shops/change-settings.ts'
import { actOnTickets } from '../../src/domain/tickets/acts/act-on-tickets.ts'
import { askForWork } from '../../src/domain/tickets/ask-for-work.ts'
import { createTicket } from '../../src/domain/tickets/create-ticket.ts'
import { replyToTicket } from '../../src/domain/tickets/reply-to-ticket.ts'
import { orderBody } from '../domain/orders/order-desk.ts'
import type { TestApp } from '../http/open-app.ts'
import { signedIn } from '../support/signed-in.ts'

/** Of the customers of all furnished shops: the same address in two shops is two customers. */
export const sharedEmail = 'ana@example.test'
export const sharedPhone = '+38640123456'

/** One row of each kind, by the word that stands before its id in an address. */
export interface RowIds {
  /** Something done with a ticket, not taken back yet. */
  acts: string
  agents: string
  /** One that runs. */
  backfills: string
  contacts: string
  /** The second customer of the shop, who may be merged into the first. */
  customers: string
  sources: string
  deliveries: string
  grants: string
  /** Of its owner, the one at hand. */
  logins: string
  /** Another owner. */
  colleagues: string
  /** An API key. */
  keys: string
  imports: string
  /** One whose sending had an unknown outcome. */
  messages: string
  offers: string
  orders: string
  held: string
  /** A file that waits to be sent. */
  files: string
  /** A mail that waits. */
  mail: string
  /** Position of the one attachment of the message. */
  attachments: string
  packages: string
  reviews: string
  /** A saved one. */
  replies: string
  sessions: string
  tickets: string
}

export interface FurnishedShop {
  shopId: bigint
  /** Stands in every name and text of the shop, so that its content is known wherever it turns up. */
  mark: string
  webhookSecret: string
  /** With all scopes. */
  key: string
  /** Value of the login cookie of its owner. */
  login: string
  /** The login link of another owner, unused. */
  loginToken: string
  /** A mailed link of another owner to choose a password, unused. */
  passwordToken: string
  ids: RowIds
  /** Version of the first ticket's links. */
  linkVersion: number
}

/** A shop in which there is one of everything that an address can name. */
export async function furnishShop({ app, deps }: TestApp, mark: string): Promise<FurnishedShop> {
  const webhookSecret = `${mark}-${randomUUID()}`
  const shop = await addShop(deps, { name: `${mark} shop`, url: 'https://shop.example', webhookSecret })
  const shopId = BigInt(shop.id)
  const agentOf = (role: string, name: string) =>
    addAgent(deps, { shopId, email: `${name}@agents.example`, name: `${mark} ${name}`, role })
  const agents = await Promise.all(roles.map((role) => agentOf(role, role)))
  const owner = agents[roles.indexOf('owner')]
  const second = await agentOf('owner', 'second')
  const { key, id: keyId } = await addApiKey(deps, {
    shopId,
    scopes: ['read', 'write', 'supervise', 'administer'],
  })
  const { cookie } = signedIn(await signIn(deps, { token: owner?.loginUrl.split('/').at(-1) ?? '' }))
  const actor = `agent:${owner?.id}`
  const author = { id: BigInt(owner?.id ?? 0), name: `${mark} owner`, actor }

  const sku = `${mark}-10`
  const sold = await addPackage(deps, {
    shopId,
    match: `sku:${sku}`,
    credits: 10,
    name: `${mark} pack`,
    actor,
  })
  await setRate(deps, { shopId, channel: 'sms', price: 0.5, actor })
  await changeSettings(deps, { shopId, actor, mergeWindow: 5 })
  await importBalances(deps, {
    shopId,
    csv: Buffer.from(
      `reference,email,name,credits,label\nH-1,old@example.test,${mark} Old,5,${mark} label\n`,
    ),
    dryRun: false,
    by: { actor: 'cli' },
  })

  // An order whose amount was refunded without its lines: a supervisor has to decide.
  const delivered = (age: number, more: object = {}) =>
    orderBody({
      id: Number(shopId) * 1000,
      age,
      email: sharedEmail,
      phone: sharedPhone,
      note: `${mark} note`,
      lines: [{ id: 1, sku, name: `${mark} line` }],
      ...more,
    })
  for (const body of [delivered(0), delivered(1, { refunds: [{ id: 1, total: '-3.00' }] })]) {
    const deliveryId = await acceptDelivery(deps, { shopId, topic: 'order.updated', headers: {}, body })
    if (deliveryId !== undefined) await processDelivery(deps, { shopId, deliveryId })
  }
  const { prisma } = deps.db
  const where = { where: { shopId } }
  const login = await prisma.login.findFirstOrThrow(where)
  const ticket = await prisma.ticket.findFirstOrThrow(where)
  const { customerId, id: ticketId } = ticket
  await prisma.ticket.updateMany({ ...where, data: { subject: `${mark} subject` } })
  await prisma.customer.updateMany({
    where: { shopId, id: customerId },
    data: { name: `${mark} customer`, company: `${mark} company` },
  })

  const said = { shopId, ticketId, agent: author }
  const { messageId } = await replyToTicket(deps, {
    ...said,
    channel: 'email',
    body: `${mark} answer`,
    idempotencyKey: randomUUID(),
  })
  await prisma.message.updateMany({
    where: { shopId, id: messageId },
    data: { state: 'unknown', html: `<p>${mark} answer</p>` },
  })
  const mail = await prisma.incomingMail.create({
    data: {
      door: 'smtp',
      doorKey: `${mark}-${shopId}`,
      envelopeTo: [],
      blob: await deps.blobs.put(Buffer.from(`From: stranger@${mark}.example\r\n\r\n${mark} raw mail`)),
      size: 10,
      state: 'held',
      verdict: 'no_package',
      sender: `stranger@${mark.toLowerCase()}.example`,
      subject: `${mark} mail`,
      shopId,
      receivedAt: deps.clock.now(),
      processedAt: deps.clock.now(),
    },
  })
  const held = await prisma.heldMail.create({
    data: {
      shopId,
      ticketId,
      agentId: BigInt(owner?.id ?? 0),
      mailId: shopId,
      why: 'sender',
      sender: `${mark}@elsewhere.example`,
      wanted: { text: `${mark} waits`, detail: `${mark} detail` },
      at: deps.clock.now(),
    },
  })
  await prisma.attachment.create({
    data: {
      shopId,
      ticketId,
      messageId,
      position: 1,
      name: `${mark}.txt`,
      mediaType: 'text/plain',
      size: 5,
      blob: await deps.blobs.put(Buffer.from(`${mark} file`)),
    },
  })
  const saved = await prisma.savedReply.create({
    data: {
      shopId,
      folder: `${mark} folder`,
      name: `${mark} reply`,
      texts: { en: `${mark} text` },
      createdAt: deps.clock.now(),
      updatedAt: deps.clock.now(),
    },
  })
  const drafted = { shopId, ticketId, agentId: BigInt(owner?.id ?? 0), formKey: `${mark}-form` }
  await prisma.draft.create({
    data: { ...drafted, channel: 'email', body: `${mark} draft`, savedAt: deps.clock.now() },
  })
  const file = await prisma.draftFile.create({
    data: {
      ...drafted,
      name: `${mark}-draft.txt`,
      mediaType: 'text/plain',
      size: 5,
      blob: await deps.blobs.put(Buffer.from(`${mark} draft file`)),
      at: deps.clock.now(),
    },
  })
  await request(app)
    .post(`/api/v1/tickets/${ticketId}/notes`)
    .set('Authorization', `Bearer ${key}`)
    .send({ body: `${mark} private note` })
    .expect(201)
  const { offerId } = await askForWork(deps, {
    ...said,
    minutes: 5,
    body: `${mark} work`,
    idempotencyKey: randomUUID(),
  })
  const { sessionId } = await openSession(deps, { ...said, kind: 'video', actor })
  const { contactId } = await addPerson(deps, {
    shopId,
    customerId,
    by: { actor },
    name: `${mark} colleague`,
    email: 'colleague@example.test',
    maySeeStatement: true,
  })
  const other = await createTicket(deps, {
    shopId,
    customer: { email: 'other@example.test', name: `${mark} other` },
    subject: `${mark} other subject`,
    body: `${mark} other question`,
    channel: 'email',
  })
  const source = await prisma.ticket.findFirstOrThrow({ where: { shopId, id: other.ticketId } })
  await grantCredits(deps, {
    shopId,
    customerId: source.customerId,
    by: author,
    credits: 1,
    reason: `${mark} goodwill`,
    idempotencyKey: randomUUID(),
  })
  await checkLedgers(deps)
  const act = await actOnTickets(deps, {
    shopId,
    ticketIds: [ticketId],
    act: { kind: 'tag', add: [`${mark} tag`], remove: [] },
    by: author,
  })

  const backfill = await furnishSync(deps.db, shopId, mark)
  await furnishProducts(deps, shopId, mark)
  const grant = await prisma.creditGrant.findFirstOrThrow({ where: { shopId, customerId } })
  const review = await prisma.review.findFirstOrThrow(where)
  const order = await prisma.shopOrder.findFirstOrThrow(where)
  const delivery = await prisma.delivery.findFirstOrThrow(where)
  const [imported] = await deps.db.query<{ id: bigint }>(
    'import-of-shop',
    `select id from audit_log where shop_id = $1 and action = 'import_balances' order by id limit 1`,
    [shopId],
  )
  return {
    shopId,
    mark,
    webhookSecret,
    key,
    login: cookie,
    passwordToken: await makeLoginLink(deps.db, {
      ...{ shopId, agentId: BigInt(second.id), at: deps.clock.now() },
      ...{ kind: 'password', hours: 1 },
    }),
    loginToken: second.loginUrl.split('/').at(-1) ?? '',
    linkVersion: ticket.linkVersion,
    ids: {
      acts: String(act.actId),
      agents: String(author.id),
      backfills: String(backfill),
      contacts: String(contactId),
      customers: String(customerId),
      sources: String(source.customerId),
      deliveries: String(delivery.id),
      grants: String(grant.id),
      imports: String(imported?.id),
      logins: String(login.id),
      colleagues: second.id,
      keys: keyId,
      messages: String(messageId),
      offers: String(offerId),
      orders: String(order.id),
      attachments: '1',
      files: String(file.id),
      replies: String(saved.id),
      held: String(held.id),
      mail: String(mail.id),
      packages: sold.id,
      reviews: String(review.id),
      sessions: sessionId,
      tickets: String(ticketId),
    },
  }
}

/** Went to the shop's own page with the merchant. */
export const connectSecret = (mark: string) => `${mark}-state-of-a-connection`

/** What is known of a shop by asking it. Returns the id of a back-fill that runs. */
async function furnishSync(
  { prisma }: Pick<Database, 'prisma'>,
  shopId: bigint,
  mark: string,
): Promise<bigint> {
  const at = new Date()
  const place = { shopId, externalId: `${mark}-1` }
  await prisma.shopSync.create({ data: { shopId, watermark: at, startedAt: at, finishedAt: at } })
  await prisma.shopProblem.create({
    data: { shopId, kind: 'keys', message: `${mark} problem`, since: at, lastAt: at },
  })
  await prisma.syncFinding.create({
    data: { ...place, number: `${mark}-1`, kind: 'new', foundBy: 'reconcile', foundAt: at, settled: true },
  })
  await prisma.unreadableOrder.create({ data: { ...place, reason: `${mark} reason`, since: at, lastAt: at } })
  await prisma.shopConnection.create({
    data: {
      ...{ shopId, state: 'asked', url: `https://${mark}.example`, startedBy: mark, startedAt: at },
      ...{ problem: `${mark} no`, stateHash: new Uint8Array(hashToken(connectSecret(mark))) },
      askedUntil: new Date(at.getTime() + 3_600_000),
    },
  })
  await prisma.shopWebhook.create({
    data: {
      shopId,
      topic: 'order.updated',
      name: `${mark} webhook`,
      webhookId: '1',
      state: 'active',
      checkedAt: at,
    },
  })
  await prisma.shopHealth.create({ data: { shopId, checkedAt: at, problem: `${mark} check` } })
  await prisma.deliveryHour.create({ data: { shopId, hour: at, deliveries: 1 } })
  const running = { days: 30, since: at, startedBy: `${mark} starter`, startedAt: at }
  const { id } = await prisma.backfill.create({ data: { shopId, ...running } })
  return id
}

/** What the shop sells, and what somebody said of it. */
async function furnishProducts(
  deps: Pick<TestApp['deps'], 'db' | 'clock'>,
  shopId: bigint,
  mark: string,
): Promise<void> {
  const at = new Date()
  const product = { name: `${mark} product`, sku: `${mark}-P`, price: '1.00', published: true }
  await deps.db.transaction((sql) =>
    saveProducts(sql, {
      ...{ shopId, askedAt: at, whole: [] },
      products: [{ ...product, productId: '11', categories: [mark], proposedCredits: '5', modifiedAt: at }],
    }),
  )
  const { prisma } = deps.db
  await prisma.catalogueRead.create({ data: { shopId, startedAt: at, endedAt: at, completeAt: at } })
  const order = await prisma.shopOrder.findFirstOrThrow({ where: { shopId } })
  const line = { shopId, orderId: order.id, productId: '11', sku: '', hint: 'name' }
  await prisma.unmatchedLine.createMany({
    data: [
      { ...line, lineId: '71', subject: 'product:11', name: `${mark} support` },
      { ...line, lineId: '72', subject: 'product:12', name: `${mark} no support` },
    ],
  })
  await prisma.notSupport.create({ data: { shopId, subject: 'product:12', actor: `${mark} owner`, at } })
}
