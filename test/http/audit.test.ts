import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { Command } from 'commander'
import request from 'supertest'
import { addAdministration } from '../../src/cli/administration.ts'
import { addPerson } from '../../src/domain/customers/add-person.ts'
import { answerMisfit } from './api/documented.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let owner: Visitor
beforeAll(async () => {
  test = await openTestApp()
})
afterAll(() => test.close())
beforeEach(async () => {
  shop = await seedShop(test.deps)
  owner = await signInAs(test.app, test.deps, shop.shopId, 'owner')
})

const call = (method: 'get' | 'post', path: string) =>
  request(test.app)[method](`/api/v1${path}`).set('Authorization', `Bearer ${shop.key}`)
const post = (path: string, body: object = {}) => call('post', path).send(body)
const page = async (query = '', by = owner) => readText(await by.get(`/desk/audit${query}`).expect(200))

async function cli(...args: string[]): Promise<void> {
  const program = new Command()
  addAdministration(program, (work) => work(test.deps))
  const write = process.stdout.write
  process.stdout.write = () => true
  try {
    await program.parseAsync([...args, '--shop', String(shop.shopId)], { from: 'user' })
  } finally {
    process.stdout.write = write
  }
}

const form = {
  name: '',
  'channel.email': 'on',
  priority: '0',
  overdraft: '0',
  furtherOrder: 'new_ticket',
  days: '',
}

describe('what is changed by', () => {
  /** Packages are added with a product of their own, so that each door has one. */
  const doors: [name: string, who: string, change: () => Promise<void>][] = [
    [
      'the desk',
      'Maja owner',
      async () => {
        const list = await owner.get('/desk/packages')
        const added = { ...form, match: 'product:11', credits: '10' }
        await owner.submit(list, '/desk/packages', added).expect(303)
        const { id } = await test.deps.db.prisma.package.findFirstOrThrow({ where: { shopId: shop.shopId } })
        const path = `/desk/packages/${id}`
        const edit = await owner.get(path)
        await owner.submit(edit, path, { ...form, credits: '12,5' }).expect(303)
        await owner.submit(await owner.get(path), `${path}/retire`, {}).expect(303)
        await owner
          .submit(list, '/desk/rates', { 'prices.sms.price': '0,5', 'prices.sms.per': 'reply' })
          .expect(303)
      },
    ],
    [
      'the API',
      'API key ',
      async () => {
        const { body } = await post('/packages', { match: 'product:11', credits: 10 }).expect(201)
        await post(`/packages/${body.id}`, { credits: 12.5 }).expect(200)
        await post(`/packages/${body.id}/retire`).expect(200)
        await post('/rates', { channel: 'sms', price: 0.5 }).expect(201)
        await post('/settings', { mergeWindow: 10 }).expect(200)
      },
    ],
    [
      'the command line',
      'Command line',
      async () => {
        await cli('package:add', '--match', 'product:11', '--credits', '10')
        const { id } = await test.deps.db.prisma.package.findFirstOrThrow({ where: { shopId: shop.shopId } })
        await cli('package:edit', '--package', String(id), '--credits', '12.5')
        await cli('package:retire', '--package', String(id))
        await cli('rate:set', '--channel', 'sms', '--price', '0.5')
        await cli('shop:settings', '--merge-window', '10')
      },
    ],
  ]

  it('says of the settings for the shop in words what was set', async () => {
    await post('/settings', {
      paidStatuses: ['wc-on-hold', 'in-wrapping'],
      unpaidStatuses: [],
      renewalTicket: 'new',
      orderMeta: false,
    }).expect(200)
    const text = await page('?about=shop')
    for (const line of [
      'Further statuses that count as paid: in-wrapping, on-hold (before: none)',
      "Ticket of a renewal: a new one (before: the customer's newest)",
      "Ticket and balance on the shop's orders: no (before: yes)",
    ]) {
      expect(text).toContain(line)
    }
  })

  it.each(doors)('%s stands in the log with who did it, what was and what is', async (name, who, change) => {
    await change()
    const text = await page('?about=shop')
    for (const line of [
      'added the package product:11',
      'changed the package product:11',
      'Credits for each piece: 12.5 credits (before: 10 credits)',
      'retired the package product:11',
      'set the price of SMS',
      'Price: 0.5 credits (before: 1 credit)',
      ...(name === 'the desk'
        ? []
        : ['changed the settings', 'Time for free replies after a charged one: 10 minutes (before: off)']),
    ]) {
      expect(text).toContain(line)
    }
    const { body } = await call('get', '/audit?about=shop').expect(200)
    expect(answerMisfit('get', '/audit', 200, body)).toBeUndefined()
    for (const { actor } of body.data) expect(actor.name ?? actor.id).toMatch(/^(Maja owner|api:\d+|cli)$/)
    expect(text.split(who).length - 1).toBeGreaterThanOrEqual(body.data.length)
  })
})

describe('the page of the log', () => {
  it('is for supervisors and owners, and only their rail leads there', async () => {
    const supervisor = await signInAs(test.app, test.deps, shop.shopId, 'supervisor')
    expect((await supervisor.get('/desk')).text).toContain('href="/desk/audit"')
    const agent = await signInAs(test.app, test.deps, shop.shopId, 'agent')
    expect((await agent.get('/desk')).text).not.toContain('href="/desk/audit"')
    await agent.get('/desk/audit').expect(403)
    expect(await page('?about=customers', supervisor)).toContain('Nothing was done by hand yet')
  })

  it('leads a supervisor to no page that only owners may open', async () => {
    await post('/packages', { match: 'product:11', credits: 10 }).expect(201)
    const supervisor = await signInAs(test.app, test.deps, shop.shopId, 'supervisor')
    expect((await owner.get('/desk/audit')).text).toContain('href="/desk/packages/')
    expect((await supervisor.get('/desk/audit')).text.split('id="main"')[1]).not.toContain('/desk/packages')
  })

  it('names the customer, the person, the reason and the note', async () => {
    const { customerId } = await seedTicket(test.app, test.deps, shop, { credits: 10 })
    const account = await call('get', `/customers/${customerId}/account`).expect(200)
    await post(`/customers/${customerId}/adjustments`, {
      grantId: account.body.grants[0].id,
      ...{
        credits: -2.5,
        reason: 'agreed',
        note: 'by <b>phone</b>',
        idempotencyKey: 'a1',
        agent: 'ana@shop.example',
      },
    }).expect(201)
    await addPerson(test.deps, {
      ...{ shopId: shop.shopId, customerId: BigInt(customerId), by: { actor: 'cli' } },
      name: 'Jan Hribar',
      email: 'jan@example.com',
    })
    const text = await page('?about=customers')
    expect(text).toContain('Command line let Jan Hribar write on the account · Mojca Novak')
    expect(text).toMatch(
      /Ana Kos adjusted by -2.5 credits · Mojca Novak .{1,20} Agreed with the customer · by <b>phone/,
    )
    expect(await page('?about=shop')).toContain('Nothing was done by hand yet')
  })

  it('goes on by pages, also when older lines are written meanwhile', async () => {
    const settings = Array.from({ length: 53 }, (_, n) => ({ mergeWindow: n + 1 }))
    for (const body of settings) await post('/settings', body).expect(200)
    const first = await owner.get('/desk/audit?about=shop')
    const older = /href="(\/desk\/audit\?about=shop&amp;before=\d+)"/
      .exec(first.text)?.[1]
      ?.replace('&amp;', '&')
    await post('/settings', { mergeWindow: 99 })
    const second = readText(await owner.get(older ?? '').expect(200))
    expect(second.match(/changed the settings/g)).toHaveLength(3)
    expect(second).toContain('1 minute (before: off)')
    expect(second).not.toContain('Older')
    expect(second).toContain('The newest')
    await owner.get('/desk/audit?about=x&before=abc').expect(200)
  })
})
