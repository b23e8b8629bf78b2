import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const quiet = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

export const phoneScreen = { width: 390, height: 844 }

/** People at browsers of their own, and what went wrong there that nobody would see. */
export interface Visitors {
  /** A new person: no cookies, one open page. */
  arrive(options?: BrowserContextOptions): Promise<Page>
  /** Errors of consoles and scripts, and requests to other hosts. An answer of 4xx that a test wants is no error. */
  faults: string[]
  close(): Promise<void>
}

/** `others`: what people are led to on purpose, besides ours. */
export async function openBrowser(address: string, others: string[] = []): Promise<Visitors> {
  const executablePath = places.find((place) => existsSync(place))
  if (executablePath === undefined) throw new Error('chromium is missing')
  const browser: Browser = await chromium.launch({ executablePath, args: quiet })
  const faults: string[] = []
  const hosts = [address, ...others].map((url) => new URL(url).host)
  return {
    faults,
    async arrive(options = {}) {
      const context = await browser.newContext({ baseURL: address, ...options })
      // A browser, a database and the service share two cores with the other tests.
      context.setDefaultTimeout(90_000)
      context.on('request', (request) => {
        const { protocol, host } = new URL(request.url())
        if (/^(https?|wss?):$/.test(protocol) && !hosts.includes(host)) faults.push(request.url())
      })
      context.on('weberror', (error) => faults.push(String(error.error())))
      context.on('console', (message) => {
        const refused = /status of (402|409) /.test(message.text())
        if (message.type() === 'error' && !refused) faults.push(`${message.page()?.url()}: ${message.text()}`)
      })
      return context.newPage()
    },
    close: () => browser.close(),
  }
}

/** How many pixels the page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}

/** The customer's private page, as the newest mail to this address names it. */
export async function portalOf(page: Page, email: string): Promise<string> {
  await page.goto(`/sandbox/mail?to=${encodeURIComponent(email)}`)
  const mail = await page.locator('ul.rows a').first().getAttribute('href')
  await page.goto(`${mail}/body`)
  return (await page.locator('a[href*="/portal/"]').first().getAttribute('href')) ?? ''
}
