import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { processMail } from '../../src/domain/mail/process-mail.ts'
import { receiveMail } from '../../src/domain/mail/receive-mail.ts'
import { replyToken } from '../../src/domain/secrets/links.ts'
import { createApp } from '../../src/http/app.ts'
import { corpus } from '../domain/mail/corpus/corpus.ts'
import { openTestApp, seedShop, seedTicket, type TestApp } from '../http/open-app.ts'
import { signInAs } from '../http/visit.ts'
import { eventually } from './stage.ts'
import { openBrowser, overflowOf, phoneScreen, type Visitors } from './visitors.ts'

// What people wrote by mail, as an agent meets it on the desk.

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

let app: TestApp
let visitors: Visitors
let page: Page
let ticketId: string
let close: () => Promise<void>
/** Where pictures from elsewhere come from, and what it was told when it was asked for one. */
let elsewhere: string
const asked: IncomingHttpHeaders[] = []

beforeAll(async () => {
  const tracker = createServer((req, res) => {
    asked.push(req.headers)
    res.setHeader('content-type', 'image/png').end(picture)
  })
  await new Promise<void>((listening) => tracker.listen(0, '127.0.0.1', listening))
  // Another host than the desk's: cookies know no ports.
  elsewhere = `http://localhost:${(tracker.address() as AddressInfo).port}`
  app = await openTestApp()
  const server = createApp(app.deps).listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  app.deps.publicUrl = address
  const shop = await seedShop(app.deps)
  ;({ ticketId } = await seedTicket(app.app, app.deps, shop, { email: 'ana@example.com' }))
  await arrive(shop.shopId, written(elsewhere))
  await arrive(shop.shopId, rawOf('structure-alternative-related-mixed'))
  await arrive(shop.shopId, rawOf('fa-gmail-both'))
  await arrive(shop.shopId, rawOf('hostile-two-from'))
  visitors = await openBrowser(address)
  page = await visitors.arrive()
  const agent = await signInAs(app.app, app.deps, shop.shopId, 'agent')
  const [name = '', value = ''] = String(agent.cookie).split(/=(.*)/s)
  await page.context().addCookies([{ name, value, url: address }])
  close = async () => {
    await visitors.close()
    server.closeAllConnections()
    tracker.closeAllConnections()
    await Promise.all([server, tracker].map((one) => new Promise((closed) => one.close(closed))))
    await app.close()
  }
})

afterAll(() => close?.())

const rawOf = (name: string) => corpus.find((mail) => mail.name === name)?.raw ?? Buffer.alloc(0)

async function arrive(shopId: bigint, raw: Buffer) {
  const to = `reply+${replyToken(app.deps.keyring, { shopId, ticketId: BigInt(ticketId) })}@desk.example`
  const mail = { door: 'smtp' as const, key: raw.toString('base64').slice(0, 400), raw, envelopeTo: [to] }
  const received = await receiveMail(app.deps, mail)
  await processMail(app.deps, { mailId: received?.mailId ?? 0n })
}

function written(host: string): Buffer {
  return Buffer.from(
    [
      'From: Ana <ana@example.com>',
      'Subject: Re: Newsletter',
      'Message-ID: <pictures@example.com>',
      'Content-Type: text/html; charset=utf-8',
      '',
      `<p>Look at our shelf:</p><img src="${host}/shelf.png" alt="shelf" width="40" height="40"><img src="${host}/open.gif?u=ana" width="1" height="1">`,
      '<blockquote type="cite"><p>What does it look like?</p></blockquote>',
    ].join('\r\n'),
  )
}

const message = (words: string) => page.locator('article', { hasText: words })

it('what was quoted is folded away, and one click shows it', async () => {
  await page.goto(`/desk/tickets/${ticketId}`)
  const quote = message('Look at our shelf').locator('details.quoted')
  expect(await quote.locator('p').isVisible()).toBe(false)
  await quote.locator('summary').click()
  expect(await quote.locator('p').isVisible()).toBe(true)
  expect(await quote.locator('p').textContent()).toContain('What does it look like?')
})

it('pictures from elsewhere are fetched only when the agent asks, and tell nothing of the desk', async () => {
  const mail = message('Look at our shelf')
  await mail.locator('details.formatted > summary').click()
  const frame = mail.frameLocator('iframe')
  await frame.getByText('Look at our shelf:').waitFor()
  expect(asked).toEqual([])
  expect(visitors.faults).toEqual([])
  await frame.getByRole('link', { name: 'Show pictures' }).click()
  await eventually(async () => asked.length === 2)
  for (const headers of asked) {
    expect(headers.referer).toBeUndefined()
    expect(headers.cookie).toBeUndefined()
  }
  const shelf = frame.getByAltText('shelf')
  expect(await shelf.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1)
  expect(await frame.getByRole('link', { name: 'Show pictures' }).count()).toBe(0)
  // That this page asked elsewhere was wanted.
  expect(visitors.faults.splice(0)).toEqual([`${elsewhere}/shelf.png`, `${elsewhere}/open.gif?u=ana`])
})

it('a picture that came with the mail is shown at once, and nothing is offered', async () => {
  const mail = message('See the picture')
  await mail.locator('details.formatted > summary').click()
  const frame = mail.frameLocator('iframe')
  const screen = frame.getByAltText('screen')
  await screen.waitFor()
  expect(await screen.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1)
  expect(await frame.getByRole('link', { name: 'Show pictures' }).count()).toBe(0)
  expect(visitors.faults).toEqual([])
})

it('mail that nobody could be told from is on the list, with its bytes', async () => {
  await page.goto('/desk/mail')
  const row = page.locator('ol.mails li', { hasText: 'Re: cart' })
  const [download] = await Promise.all([page.waitForEvent('download'), row.locator('a[download]').click()])
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk))
  expect(Buffer.concat(chunks)).toEqual(rawOf('hostile-two-from'))
})

it('fits a phone, unfolded too', async () => {
  await page.setViewportSize(phoneScreen)
  await page.goto(`/desk/tickets/${ticketId}`)
  for (const fold of await page.locator('article .body > details > summary').all()) await fold.click()
  expect(await overflowOf(page)).toBe(0)
})
