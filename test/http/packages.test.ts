import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { currentRateCard } from '../../src/domain/credits/rate-card.ts'
import { addPackage } from '../../src/domain/packages/add-package.ts'
import { editPackage } from '../../src/domain/packages/edit-package.ts'
import { getPackage, listPackages } from '../../src/domain/packages/list-packages.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from './open-app.ts'
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

const list = '/desk/packages'
const packages = async () => (await listPackages(test.deps, { shopId: shop.shopId, limit: 10 })).packages

async function pack(match = 'sku:SUPPORT-10'): Promise<bigint> {
  const { id } = await addPackage(test.deps, {
    actor: 'cli',
    shopId: shop.shopId,
    match,
    credits: 10,
    name: 'Small',
  })
  return BigInt(id)
}

/** What a browser sends of the add form when nothing but these is typed. */
const typed = {
  name: '',
  'channel.email': 'on',
  'channel.video': 'on',
  priority: '0',
  overdraft: '0',
  furtherOrder: 'new_ticket',
  days: '',
}

describe('the page of packages', () => {
  it('is for owners, and only their rail leads there', async () => {
    expect(readText(await owner.get('/desk'))).toContain('Packages and prices')
    for (const role of ['supervisor', 'agent'] as const) {
      const other = await signInAs(test.app, test.deps, shop.shopId, role)
      expect(readText(await other.get('/desk'))).not.toContain('Packages and prices')
      const id = await pack(`product:${role.length}`)
      const page = await other.get(list)
      expect([page.status, readText(page).includes('Small')]).toEqual([403, false])
      const { csrf = '' } = hiddenFields((await other.get('/desk')).text, '/logout')
      for (const path of [list, `${list}/${id}`, `${list}/${id}/retire`, '/desk/rates']) {
        expect([path, (await other.post(path, { csrf, credits: '5' })).status]).toEqual([path, 403])
      }
      expect(await getPackage(test.deps, { shopId: shop.shopId, packageId: id })).toMatchObject({
        version: 1,
        retiredAt: null,
      })
    }
  })

  it('says what to do while there is none, and adds one with every term', async () => {
    const page = await owner.get(list)
    expect(readText(page)).toContain('No package is on sale')
    expect(page.text).toMatch(/id="add-prices-video-step"[^>]*value [^>]*placeholder="5"/)
    expect(readText(page)).toContain('Changes count for purchases from now on')
    const answer = await owner.submit(page, list, {
      ...typed,
      match: 'sku:SUPPORT-10',
      name: 'Small <b>',
      credits: '12,5',
      days: '365',
      priority: '−2',
      overdraft: '1.5',
      promotional: 'on',
      furtherOrder: 'open_ticket',
      'prices.sms.per': 'segment',
      'prices.video.price': '1',
      'prices.video.step': '6',
    })
    expect([answer.status, answer.get('Location')]).toEqual([303, `${list}?done=added`])
    expect(readText(await owner.get(`${list}?done=added`))).toContain('The package is on sale')
    expect(await packages()).toMatchObject([
      {
        match: 'sku:SUPPORT-10',
        name: 'Small <b>',
        unitsEach: 1250n,
        days: 365,
        channels: ['email', 'video'],
        priority: -2,
        promotional: true,
        overdraftUnits: 150n,
        furtherOrder: 'open_ticket',
        prices: { video: { per: 'minutes', units: 100, step: 6, freeSeconds: 0 } },
      },
    ])
    const text = readText(await owner.get(list))
    expect(text).toContain('Small <b>')
    expect(text).toContain('12.5 credits · valid for 365 days · E-mail and Video')
    expect(text).toContain('Video 1 credit per started 6 min')
    // Two started steps of video and two e-mails, reckoned by the function that charges.
    expect(text).toContain('For example: a 12-minute video and two e-mails cost 4 credits.')
    expect(text).toContain('version 1 · 0 sold')
  })

  it('says beside each wrong field what is wrong, and keeps what was typed', async () => {
    const page = await owner.get(list)
    const answer = await owner.submit(page, list, {
      name: 'Big',
      match: 'category:a b',
      credits: 'ten',
      days: '1.5',
      priority: 'x',
      overdraft: '-1',
      furtherOrder: 'new_ticket',
      'prices.video.price': '',
      'prices.video.step': '0',
    })
    expect(answer.status).toBe(422)
    for (const [id, message] of [
      ['match', 'Write variation:13'],
      ['credits', 'Give a number above 0'],
      ['days', 'Give whole days'],
      ['channels', 'Choose at least one channel'],
      ['priority', 'Give a whole number'],
      ['overdraft', 'Give credits, 0 or more'],
      ['prices-video-price', 'Give credits, 0 or more'],
      ['prices-video-step', 'Give whole minutes'],
    ]) {
      expect(answer.text).toMatch(new RegExp(`id="add-${id}-wrong"[^>]*>[^<]*${message}`))
    }
    expect(answer.text).toMatch(/id="add-credits"[^>]*value="ten"[^>]*aria-invalid/)
    expect(answer.text).toMatch(/<details class="card fold" id="add" open/)
    expect(await packages()).toEqual([])
    const nul = await owner.submit(page, list, { ...typed, match: 'sku:A\0B', credits: '1', name: 'a\0' })
    expect(nul.status).toBe(422)
  })

  it('says at the match that another package has it', async () => {
    await pack()
    const page = await owner.get(list)
    const answer = await owner.submit(page, list, { ...typed, match: 'sku:support-10', credits: '1' })
    expect(answer.status).toBe(409)
    expect(answer.text).toMatch(/id="add-match-wrong"[^>]*>Another package has this match/)
  })
})

describe('the page of one package', () => {
  it('shows its terms in the form, changes what is changed, and tells every version', async () => {
    const id = await pack()
    const path = `${list}/${id}`
    const page = await owner.get(path)
    expect(page.text).toMatch(/id="edit-credits"[^>]*value="10"/)
    const all = Object.fromEntries(
      ['email', 'sms', 'whatsapp', 'portal', 'video', 'voice', 'work'].map((one) => [`channel.${one}`, 'on']),
    )
    const form = { ...typed, ...all, name: 'Small', credits: '12' }
    expect((await owner.submit(page, path, form)).get('Location')).toBe(`${path}?done=saved`)
    const changed = await owner.get(path)
    const text = readText(changed)
    expect(text).toContain('version 2 since')
    expect(text).toMatch(/version 1 since .* 10 credits · without end/)
    const saved = await owner.submit(changed, path, form).expect(303)
    expect(readText(await owner.get(saved.get('Location') ?? ''))).toContain('Saved. It counts for')
    expect((await packages())[0]).toMatchObject({ version: 2, unitsEach: 1200n, channels: { length: 7 } })
  })

  it('saves nothing over a change of somebody else, and shows the terms as they are', async () => {
    const id = await pack()
    const path = `${list}/${id}`
    const page = await owner.get(path)
    await editPackage(test.deps, { actor: 'cli', shopId: shop.shopId, packageId: id, days: 90 })
    const answer = await owner.submit(page, path, { ...typed, credits: '99' })
    expect(answer.status).toBe(409)
    expect(readText(answer)).toContain('somebody changed this package while you had it open')
    expect(answer.text).toMatch(/id="edit-days"[^>]*value="90"/)
    expect((await packages())[0]).toMatchObject({ unitsEach: 1000n, version: 2 })
  })

  it('says beside the field what is wrong', async () => {
    const id = await pack()
    const path = `${list}/${id}`
    const answer = await owner.submit(await owner.get(path), path, { ...typed, credits: '0' })
    expect(answer.status).toBe(422)
    expect(answer.text).toMatch(/id="edit-credits-wrong"/)
    expect((await packages())[0]?.version).toBe(1)
  })

  it('retires it, and it stands in the list when asked for', async () => {
    const id = await pack()
    const path = `${list}/${id}`
    await owner.submit(await owner.get(path), `${path}/retire`, {}).expect(303)
    const retired = await owner.get(path).expect(200)
    expect(readText(retired)).toContain('it matches no new purchases')
    expect(retired.text).not.toContain('id="edit"')
    expect(readText(await owner.get(list))).toContain('No package is on sale')
    expect(readText(await owner.get(`${list}?retired=true`))).toContain('Small')
  })

  it('is not found with another shop’s id', async () => {
    const id = await pack()
    const other = await seedShop(test.deps, 'Other')
    const stranger = await signInAs(test.app, test.deps, other.shopId, 'owner')
    await stranger.get(`${list}/${id}`).expect(404)
    const { csrf = '' } = hiddenFields((await stranger.get('/desk')).text, '/logout')
    await stranger.post(`${list}/${id}`, { csrf, ...typed, credits: '1', version: '1' }).expect(404)
    await stranger.post(`${list}/${id}/retire`, { csrf }).expect(404)
    for (const odd of ['abc', '0', '99999999999999999999']) await owner.get(`${list}/${odd}`).expect(404)
  })
})

describe('the prices of the shop', () => {
  it('are set where they changed, and the private page goes with e-mail until it is set', async () => {
    const page = await owner.get(list)
    expect(page.text).toMatch(/id="rates-prices-email-price"[^>]*value="1"/)
    expect(page.text).toMatch(/id="rates-prices-portal-price"[^>]*value [^>]*placeholder="as e-mail"/)
    const prices = {
      'prices.email.price': '2',
      'prices.portal.price': '',
      'prices.sms.price': '0,5',
      'prices.sms.per': 'segment',
      'prices.video.price': '1',
      'prices.video.step': '5',
      'prices.video.free': '0',
    }
    const saved = await owner.submit(page, '/desk/rates', prices).expect(303)
    expect(readText(await owner.get(saved.get('Location') ?? ''))).toContain('The prices are saved')
    expect(await currentRateCard(test.deps.db, shop.shopId)).toMatchObject({
      email: { units: 200 },
      portal: { units: 200 },
      sms: { per: 'segment', units: 50 },
    })
    const versions = await test.deps.db.prisma.rate.count({ where: { shopId: shop.shopId } })
    expect(versions).toBe(2)
    expect(readText(await owner.get(list))).toContain('a 12-minute video and two e-mails cost 7 credits')
    const again = await owner.submit(page, '/desk/rates', prices)
    expect(again.status).toBe(303)
    expect(await test.deps.db.prisma.rate.count({ where: { shopId: shop.shopId } })).toBe(2)
  })

  it('say beside the field what is wrong, and none is set', async () => {
    const page = await owner.get(list)
    const answer = await owner.submit(page, '/desk/rates', {
      'prices.email.price': '3',
      'prices.work.price': '1',
      'prices.work.step': '1.5',
    })
    expect(answer.status).toBe(422)
    expect(answer.text).toMatch(/id="rates-prices-work-step-wrong"[^>]*>Give whole minutes/)
    expect(answer.text).toMatch(/id="rates-prices-email-price"[^>]*value="3"/)
    expect(await test.deps.db.prisma.rate.count({ where: { shopId: shop.shopId } })).toBe(0)
  })
})
