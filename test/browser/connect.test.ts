import { writeFile } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { merchant } from '../support/fakes/shop/auth-pages.ts'
import { makeCertificate } from '../support/fakes/shop/certificate.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../support/fakes/shop.ts'
import { type Service, startService } from '../support/service.ts'
import { layGround, loginLink, seedShop } from '../support/service-data.ts'
import { findingsOf } from './axe.ts'
import { openBrowser, overflowOf, phoneScreen, type Visitors } from './visitors.ts'

// A merchant connects a shop by one click: our page, the shop's own pages of another site, and back to ours, which is reached by https
// through a proxy. The real service and its worker take the keys, make the webhooks and read the orders.

const orders = 120
/** A slow shop, whose orders are still being read when the merchant is back. */
const slowness = 500

let remove: () => Promise<void>
let shop: FakeShop
let proxy: Server
let service: Service
let visitors: Visitors
let page: Page
let address: string

beforeAll(async () => {
  const ground = await layGround({ ALLOW_PRIVATE_SHOP_URLS: 'true' })
  const { env } = ground
  remove = ground.remove
  shop = await startFakeShop({ https: true })
  for (let made = 0; made < orders; made += 1)
    shop.createOrder({ lines: [{ sku: 'SUPPORT-10' }], status: 'completed' })
  shop.webhooks.take()
  const authorities = join(env.DATA_DIR ?? '', 'authorities.pem')
  await writeFile(authorities, shop.certificate ?? '')
  proxy = await startProxy(Number(env.PORT))
  address = `https://localhost:${(proxy.address() as AddressInfo).port}`
  shop.reach(address, `http://127.0.0.1:${env.PORT}`)
  Object.assign(env, { PUBLIC_URL: address, NODE_EXTRA_CA_CERTS: authorities })
  service = await startService(env)
  const { shopId } = await seedShop(env, { name: 'Lipa', webhookSecret: 'secret' })
  const maja = { shopId, email: 'maja@example.test', name: 'Maja Kos', role: 'owner' }
  const loginUrl = await loginLink(env, maja)
  visitors = await openBrowser(address, [shop.url])
  page = await visitors.arrive({ ignoreHTTPSErrors: true, colorScheme: 'light' })
  await page.goto(loginUrl)
})

afterAll(async () => {
  await visitors?.close()
  await service?.stop()
  proxy?.closeAllConnections()
  proxy?.close()
  await shop?.close()
  await remove?.()
})

/** What stands before the service on a real server: TLS, and the name under which people know us. */
async function startProxy(to: number): Promise<Server> {
  const server = createServer(makeCertificate(), (request, response) => {
    const { method = 'GET', url = '/', headers } = request
    const passed = requestHttp({ host: '127.0.0.1', port: to, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const light = () => page.locator('#light h2')
const goOn = () => page.locator('#go-on a')

/** Nothing for axe to find, and nothing beyond the screen of a desk or a phone. */
async function expectReadable(): Promise<void> {
  expect(await findingsOf(page)).toEqual([])
  for (const size of [phoneScreen, { width: 1440, height: 900 }]) {
    await page.setViewportSize(size)
    expect(await overflowOf(page)).toBe(0)
  }
}

/** From our page to the shop's: the address as one types it, and the link that is shown then. */
async function leaveForTheShop(): Promise<void> {
  await page.goto('/desk/setup/shop')
  await page.locator('#connect-url').fill(`${shop.url}/wp-admin/`)
  await page.locator('button[value="page"]').click()
  await goOn().waitFor()
}

describe('a merchant who connects a shop by one click', () => {
  it('may refuse it in the shop, and is told that nothing was changed', async () => {
    await leaveForTheShop()
    await expectReadable()
    await goOn().click()
    await page.locator('#username').fill(merchant.name)
    await page.locator('#password').fill(merchant.password)
    await page.locator('button[name="login"]').click()
    expect(await page.locator('h1').textContent()).toBe('CreditDesk would like to connect to your store')
    await page.locator('.wc-auth-deny').click()
    // Signed in still, though another site led here.
    await page.locator('[role="alert"]', { hasText: 'Access was not granted' }).waitFor()
    expect(await light().textContent()).toBe('The shop is not connected yet')
    await expectReadable()
    expect(shop.webhooks.bodies()).toEqual([])
  })

  it('gets no further with a page of the shop that was asked for before', async () => {
    await leaveForTheShop()
    const before = (await goOn().getAttribute('href')) ?? ''
    await leaveForTheShop()
    await page.goto(before)
    await page.locator('.wc-auth-approve').click()
    await page.locator('h1', { hasText: 'Access denied' }).waitFor()
    // The shop shows it as an error, which the console repeats.
    expect(visitors.faults.splice(0)).toEqual([expect.stringContaining('status of 401')])
    await page.goto('/desk/setup/shop')
    expect(await light().textContent()).toBe('The shop is not connected yet')
  })

  it('approves it there, comes back, and sees by itself how the orders are read until all is well', async () => {
    await leaveForTheShop()
    await goOn().click()
    shop.slowness = slowness
    await page.locator('.wc-auth-approve').click()
    await page.waitForURL(/\/desk\/setup\/shop\?success=1/)
    await light().getByText('The shop is being connected').waitFor()
    const progress = page.locator('#backfill .progress')
    await progress.getByText(/^Reading the orders of the last 30 days: \d+ of /).waitFor()
    await expectReadable()
    shop.slowness = 0
    // Notes and balances that are written meanwhile change orders, which are then met once more.
    await progress.getByText(/^The orders of the last 30 days were read: \d+, \d+ of them news\.$/).waitFor()
    await light().getByText('All is well').waitFor()
    expect(await page.locator('#webhooks li .tag.good').count()).toBe(5)
    expect(shop.webhooks.bodies().map(({ status }) => status)).toEqual(
      Array.from({ length: 5 }, () => 'active'),
    )
    await expectReadable()
    await page.goto('/desk?view=all')
    expect(await page.locator('ul.rows a').count()).toBeGreaterThan(0)
  })

  it('connects by pasted keys too, which are told apart beside their fields when one is wrong', async () => {
    await page.goto('/desk/setup/shop')
    await page.locator('#connection > summary').click()
    await page.locator('#connection details > summary').click()
    await page.locator('#connect-key').fill(fakeShopKeys.consumerKey)
    await page.locator('#connect-secret').fill(`cs_${'0'.repeat(40)}`)
    await page.locator('button[value="keys"]').click()
    await page.locator('#connect-secret-wrong').waitFor()
    expect(await page.locator('#connect-key-wrong').count()).toBe(0)
    await expectReadable()
    expect(visitors.faults.splice(0)).toEqual([expect.stringContaining('status of 422')])
    await page.locator('#connect-secret').fill(fakeShopKeys.consumerSecret)
    await page.locator('button[value="keys"]').click()
    await light().getByText('All is well').waitFor()
  })

  it('leaves the console silent', () => {
    expect(visitors.faults).toEqual([])
  })
})
