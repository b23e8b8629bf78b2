import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type ConnectDesk, openConnectDesk } from '../http/connect-desk.ts'
import { fakeShopKeys } from '../support/fakes/shop.ts'
import { commandLine } from './command-line.ts'

let desk: ConnectDesk
beforeAll(async () => {
  desk = await openConnectDesk()
})
afterAll(() => desk.close())

const cli = commandLine(() => desk.deps)
const { consumerKey, consumerSecret } = fakeShopKeys

it('adds a shop without a secret, connects it with keys, shows its health and disconnects it', async () => {
  const { id } = await cli.json('shop:add', '--name', 'Lipa', '--url', desk.shop.url)
  const ofShop = ['--shop', String(id)]
  const given = [...ofShop, '--url', desk.shop.url, '--key', consumerKey, '--secret', consumerSecret]
  expect(await cli.json('shop:connect', ...given, '--days', '7')).toMatchObject({ state: 'webhooks' })
  await desk.connect(BigInt(String(id)))
  expect(await cli.json('shop:sync', ...ofShop)).toMatchObject({
    status: 'well',
    connection: { state: 'connected', currency: 'EUR' },
    webhooks: { length: 5 },
    backfill: { days: 7 },
  })
  expect((await cli.run('shop:sync', ...ofShop)).out).toContain('All is well.\nWebhook order.created: active')
  let over = false
  const watched = cli.json('shop:connect', ...given, '--watch').finally(() => {
    over = true
  })
  // What a worker does meanwhile.
  while (!over) {
    await desk.connect(BigInt(String(id)))
    await sleep(100)
  }
  expect(await watched).toMatchObject({ state: 'connected' })
  expect(await cli.json('shop:disconnect', ...ofShop)).toEqual({ webhooksRemoved: true })
  expect(desk.webhooks()).toEqual([])
})

it("prints the shop's page without keys, and says what is wrong with an address", async () => {
  const { id } = await cli.json('shop:add', '--name', 'Lipa', '--url', desk.shop.url)
  const ofShop = ['--shop', String(id)]
  const { pageUrl } = await cli.json('shop:connect', ...ofShop, '--url', desk.shop.url)
  await desk.shop.approve(String(pageUrl))
  await desk.connect(BigInt(String(id)))
  expect(desk.webhooks()).toHaveLength(5)
  expect((await cli.run('shop:connect', ...ofShop, '--url', 'nowhere')).failed).toMatch(/such as https/)
  const wrong = ['--url', desk.shop.url, '--key', consumerSecret, '--secret', consumerKey]
  expect((await cli.run('shop:connect', ...ofShop, ...wrong)).failed).toMatch(/swapped/)
})
