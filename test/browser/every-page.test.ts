import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { createApp } from '../../src/http/app.ts'
import { attachSessionSockets } from '../../src/http/sockets/attach-session-sockets.ts'
import { openTestApp, type TestApp } from '../http/open-app.ts'
import { listRoutes } from '../isolation/routes.ts'
import { type FurnishedShop, furnishShop } from '../isolation/two-shops.ts'
import { type Visit, visitsOf } from '../isolation/visits.ts'
import { findingsOf } from './axe.ts'
import { openBrowser, overflowOf, phoneScreen, type Visitors } from './visitors.ts'

// Every page that the app has a route for, so that a new one is never forgotten: read by axe in the light and in the dark, and no
// wider than a phone or a desk, from left to right and from right to left.

const desk = { width: 1440, height: 900 }

/** Of programs; and the words of a stranger's mail, in which no script runs, so that axe cannot look at it. */
const noPages = /^\/(api|webhooks|healthz|readyz|metrics)\b|\/messages\/:messageId\/html$/

const test: TestApp = await openTestApp()
const routes = listRoutes(test.app).filter(({ method, path }) => method === 'get' && !noPages.test(path))

let own: FurnishedShop
let visitors: Visitors
let page: Page
let close: () => Promise<void>

beforeAll(async () => {
  own = await furnishShop(test, 'Alpha')
  const server = createApp(test.deps).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  // The pages stand under the address that their links and cookies are made for.
  test.deps.publicUrl = address
  const sockets = attachSessionSockets(server, test.deps)
  visitors = await openBrowser(address)
  page = await visitors.arrive()
  close = async () => {
    await visitors.close()
    await sockets.close()
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
    await test.close()
  }
})
afterAll(() => close?.())

it.each(routes.map((route) => [route.path, route] as const))('%s', async (_path, route) => {
  const visits = visitsOf(test, route, { visitor: own, named: own })
  for (const visit of visits.filter(({ foreign }) => foreign !== 'body')) {
    if (!(await isPage(visit))) continue
    await page.setViewportSize(desk)
    await page.goto(visit.url)
    const seen = { url: page.url(), findings: await findingsOf(page), tooWide: await widths() }
    expect(seen).toEqual({ ...seen, findings: [], tooWide: {} })
  }
  expect(visitors.faults.splice(0)).toEqual([])
})

/** A file, an event stream or a redirect out of the desk is no page. */
async function isPage(visit: Visit): Promise<boolean> {
  const context = page.context()
  await context.clearCookies()
  const [name, value] = (visit.headers.Cookie ?? '').split('=')
  if (name && value) await context.addCookies([{ name, value, url: test.deps.publicUrl }])
  const stop = new AbortController()
  const headers = visit.headers.Cookie === undefined ? {} : { Cookie: visit.headers.Cookie }
  const answer = await fetch(test.deps.publicUrl + visit.url, { headers, signal: stop.signal })
  const { ok } = answer
  const type = answer.headers.get('content-type') ?? ''
  const attached = answer.headers.get('content-disposition')?.startsWith('attachment') ?? false
  stop.abort()
  return ok && type.startsWith('text/html') && !attached
}

async function widths(): Promise<Record<string, number>> {
  const wide: Record<string, number> = {}
  for (const [screen, size] of Object.entries({ phone: phoneScreen, desk })) {
    await page.setViewportSize(size)
    for (const dir of ['ltr', 'rtl']) {
      await page.evaluate((to) => {
        document.documentElement.dir = to
      }, dir)
      const overflow = await overflowOf(page)
      if (overflow > 0) wide[`${screen} ${dir}`] = overflow
    }
  }
  return wide
}
