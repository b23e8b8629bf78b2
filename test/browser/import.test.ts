import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { runCli, type Service, startService } from '../support/service.ts'
import { layGround, loginLink, seedShop } from '../support/service-data.ts'
import { findingsOf } from './axe.ts'
import { openBrowser, overflowOf, phoneScreen, type Visitors } from './visitors.ts'

// An owner brings balances along in a real browser, whose forms and line ends are its own; the same by the built command line.

let remove: () => Promise<void>
let env: Record<string, string>
let service: Service
let visitors: Visitors
let shopId: string
let login: NonNullable<BrowserContextOptions['storageState']>

beforeAll(async () => {
  const ground = await layGround()
  env = ground.env
  remove = ground.remove
  service = await startService(env)
  const seeded = await seedShop(env, { name: 'Trgovina Lipa', webhookSecret: 'a secret' })
  shopId = String(seeded.shopId)
  const maja = { shopId: seeded.shopId, email: 'maja@example.test', name: 'Maja Kos', role: 'owner' }
  const loginUrl = await loginLink(env, maja)
  visitors = await openBrowser(service.address)
  const guide = await visitors.arrive()
  await guide.goto(loginUrl)
  login = await guide.context().storageState()
  await guide.context().close()
})

afterAll(async () => {
  await visitors?.close()
  await service?.stop()
  await remove?.()
})

async function file(name: string, content: string): Promise<string> {
  const path = join(env.DATA_DIR ?? '', name)
  await writeFile(path, content)
  return path
}

/** Whether everybody can read the page, in both themes, and whether it is wider than its window in either direction. */
async function flawsOf(page: Page): Promise<(string | number)[]> {
  const flaws: (string | number)[] = await findingsOf(page)
  for (const dir of ['rtl', 'ltr']) {
    await page.evaluate((to) => {
      document.documentElement.dir = to
    }, dir)
    // The main part scrolls by itself, so the window alone would not tell.
    const inside = await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth)
    const overflow = Math.max(inside, await overflowOf(page))
    if (overflow > 0) flaws.push(`${dir}: ${overflow} px too wide`)
  }
  return flaws
}

const long = 'Maksimiljana Podgoršek-Zupančič of a shop with a rather long name'
const csv = `\ufeffreference;email;name;credits;expires\r\nH-1;ana@example.test;"${long}\r\n(second line)";12,5;2030-12-31\r\nH-2;bor@example.test;;3;\r\n`

describe('an owner at a browser', () => {
  it.each([
    ['wide', { viewport: { width: 1440, height: 900 } }],
    ['on a phone', { viewport: phoneScreen, isMobile: true, hasTouch: true }],
  ])('%s meets pages that everybody can read', async (name, screen) => {
    const page = await visitors.arrive({ storageState: login, ...screen })
    const flaws: Record<string, (string | number)[]> = {}
    await page.goto('/desk/import')
    await page.locator('details summary').click()
    flaws.give = await flawsOf(page)
    const wrong = `reference,email,credits\n${'W-1,'.repeat(2)}x\nW-2,${'long'.repeat(30)}@,1\n`
    await page.locator('input[type="file"]').setInputFiles(await file('wrong.csv', wrong))
    await page.locator('button.send').click()
    await page.locator('.mistakes').waitFor()
    flaws.wrong = await flawsOf(page)
    const right = `reference,email,credits\n${name},${name.replace(/ /g, '-')}@example.test,1\n`
    await page.locator('textarea').fill(right)
    await page.locator('button.send').click()
    await page.locator('.outcome').waitFor()
    flaws.checked = await flawsOf(page)
    await page.locator('button.send').click()
    await page.waitForURL(/\/desk\/import\/\d+$/)
    flaws.imported = await flawsOf(page)
    await page.context().close()
    expect(flaws).toEqual({ give: [], wrong: [], checked: [], imported: [] })
  })

  it('imports a file of a spreadsheet without a script, and again it is known', async () => {
    const page = await visitors.arrive({ storageState: login, javaScriptEnabled: false })
    const path = await file('balances.csv', csv)
    for (const round of ['first', 'second']) {
      await page.goto('/desk')
      await page.locator('.rail a[href="/desk/import"]').click()
      await page.locator('input[type="file"]').setInputFiles(path)
      await page.locator('button.send').click()
      if (round === 'second') break
      await page.locator('button', { hasText: 'Import 2 balances' }).click()
      await page.locator('h1', { hasText: '2 balances imported' }).waitFor()
      await page.locator('tr', { hasText: 'ana@example.test' }).locator('td', { hasText: '12.5' }).waitFor()
    }
    await page.locator('[role="status"]', { hasText: 'All 2 rows were imported before' }).waitFor()
    await page.context().close()
  })

  it('does it with the keyboard alone', async () => {
    const page = await visitors.arrive({ storageState: login })
    await page.goto('/desk/import')
    await page.locator('input[type="file"]').focus()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.type('reference,email,credits')
    await page.keyboard.press('Enter')
    await page.keyboard.type('K-1,kaja@example.test,4')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('button', { hasText: 'Import 1 balance' }).waitFor()
    await page.locator('main button.send').focus()
    await page.keyboard.press('Enter')
    await page.locator('h1', { hasText: '1 balance imported' }).waitFor()
    await page.context().close()
  })

  it('leaves the consoles silent and asks no other host', () => {
    expect(visitors.faults.filter((fault) => !fault.includes('status of 422'))).toEqual([])
  })
})

describe('the built command line, beside the running service', () => {
  it('tries, imports and knows a file, and ends with 1 on a wrong one', async () => {
    const path = await file('by-cli.csv', 'reference,email,credits\nC-1,cli@example.test,2\n')
    const ofShop = ['--shop', shopId]
    const dry = await runCli(env, ['import:balances', path, ...ofShop, '--dry-run'])
    expect(dry).toMatchObject({ code: 0, json: { id: null, new: 1, credits: 2 }, stderr: '' })
    const done = await runCli(env, ['import:balances', path, ...ofShop])
    expect(done).toMatchObject({ code: 0, json: { new: 1, known: 0 } })
    const again = await runCli(env, ['import:balances', path, ...ofShop])
    expect(again).toMatchObject({ code: 0, json: { id: null, new: 0, known: 1 } })
    const wrong = await runCli(env, [
      'import:balances',
      await file('bad.csv', 'email,credits\nx,1\n'),
      ...ofShop,
    ])
    expect(wrong).toMatchObject({ code: 1, json: { errorCount: 1 } })
    expect(wrong.stderr).toContain('line 2, email: "x" is no e-mail address')
    expect((await runCli<{ problems: unknown[] }>(env, ['verify'])).json.problems).toEqual([])
  })
})
