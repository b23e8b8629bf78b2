import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { generate } from 'otplib'
import type { Page } from 'playwright-core'
import { addAgent } from '../../src/domain/agents/add-agent.ts'
import { type OpenDesk, openDesk } from './open-desk.ts'

// From the link of the invitation to the second factor, as a person does it.

const email = 'luka@example.test'
const password = 'lipa raste ob potoku'

let desk: OpenDesk
let page: Page
let secret: string
let recovery: string

beforeAll(async () => {
  desk = await openDesk()
  page = await desk.visitors.arrive()
})
afterAll(() => desk?.close())

const path = () => new URL(page.url()).pathname
/** A code serves once, and the next half minute is not waited for. */
const freshCode = async () => {
  const { shopId } = desk.shop
  await desk.test.deps.db.prisma.agent.updateMany({ where: { shopId, email }, data: { totpStep: 1 } })
  return generate({ secret })
}
const signIn = async (word: string) => {
  await page.goto('/login')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(word)
  await page.keyboard.press('Enter')
}

it('begins with the link, a password and a second factor with its recovery codes', async () => {
  const { shopId } = desk.shop
  const { loginUrl } = await addAgent(desk.test.deps, { shopId, email, name: 'Luka Bor', role: 'agent' })
  await page.goto(loginUrl)
  expect(path()).toBe('/desk/me/password')
  await page.locator('[name="password"]').fill(password)
  await page.locator('[name="again"]').fill(password)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/desk/me?done=password')
  await page.goto('/desk/me/second-factor')
  expect(await page.locator('svg.qr').isVisible()).toBe(true)
  secret = ((await page.locator('.secret code').textContent()) ?? '').replaceAll(' ', '')
  await page.locator('[name="code"]').fill(await generate({ secret }))
  await page.keyboard.press('Enter')
  await page.locator('ol.codes').waitFor()
  expect(await page.locator('ol.codes li').count()).toBe(10)
  recovery = (await page.locator('ol.codes code').first().textContent()) ?? ''
})

it('goes on with password and code; a wrong one is said and leads nowhere', async () => {
  await page.goto('/desk')
  await page.getByRole('button', { name: 'Sign out' }).click()
  await signIn('not this one')
  await page.getByText('E-mail or password is not right').waitFor()
  await signIn(password)
  await page.getByText('Open the program on your phone').waitFor()
  await page.locator('[name="code"]').fill('000000')
  await page.keyboard.press('Enter')
  await page.getByText('This code is not right').waitFor()
  // The password alone opens nothing.
  await page.goto('/desk')
  expect(path()).toBe('/login')
  await signIn(password)
  await page.locator('[name="code"]').fill(await freshCode())
  await page.keyboard.press('Enter')
  await page.waitForURL('**/desk')
  await page.getByText('Luka Bor').first().waitFor()
})

it('takes a recovery code in place of the phone, once', async () => {
  for (const works of [true, false]) {
    await page.goto('/desk')
    if (path() === '/desk') await page.getByRole('button', { name: 'Sign out' }).click()
    await signIn(password)
    await page.locator('[name="code"]').fill(recovery)
    await page.keyboard.press('Enter')
    if (works) await page.waitForURL('**/desk')
    else await page.getByText('This code is not right').waitFor()
  }
  // What was wrong on purpose is answered with 422.
  expect(desk.visitors.faults.filter((fault) => !/status of 422/.test(fault))).toEqual([])
})
