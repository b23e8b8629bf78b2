import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { Page } from 'playwright-core'
import { eventually, type SeenTicket, type Stage, setStage } from './stage.ts'
import { openBrowser, portalOf, type Visitors } from './visitors.ts'

const stage: Stage = await setStage()
const visitors: Visitors = await openBrowser(stage.address)
let maja: Page
let elsewhere: Page
let ticket: SeenTicket
let spareLogin: string

const draft = (page: Page) => page.locator('#composer textarea[name="body"]')
const send = (page: Page) => page.locator('#composer .foot:visible button.send')
const inThread = (page: Page, text: string) => page.locator('#thread .msg', { hasText: text })
const state = (page: Page) => page.locator('[data-draft]')

beforeAll(async () => {
  ticket = await stage.order(720, { name: 'Hana Novak', email: 'hana@example.test' })
  maja = await visitors.arrive()
  elsewhere = await visitors.arrive()
  for (const page of [maja, elsewhere]) {
    await page.goto(await stage.loginUrl())
    await page.goto(`/desk/tickets/${ticket.id}`)
  }
  spareLogin = await stage.loginUrl()
})
afterAll(async () => {
  await visitors.close()
  await stage.close()
})

describe('a draft', () => {
  it('keeps itself, and is there after a reload and in another browser', async () => {
    await draft(maja).fill('Dear Hana, I looked')
    await state(maja).getByText('Draft kept').waitFor()
    await maja.reload()
    expect(await draft(maja).inputValue()).toBe('Dear Hana, I looked')
    await elsewhere.reload()
    expect(await draft(elsewhere).inputValue()).toBe('Dear Hana, I looked')
  })

  it('says when it cannot be kept, stays in the field, and is kept once the line is back', async () => {
    await maja.context().setOffline(true)
    await draft(maja).fill('Dear Hana, I looked into it')
    await state(maja).getByText('Not kept yet').waitFor()
    await maja.getByText('You are offline: the conversation stays as it was').waitFor()
    await maja.context().setOffline(false)
    await maja.getByText('You are offline').waitFor({ state: 'hidden' })
    await state(maja).getByText('Draft kept').waitFor()
    await elsewhere.reload()
    expect(await draft(elsewhere).inputValue()).toBe('Dear Hana, I looked into it')
  })

  it('outlives the login, and goes on with the next one', async () => {
    await maja.context().clearCookies()
    await draft(maja).fill('Dear Hana, I looked into it today.')
    await state(maja).getByText('You are signed out').waitFor()
    const tab = await maja.context().newPage()
    await tab.goto(spareLogin)
    await tab.close()
    await state(maja).getByText('Draft kept').waitFor()
    await send(maja).click()
    await inThread(maja, 'I looked into it today').waitFor()
    expect(await draft(maja).inputValue()).toBe('')
    await elsewhere.reload()
    expect(await draft(elsewhere).inputValue()).toBe('')
  })
})

describe('files', () => {
  it('are uploaded by choosing, dropping and pasting, taken off, and sent', async () => {
    await maja.locator('[data-attach]').setInputFiles([
      { name: 'before.txt', mimeType: 'text/plain', buffer: Buffer.from('the log before') },
      { name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('a mistake') },
    ])
    const files = maja.locator('[data-files] li')
    await files.filter({ hasText: 'wrong.txt' }).getByRole('button').click()
    await files.filter({ hasText: 'wrong.txt' }).waitFor({ state: 'detached' })
    await maja.evaluate(() => {
      const carry = (name: string) => {
        const data = new DataTransfer()
        data.items.add(new File([`bytes of ${name}`], name, { type: 'image/png' }))
        return data
      }
      const bubbles = { bubbles: true, cancelable: true }
      document
        .querySelector('#thread')
        ?.dispatchEvent(new DragEvent('drop', { ...bubbles, dataTransfer: carry('dropped.png') }))
      document
        .querySelector('#composer textarea')
        ?.dispatchEvent(new ClipboardEvent('paste', { ...bubbles, clipboardData: carry('pasted.png') }))
    })
    await files.filter({ hasText: 'pasted.png' }).getByRole('button').waitFor()
    await files.filter({ hasText: 'dropped.png' }).getByRole('button').waitFor()
    await draft(maja).fill('Here are the files.')
    await state(maja).getByText('Draft kept').waitFor()
    await elsewhere.reload()
    expect(await elsewhere.locator('[data-files] li').count()).toBe(3)
    await send(maja).click()
    const message = inThread(maja, 'Here are the files')
    await message.locator('.files a').nth(2).waitFor()
    expect(await maja.locator('[data-files] li').count()).toBe(0)
    const [download] = await Promise.all([
      maja.context().waitForEvent('page'),
      message.locator('.files a', { hasText: 'pasted.png' }).click(),
    ])
    await download.close()
  })

  it('reach the customer by mail and stand on the private page', async () => {
    await inThread(maja, 'Here are the files').locator('.state.sent').waitFor()
    const hana = await visitors.arrive()
    await hana.goto(await portalOf(hana, 'hana@example.test'))
    const said = hana.locator('.msg', { hasText: 'Here are the files' })
    expect(await said.locator('.files a').allTextContents()).toHaveLength(3)
    const [file] = await Promise.all([
      hana.waitForEvent('download'),
      said.locator('.files a', { hasText: 'pasted.png' }).click(),
    ])
    expect(file.suggestedFilename()).toBe('pasted.png')
  })

  it('come from the customer too: chosen or dropped, with progress, taken off, and sent', async () => {
    const hana = await visitors.arrive({ timezoneId: 'Asia/Tokyo' })
    await hana.goto(await portalOf(hana, 'hana@example.test'))
    const pending = hana.locator('[data-files] li')
    await hana.locator('[data-attach]').setInputFiles([
      { name: 'screen.png', mimeType: 'image/png', buffer: Buffer.from('a screen') },
      { name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('wrong') },
    ])
    await pending.nth(1).locator('input[name="file"]').waitFor({ state: 'attached' })
    const dropped = await hana.evaluateHandle(() => {
      const data = new DataTransfer()
      data.items.add(new File(['a log'], 'error.log', { type: 'text/plain' }))
      return data
    })
    await hana.dispatchEvent('main.portal', 'drop', { dataTransfer: dropped })
    await pending.nth(2).locator('input[name="file"]').waitFor({ state: 'attached' })
    await hana.getByRole('button', { name: 'Remove wrong.txt' }).click()
    await pending.filter({ hasText: 'wrong.txt' }).waitFor({ state: 'detached' })
    await hana.locator('#reply textarea').fill('This is what I see.')
    await hana.locator('#reply button.send').click()
    await hana.getByText('your message is with us').waitFor()
    const message = inThread(maja, 'This is what I see')
    await message.locator('.files a', { hasText: 'screen.png' }).waitFor()
    expect(await message.locator('.files a').count()).toBe(2)
    // The recorded order came from a country of one clock, which is surer than the browser.
    expect(await maja.locator('#side .there').getAttribute('data-clock')).toBe('Europe/Ljubljana')
  })

  it('that are too large are named with the limits, before they are sent', async () => {
    await maja.locator('[data-attach]').setInputFiles({
      name: 'film.mp4',
      mimeType: 'video/mp4',
      buffer: Buffer.alloc(10_000_001),
    })
    await maja.locator('[data-files] li[role="alert"]', { hasText: 'up to 10 MB each' }).waitFor()
  })
})

describe('a line that is cut after the server has the answer', () => {
  it('leaves one answer when the agent sends again', async () => {
    await maja.reload()
    await draft(maja).fill('Sent over a bad line')
    const before = (await stage.ticket(ticket.id)).balance.available
    let cut = true
    await maja.route('**/replies', async (route) => {
      if (!cut) return route.continue()
      cut = false
      // The server does it, and the browser never hears.
      await route.fetch({ maxRedirects: 0 })
      await route.abort('connectionreset')
    })
    await send(maja).click()
    await eventually(async () => {
      const { messages } = await stage.ticket(ticket.id)
      return messages.some(({ body }) => body === 'Sent over a bad line')
    })
    // Until the browser stands on its own page that says so, there is nowhere to go back from.
    await eventually(async () => maja.url().startsWith('chrome-error:'))
    await maja.goBack()
    await inThread(maja, 'Sent over a bad line').waitFor()
    expect(await draft(maja).inputValue()).toBe('')
    // And who writes the same once more is asked first.
    await draft(maja).fill('Sent over a bad line')
    await send(maja).click()
    await maja.locator('#composer [role="alert"]', { hasText: 'exactly this went out' }).waitFor()
    await draft(maja).fill('')
    await maja.goto(`/desk/tickets/${ticket.id}`)
    const { messages, balance } = await stage.ticket(ticket.id)
    expect(messages.filter(({ body }) => body === 'Sent over a bad line')).toHaveLength(1)
    expect(balance.available).toBe(before - 1)
    await maja.unroute('**/replies')
  })
})

describe('beside Send', () => {
  it('is a menu that sends and closes', async () => {
    await draft(maja).fill('All done.')
    await maja.locator('#composer .foot:visible .then summary').click()
    await maja.getByRole('button', { name: 'Send and close' }).first().click()
    await inThread(maja, 'All done.').waitFor()
    await maja.locator('#ticket-head .state-tag.closed').waitFor()
  })
})

describe('the keyboard', () => {
  it('writes an answer by r, a note by n, leaves the field by Escape, and tells what else by ?', async () => {
    await maja.locator('#thread').focus()
    await maja.keyboard.press('n')
    expect(await maja.locator('#composer [value="note"]').isChecked()).toBe(true)
    expect(await maja.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
    await maja.keyboard.press('Escape')
    await maja.keyboard.press('r')
    expect(await maja.locator('#composer [value="note"]').isChecked()).toBe(false)
    await maja.keyboard.press('Escape')
    await maja.keyboard.press('?')
    await maja.locator('dialog#keys').waitFor()
    await maja.keyboard.press('Escape')
    await maja.locator('dialog#keys').waitFor({ state: 'hidden' })
  })

  it('goes to the search by /, also from a ticket without the list beside it', async () => {
    const page = await visitors.arrive({
      storageState: await maja.context().storageState(),
      viewport: { width: 1280, height: 800 },
    })
    await page.goto(maja.url())
    await page.locator('#thread').focus()
    await page.keyboard.press('/')
    await page.waitForURL('**/desk#search')
    await page.keyboard.type('printer')
    await page.waitForFunction(() => document.activeElement?.matches('[data-search]'))
    expect(await page.locator('[data-search]').inputValue()).toBe('printer')
    await page.context().close()
  })
})

it('nothing was wrong in the console but what was cut on purpose', () => {
  // Chromium's own page around a picture has styles of its own, which our policy for strangers' files does not let in.
  const wanted =
    /attachments\/\d+: Applying inline style|ERR_INTERNET_DISCONNECTED|ERR_CONNECTION_RESET|status of 40[13]|chrome-error/
  expect(visitors.faults.filter((fault) => !wanted.test(fault))).toEqual([])
})
