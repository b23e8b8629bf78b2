import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { offerFirstStart } from '../../src/domain/first-start/offer-first-start.ts'
import { openTestApp, seedShop, type TestApp } from './open-app.ts'
import { readText, visitor } from './visit.ts'

let test: TestApp
beforeEach(async () => {
  test = await openTestApp()
})
afterEach(() => test.close())

const form = {
  ...{ shopName: 'Trgovina Lipa', url: 'https://shop.example', timezone: 'Europe/Athens', locale: 'en' },
  ...{ name: 'Maja Kos', email: 'Maja@shop.example' },
  ...{ password: 'lipa raste ob potoku', again: 'lipa raste ob potoku' },
}
const offer = async () => new URL((await offerFirstStart(test.deps)) ?? 'none:').pathname
const made = async () => ({
  shops: await test.deps.db.prisma.shop.findMany(),
  agents: await test.deps.db.prisma.agent.findMany(),
  links: await test.deps.db.prisma.firstStartLink.count(),
})

describe('the first start', () => {
  it('makes the shop and its owner, who is signed in and stands before the setup', async () => {
    const link = await offer()
    const page = await visitor(test.app).get(link).expect(200)
    expect(readText(page)).toContain('Your shop and you')
    const answer = await visitor(test.app).submit(page, link, form).expect(303)
    expect(answer.headers.location).toBe('/desk/setup')
    const cookie = String(answer.get('Set-Cookie')?.[0]).split(';')[0]
    expect(readText(await visitor(test.app, cookie).get('/desk/setup').expect(200))).toContain(
      'Trgovina Lipa',
    )
    const { shops, agents, links } = await made()
    expect(shops).toMatchObject([
      { name: 'Trgovina Lipa', url: 'https://shop.example', timezone: 'Europe/Athens', undoSeconds: 10 },
    ])
    expect(agents).toMatchObject([{ name: 'Maja Kos', email: 'maja@shop.example', role: 'owner' }])
    expect(links).toBe(0)
    const { email, password } = form
    await visitor(test.app).post('/login', { email, password }).expect(303)
    // Neither this link nor a new one makes another shop.
    expect(readText(await visitor(test.app).get(link).expect(410))).toContain('The shop is made')
    await visitor(test.app)
      .post(link, { ...form, email: 'eva@shop.example' })
      .expect(410)
    expect(await offerFirstStart(test.deps)).toBeUndefined()
    expect((await made()).shops).toHaveLength(1)
  })

  it('makes nothing without the link, with an old one, or with one of an installation that has a shop', async () => {
    await offer()
    await visitor(test.app)
      .post(`/start/${'x'.repeat(43)}`, form)
      .expect(410)
    const link = await offer()
    await test.deps.db.prisma.firstStartLink.updateMany({ data: { expiresAt: new Date(Date.now() - 1000) } })
    expect(readText(await visitor(test.app).get(link).expect(410))).toContain('This link does not work')
    await visitor(test.app).post(link, form).expect(410)
    expect((await made()).shops).toEqual([])
    const before = await offer()
    await seedShop(test.deps)
    await visitor(test.app).get(before).expect(410)
    await visitor(test.app).post(before, form).expect(410)
    expect((await made()).shops).toHaveLength(1)
  })

  it('makes one shop of two forms at once, also by two links', async () => {
    const links = [await offer(), await offer()]
    const answers = await Promise.all(
      links.map((link, at) => visitor(test.app).post(link, { ...form, email: `m${at}@shop.example` })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 410])
    const { shops, agents } = await made()
    expect([shops.length, agents.length]).toEqual([1, 1])
  })

  it('names what is wrong, keeps what was typed, and the link', async () => {
    const link = await offer()
    const wrong = await visitor(test.app)
      .post(link, { ...form, shopName: ' ', url: 'shop', timezone: 'Nowhere', email: 'maja' })
      .expect(422)
    for (const mend of [
      'Give the name that customers know',
      'Give the whole address',
      'Choose one of the list',
      'Give an e-mail address',
    ]) {
      expect(readText(wrong)).toContain(mend)
    }
    expect(wrong.text).toContain('value="Maja Kos"')
    const weak = { password: 'trgovinalipa', again: 'trgovinalipa' }
    expect(
      readText(
        await visitor(test.app)
          .post(link, { ...form, ...weak })
          .expect(422),
      ),
    ).toContain("made of your name, your address or the shop's name")
    const differs = await visitor(test.app)
      .post(link, { ...form, again: 'x' })
      .expect(422)
    expect(readText(differs)).toContain('not the same')
    expect((await made()).shops).toEqual([])
    await visitor(test.app).post(link, form).expect(303)
  })

  it('is explained at the front door until there is a shop', async () => {
    for (const door of ['/', '/login']) {
      expect(readText(await visitor(test.app).get(door).expect(200))).toContain(
        'Nobody has set this desk up yet',
      )
    }
    await seedShop(test.deps)
    expect(readText(await visitor(test.app).get('/login').expect(200))).not.toContain('Nobody has set')
  })

  it('makes whoever tries many tokens wait, and writes none into the log', async () => {
    const link = await offer()
    let status = 0
    for (let tries = 0; tries < 400 && status !== 429; tries += 1) {
      ;({ status } = await visitor(test.app).get(`/start/${'x'.repeat(43)}`))
    }
    expect(status).toBe(429)
    expect(test.logged.join()).toContain('/start/[token]')
    expect(test.logged.join()).not.toContain(link)
    expect(
      (await test.deps.db.prisma.firstStartLink.findMany()).map(({ tokenHash }) => tokenHash.length),
    ).toEqual([32])
  })
})
