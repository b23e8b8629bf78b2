import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { addOrderNote } from '../../src/domain/orders/add-order-note.ts'
import { processDelivery } from '../../src/domain/orders/process-delivery.ts'
import { changeSettings } from '../../src/domain/shops/change-settings.ts'
import { shopKeys } from '../../src/domain/shops/find-shop.ts'
import { fakeShopKeys } from '../support/fakes/shop.ts'
import { type ConnectDesk, openConnectDesk } from './connect-desk.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

let desk: ConnectDesk
let shopId: bigint
let owner: Visitor
beforeAll(async () => {
  desk = await openConnectDesk()
})
afterAll(() => desk.close())
beforeEach(async () => {
  for (const { id } of desk.shop.webhooks.bodies()) desk.shop.webhooks.remove(id)
  shopId = await desk.addShop()
  owner = await signInAs(desk.app, desk.deps, shopId, 'owner')
})

const page = '/desk/setup/shop'
const { consumerKey: key, consumerSecret: secret } = fakeShopKeys
const submit = async (action: string, fields: Record<string, string>) =>
  await owner.submit(await owner.get(page), `${page}/${action}`, fields)
const byKeys = (more: Record<string, string> = {}) =>
  submit('connect', { how: 'keys', url: desk.shop.url, days: '7', key, secret, ...more })
const light = async () => /<section class="light (\w+)"/.exec((await owner.get(page)).text)?.[1]

describe('the page of the shop', () => {
  it('is for owners', async () => {
    expect((await owner.get('/desk/setup')).text).toContain(`href="${page}"`)
    const other = await signInAs(desk.app, desk.deps, shopId, 'supervisor')
    expect((await other.get(page)).status).toBe(403)
    const { csrf = '' } = hiddenFields((await other.get('/desk')).text, '/logout')
    for (const act of ['connect', 'disconnect', 'check', 'reconcile', 'backfill', 'backfill/1/stop']) {
      const answer = await other.post(`${page}/${act}`, {
        csrf,
        how: 'keys',
        url: desk.shop.url,
        key,
        secret,
      })
      expect([act, answer.status]).toEqual([act, 403])
    }
    expect(await shopKeys(desk.deps, shopId)).toBeUndefined()
  })

  it("leads the owner to the shop's own page, and back", async () => {
    const answer = await submit('connect', { how: 'page', url: desk.shop.url.toUpperCase(), days: '' })
    expect([answer.status, readText(answer)]).toEqual([200, expect.stringContaining('Now let us in')])
    const href = /href="(http[^"]*\/wc-auth\/[^"]*)"/.exec(answer.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const denied = new URL(desk.shop.deny(href).returnUrl)
    expect(readText(await owner.get(denied.pathname + denied.search))).toContain('Access was not granted')
    const back = new URL((await desk.shop.approve(href)).returnUrl)
    expect(back.pathname).toBe(page)
    expect(await light()).toBe('connecting')
    await desk.connect(shopId)
    expect(await light()).toBe('well')
    const text = readText(await owner.get(page))
    for (const said of ['All is well', 'order.restored', 'Reading the orders of the last 30 days', 'EUR']) {
      expect(text).toContain(said)
    }
    expect(readText(await owner.get('/desk/audit'))).toContain('connected the shop')
  })

  it('says beside the field what is wrong, and keeps what was typed', async () => {
    const answer = await byKeys({ secret: `cs_${'0'.repeat(40)}` })
    expect(answer.status).toBe(422)
    expect(answer.text).toMatch(/id="connect-secret-wrong"[^>]*>The consumer secret does not belong/)
    expect(answer.text).not.toContain('connect-key-wrong')
    expect(answer.text).toContain(`value="${key}"`)
    for (const days of ['-1', '1.5', 'ten', '4000']) {
      expect([days, (await byKeys({ days })).status]).toEqual([days, 422])
    }
    expect(await shopKeys(desk.deps, shopId)).toBeUndefined()
  })

  it('says why the shop takes none of our notes, and what to do, until it takes one', async () => {
    const clerk = desk.shop.addKey()
    await byKeys({ key: clerk.consumerKey, secret: clerk.consumerSecret })
    await desk.connect(shopId)
    const external = desk.shop.createOrder({})
    await desk.shop.deliver()
    const deliveries = await desk.deps.db.prisma.delivery.findMany({ where: { shopId } })
    for (const { id } of deliveries) await processDelivery(desk.deps, { shopId, deliveryId: id })
    const { id: orderId } = await desk.deps.db.prisma.shopOrder.findFirstOrThrow({
      where: { shopId, externalId: String(external) },
    })
    const put = (note: string) =>
      addOrderNote(desk.deps, { shopId, orderId, note, firstTry: true, lastTry: true })

    // The merchant made the key narrower afterwards; nothing but writing finds it.
    clerk.permissions = 'read'
    await put('Ticket 1001 opened.')
    expect(await light()).toBe('attention')
    expect(readText(await owner.get(page))).toMatch(
      /the shop takes no notes and balances of ours.*The REST API key may only read\. Give it Read\/Write permission/s,
    )
    await changeSettings(desk.deps, { shopId, actor: 'cli', orderNotes: false, orderMeta: false })
    expect(await light()).toBe('well')
    await changeSettings(desk.deps, { shopId, actor: 'cli', orderNotes: true })
    expect(await light()).toBe('attention')
    clerk.permissions = 'read_write'
    await put('Ticket 1001 opened.')
    expect(await light()).toBe('well')
    clerk.permissions = 'read'
    await put('No credits left.')
    expect(await light()).toBe('attention')
    await byKeys()
    await desk.connect(shopId)
    expect(await light()).toBe('well')
  })

  it('has each thing done by a plain form', async () => {
    expect((await byKeys()).get('Location')).toBe(`${page}?done=connecting`)
    await desk.connect(shopId)
    for (const act of ['check', 'reconcile']) {
      expect((await submit(act, {})).get('Location')).toMatch(/done=(checking|asked)$/)
    }
    const health = await desk.health(shopId)
    const stop = `backfill/${health.backfill?.id}/stop`
    expect((await submit(stop, {})).get('Location')).toBe(page)
    expect((await desk.health(shopId)).backfill?.state).toBe('stopped')
    expect((await submit('backfill', { days: 'x' })).status).toBe(422)
    expect((await submit('backfill', { days: '3' })).get('Location')).toBe(`${page}?done=reading`)
    expect((await desk.health(shopId)).backfill).toMatchObject({ state: 'running', days: 3 })
    expect((await submit('disconnect', {})).status).toBe(422)
    expect(await shopKeys(desk.deps, shopId)).toBeDefined()
    const left = await submit('disconnect', { sure: 'on' })
    expect(left.get('Location')).toBe(`${page}?done=disconnected`)
    expect(await light()).toBe('not_connected')
    expect(desk.webhooks()).toEqual([])
  })
})
