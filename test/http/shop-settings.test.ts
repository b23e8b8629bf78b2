import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { readSettings } from '../../src/domain/shops/change-settings.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

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

const path = '/desk/setup/shop/settings'
const settings = () => readSettings(test.deps, shop.shopId)
const asBefore = {
  supervisorCredits: '50',
  agentWaivers: '0',
  mergeWindow: '0',
  undoSeconds: '0',
  lowBalance: '2',
  paidStatuses: '',
  unpaidStatuses: '',
  renewalTicket: 'none',
  orderNotes: 'on',
  orderMeta: 'on',
  mailAddress: '',
  creditsKey: '_support_credits',
}
const save = async (fields: Record<string, string>) =>
  await owner.submit(await owner.get(path), path, { ...asBefore, ...fields })

describe('the settings of the shop', () => {
  it('are for owners, and only their rail leads there', async () => {
    expect(readText(await owner.get('/desk'))).toContain('Setup')
    const other = await signInAs(test.app, test.deps, shop.shopId, 'supervisor')
    expect(readText(await other.get('/desk'))).not.toContain('Setup')
    expect((await other.get(path)).status).toBe(403)
    const { csrf = '' } = hiddenFields((await other.get('/desk')).text, '/logout')
    expect((await other.post(path, { ...asBefore, csrf, agentWaivers: '9' })).status).toBe(403)
    expect((await settings()).agentWaivers).toBe(0)
  })

  it('are saved together, said in words, and written in the log', async () => {
    const answer = await save({
      supervisorCredits: '12,5',
      agentWaivers: '3',
      mergeWindow: '15',
      paidStatuses: 'wc-on-hold, at-the-door',
      renewalTicket: 'new',
      orderMeta: '',
      mailAddress: 'Pomoc@Lipa.example',
      thanksReopen: 'on',
      undoSeconds: '10',
      lowBalance: '3,5',
      creditsKey: '_credits',
    })
    expect([answer.status, answer.get('Location')]).toEqual([303, `${path}?saved=true`])
    expect(await settings()).toEqual({
      supervisorCredits: 12.5,
      agentWaivers: 3,
      mergeWindow: 15,
      paidStatuses: ['at-the-door', 'on-hold'],
      unpaidStatuses: [],
      renewalTicket: 'new',
      orderNotes: true,
      orderMeta: false,
      mailAddress: 'pomoc@lipa.example',
      thanksReopen: true,
      undoSeconds: 10,
      lowBalance: 3.5,
      creditsKey: '_credits',
    })
    expect(readText(await owner.get(`${path}?saved=true`))).toContain('Saved.')
    const log = readText(await owner.get('/desk/audit'))
    for (const said of ['changed the settings', 'pomoc@lipa.example', 'A mail that only thanks']) {
      expect(log).toContain(said)
    }
  })

  it('say when a balance is low: list, count and colour follow at once', async () => {
    await seedTicket(test.app, test.deps, shop, { credits: 3 })
    const low = async () => readText(await owner.get('/desk?view=low'))
    const all = async () => (await owner.get('/desk?view=all')).text
    expect(await low()).not.toContain('Mojca Novak')
    expect(await all()).toMatch(/pill num ok[^>]*>3 left/)
    await save({ lowBalance: '3.5' })
    expect(await low()).toContain('Mojca Novak')
    expect(await all()).toMatch(/pill num low[^>]*>3 left/)
    await save({ lowBalance: '3' })
    expect(await low()).not.toContain('Mojca Novak')
    expect(await all()).toMatch(/pill num ok[^>]*>3 left/)
  })

  it('that are wrong come back as they were typed, each with the mend, and nothing is saved', async () => {
    const answer = await save({
      supervisorCredits: '',
      agentWaivers: '1.5',
      mergeWindow: 'ten',
      undoSeconds: '121',
      lowBalance: '11',
      paidStatuses: 'pending',
      mailAddress: 'no address',
      renewalTicket: 'nine',
      creditsKey: 'with space',
      orderNotes: '',
    })
    expect(answer.status).toBe(422)
    const text = readText(answer)
    for (const mend of [
      'a million',
      'from 0 to 1000',
      'which is a week',
      'from 0 to 120',
      'never count as paid',
      'that no other shop',
      'Choose one of the three',
      'without spaces',
    ]) {
      expect(text).toContain(mend)
    }
    expect(answer.text).toContain('value="no address"')
    expect((await settings()).orderNotes).toBe(true)
  })
})
