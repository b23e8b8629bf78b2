import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { sendNotice } from '../../src/domain/agents/send-notice.ts'
import { connectWithKeys } from '../../src/domain/connect/connect-with-keys.ts'
import { settleFindings } from '../../src/domain/sync/findings.ts'
import { reconcileShop } from '../../src/domain/sync/reconcile-shop.ts'
import type { JobPayload } from '../../src/jobs/catalog.ts'
import type { OutgoingMail } from '../../src/ports/mail.ts'
import { fakeShopKeys } from '../support/fakes/shop.ts'
import { type ConnectDesk, openConnectDesk } from './connect-desk.ts'

let desk: ConnectDesk
let shopId: bigint
beforeEach(async () => {
  desk = await openConnectDesk()
  shopId = await desk.addShop()
  await addAgent(desk.deps, { shopId, email: 'ana@shop.example', name: 'Ana', role: 'owner' })
  const { consumerKey: key, consumerSecret: secret } = fakeShopKeys
  await connectWithKeys(desk.deps, { shopId, url: desk.shop.url, key, secret, actor: 'cli', days: 0 })
  await desk.connect(shopId)
})
afterEach(() => desk.close())

const idOf = (topic: string) => desk.shop.webhooks.bodies().find((one) => one.topic === topic)?.id ?? 0
const webhookOf = async (topic: string) =>
  (await desk.health(shopId)).webhooks.find((one) => one.topic === topic)
const ids = () => desk.shop.webhooks.bodies().map(({ id }) => id)
const allActive = () => desk.webhooks().every((one) => one.endsWith(' active'))

/** The mails to owners that wait, rendered. */
async function notices(): Promise<string[]> {
  const rows = await desk.deps.db.query<{ payload: JobPayload<'send_notice'> }>(
    'test-notices',
    `select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
     where t.identifier = 'send_notice' order by j.id`,
    [],
  )
  const sent: OutgoingMail[] = []
  const mail = {
    ...desk.deps.mail,
    send: async (one: OutgoingMail) => {
      sent.push(one)
      return { kind: 'accepted' as const, providerId: '1' }
    },
  }
  for (const { payload } of rows) await sendNotice({ ...desk.deps, mail }, { ...payload, lastTry: false })
  return sent.map(({ subject, text }) => `${subject}\n${text}`)
}

describe('a webhook', () => {
  it('that the shop switched off in silence comes back, and the second time the owners are told', async () => {
    const updated = idOf('order.updated')
    // Nobody answers at our address: the seventh failure in a row switches it off.
    desk.shop.reach('https://desk.example', 'http://127.0.0.1:9')
    const order = desk.shop.createOrder({})
    for (let nth = 0; nth < 7; nth += 1) {
      desk.shop.save(order)
      await desk.shop.deliver()
    }
    expect(desk.webhooks()).toContain('order.updated disabled')
    await desk.check(shopId)
    expect(allActive()).toBe(true)
    expect(await webhookOf('order.updated')).toMatchObject({ offs: 1, mended: 'enabled' })
    expect(await desk.health(shopId)).toMatchObject({ status: 'attention', problems: [] })
    expect(await notices()).toEqual([])

    // Its count stays at six, so one more failure is enough.
    desk.pass(600)
    desk.shop.save(order)
    await desk.shop.deliver()
    expect(desk.shop.webhooks.failuresOf(updated)).toBe(6)
    await desk.check(shopId)
    expect(allActive()).toBe(true)
    const health = await desk.health(shopId)
    expect(health).toMatchObject({
      status: 'trouble',
      problems: [{ kind: 'webhooks', message: expect.stringMatching(/order\.updated off again \(2 times/) }],
    })
    expect(await notices()).toEqual([expect.stringMatching(/Lipa switches its webhooks off[\s\S]*firewall/)])
    // The same day nobody is told again, and once a delivery comes all is well.
    desk.pass(600)
    desk.shop.save(order)
    await desk.shop.deliver()
    await desk.check(shopId)
    expect(await notices()).toHaveLength(1)
    expect(ids()).toContain(updated)
  })

  it('counts as sound again when a delivery of it comes', async () => {
    const order = desk.shop.createOrder({})
    await desk.shop.deliver()
    for (let nth = 0; nth < 2; nth += 1) {
      await desk.shop.webhooks.change(idOf('order.updated'), { status: 'disabled' })
      desk.pass(600)
      await desk.check(shopId)
    }
    expect((await desk.health(shopId)).problems).toHaveLength(1)
    desk.pass(60)
    desk.shop.save(order)
    await desk.shop.deliver()
    desk.pass(600)
    await desk.check(shopId)
    expect(await desk.health(shopId)).toMatchObject({ status: 'well', problems: [] })
    expect(await webhookOf('order.updated')).toMatchObject({ offs: 0, offAt: undefined })
  })

  it('whose secret somebody changed in the shop gets ours again when it is switched on', async () => {
    await desk.shop.webhooks.change(idOf('order.created'), { secret: 'of somebody' })
    for (let nth = 0; nth < 7; nth += 1) {
      desk.shop.createOrder({})
      await desk.shop.deliver()
    }
    expect(desk.webhooks()).toContain('order.created disabled')
    await desk.check(shopId)
    desk.shop.createOrder({})
    expect((await desk.shop.deliver()).sent.map(({ status }) => status)).toEqual([200, 200])
  })

  it('that was deleted is made again, with the secret in use', async () => {
    desk.shop.webhooks.remove(idOf('order.created'))
    desk.pass(600)
    await desk.check(shopId)
    expect(desk.webhooks()).toHaveLength(5)
    expect(await webhookOf('order.created')).toMatchObject({ state: 'active', mended: 'recreated' })
    desk.shop.createOrder({})
    expect((await desk.shop.deliver()).sent.map(({ status }) => status)).toEqual([200, 200])
  })

  it('that delivers elsewhere, or to our former address, comes back and stays the same one', async () => {
    const before = ids()
    await desk.shop.webhooks.change(idOf('order.updated'), { delivery_url: 'https://elsewhere.example/x' })
    await desk.check(shopId)
    expect(ids()).toEqual(before)
    expect(await webhookOf('order.updated')).toMatchObject({ mended: 'moved' })
    const moved = { ...desk.deps, publicUrl: 'https://new.example' }
    const { checkShop } = await import('../../src/domain/health/check-shop.ts')
    await checkShop(moved, { shopId })
    expect(ids()).toEqual(before)
    expect(desk.shop.webhooks.bodies().map((one) => one.delivery_url)).toEqual(
      Array.from({ length: 5 }, () => `https://new.example/webhooks/woocommerce/${shopId}`),
    )
  })

  it('that stands there twice is removed once, and those of others are left alone', async () => {
    const theirs = { topic: 'order.updated', name: 'ERP', secret: 's', deliveryUrl: 'https://erp.example' }
    await desk.shop.webhooks.add(theirs)
    const ours = desk.shop.webhooks.bodies().find(({ topic }) => topic === 'order.updated')
    await desk.shop.webhooks.add({ ...theirs, deliveryUrl: ours?.delivery_url ?? '' })
    await desk.check(shopId)
    expect(desk.webhooks()).toHaveLength(6)
    expect(ids()).toContain(ours?.id)
  })

  it('that somebody paused is shown, and switched on when an owner says so', async () => {
    await desk.shop.webhooks.change(idOf('order.deleted'), { status: 'paused' })
    await desk.check(shopId)
    expect(desk.webhooks()).toContain('order.deleted paused')
    expect(await desk.health(shopId)).toMatchObject({ status: 'attention', concerns: ['paused'] })
    await desk.check(shopId, true)
    expect(allActive()).toBe(true)
  })

  it('is looked at no more often when the shop is away, and its failure is shown', async () => {
    desk.shop.misbehave('error500')
    await desk.check(shopId)
    expect(await desk.health(shopId)).toMatchObject({
      status: 'attention',
      concerns: ['unchecked'],
      checkProblem: expect.stringMatching(/failed with 500/),
    })
  })
})

describe('webhooks that were made by hand', () => {
  it('are watched and switched on, never made or changed', async () => {
    const byHand = await desk.addShop()
    const { consumerKey, consumerSecret } = fakeShopKeys
    const { addShop } = await import('../../src/domain/shops/add-shop.ts')
    const { id } = await addShop(desk.deps, {
      name: 'By hand',
      url: desk.shop.url,
      webhookSecret: 'typed',
      key: consumerKey,
      secret: consumerSecret,
    })
    const made = await desk.shop.webhooks.add({
      topic: 'order.updated',
      name: 'Mine',
      secret: 'typed',
      deliveryUrl: `https://desk.example/webhooks/woocommerce/${id}`,
    })
    await desk.shop.webhooks.change(made.id, { status: 'disabled' })
    const before = ids()
    await desk.check(BigInt(id))
    expect(ids()).toEqual(before)
    expect(desk.shop.webhooks.bodies().find((one) => one.id === made.id)?.status).toBe('active')
    const { webhooks, concerns } = await desk.health(BigInt(id))
    expect(webhooks.map(({ topic, state }) => `${topic} ${state}`)).toEqual([
      'order.created missing',
      'order.deleted missing',
      'order.restored missing',
      'order.updated active',
      'product.updated missing',
    ])
    expect(concerns).toEqual(['missing', 'switched_off'])
    expect(byHand).not.toBe(shopId)
  })
})

describe('silence', () => {
  it('is an alarm at once when orders come in only because we ask', async () => {
    desk.shop.createOrder({})
    await desk.shop.deliver()
    await reconcileShop(desk.deps, { shopId })
    desk.pass(120)
    await desk.check(shopId)
    expect((await desk.health(shopId)).problems).toEqual([])
    // A proxy answers in our place: the shop takes it for a delivery, and we hear nothing.
    for (let nth = 0; nth < 3; nth += 1) {
      desk.pass(60)
      desk.shop.createOrder({})
      desk.shop.webhooks.take()
    }
    desk.pass(60)
    await reconcileShop(desk.deps, { shopId })
    desk.pass(300)
    await settleFindings(desk.deps.db, desk.deps.clock.now())
    await desk.check(shopId)
    expect(await desk.health(shopId)).toMatchObject({
      status: 'trouble',
      problems: [
        { kind: 'silence', message: expect.stringMatching(/3 orders came in only because we asked/) },
      ],
    })
    expect(await notices()).toEqual([expect.stringMatching(/Unusually long without an order from Lipa/)])
    desk.shop.createOrder({})
    await desk.shop.deliver()
    desk.pass(120)
    await desk.check(shopId)
    expect((await desk.health(shopId)).problems).toEqual([])
  })
})
