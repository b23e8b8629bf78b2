import type { AddressInfo } from 'node:net'
import type { BrowserContextOptions, Page } from 'playwright-core'
import type { Role } from '../../src/domain/agents/add-agent.ts'
import { createApp } from '../../src/http/app.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from '../http/open-app.ts'
import { signInAs } from '../http/visit.ts'
import { openBrowser, type Visitors } from './visitors.ts'

/** The app in this process with a shop, behind a real port, and browsers before it. No worker runs. */
export interface OpenDesk {
  test: TestApp
  shop: TestShop
  visitors: Visitors
  /** An agent of that role at a browser of their own, signed in. */
  arriveAs(role: Role, options?: BrowserContextOptions): Promise<Page>
  close(): Promise<void>
}

export async function openDesk(): Promise<OpenDesk> {
  const test = await openTestApp()
  const server = createApp(test.deps).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // The pages stand under the address that their links and cookies are made for.
  test.deps.publicUrl = address
  const shop = await seedShop(test.deps)
  const visitors = await openBrowser(address)
  return {
    test,
    shop,
    visitors,
    async arriveAs(role, options) {
      const { cookie = '' } = await signInAs(test.app, test.deps, shop.shopId, role)
      const page = await visitors.arrive(options)
      const [name = '', value = ''] = cookie.split('=')
      await page.context().addCookies([{ name, value, url: address }])
      return page
    },
    async close() {
      await visitors.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      await test.close()
    },
  }
}
