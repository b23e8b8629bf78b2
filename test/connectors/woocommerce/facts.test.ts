import { afterEach, describe, expect, it } from '@jest/globals'
import { asked, failureOf, openTalk, type Talk } from './talk.ts'

let talk: Talk
afterEach(() => talk.shop.close())

describe('what a shop says of itself', () => {
  it.each([false, true])('is told over https %s, for a shop in a folder too', async (https) => {
    talk = await openTalk({ https, folder: '/store', site: { country: 'US:CA', currency: 'USD' } })
    expect(await talk.api.readFacts({ ...talk.keys, url: `${talk.shop.url}/` })).toEqual({
      homeUrl: talk.shop.url,
      version: '10.5.0',
      currency: 'USD',
      country: 'US',
      timezone: 'Europe/Ljubljana',
      mayWrite: true,
    })
  })

  it('leaves no trace in the shop', async () => {
    talk = await openTalk()
    await talk.api.readFacts(talk.keys)
    expect(talk.shop.webhooks.bodies()).toEqual([])
    expect(asked(talk.shop).filter((request) => !request.startsWith('GET '))).toEqual([
      'POST /wp-json/wc/v3/webhooks',
    ])
  })

  it('has no time zone when the shop is set to an offset', async () => {
    talk = await openTalk({ site: { timezoneString: '' } })
    expect((await talk.api.readFacts(talk.keys)).timezone).toBeUndefined()
  })

  it('has no time zone when a plugin hides the index or the name is none', async () => {
    talk = await openTalk({ site: { timezoneString: 'Mars/Olympus' } })
    expect((await talk.api.readFacts(talk.keys)).timezone).toBeUndefined()
    talk.shop.misbehave('error401', 1, /GET \/wp-json\/\?/)
    expect(await talk.api.readFacts(talk.keys)).toMatchObject({ timezone: undefined, currency: 'EUR' })
  })

  it('says that a key may only read', async () => {
    talk = await openTalk({ readOnly: true })
    expect(await talk.api.readFacts(talk.keys)).toMatchObject({ mayWrite: false, version: '10.5.0' })
  })

  it("goes on with what a clerk's key may see", async () => {
    talk = await openTalk()
    const clerk = { ...talk.keys, ...talk.shop.addKey({ role: 'clerk' }) }
    expect(await talk.api.readFacts(clerk)).toEqual({
      homeUrl: talk.shop.url,
      version: '',
      currency: '',
      country: '',
      timezone: 'Europe/Ljubljana',
      mayWrite: false,
    })
  })

  it('asks for the currency by itself when system_status is blocked', async () => {
    talk = await openTalk()
    talk.shop.misbehave('error403', Number.POSITIVE_INFINITY, /system_status/)
    expect(await talk.api.readFacts(talk.keys)).toMatchObject({ version: '', currency: 'EUR', country: 'SI' })
  })

  it('fails with the key that is wrong', async () => {
    talk = await openTalk()
    const wrong = { ...talk.keys, consumerSecret: 'cs_wrong' }
    expect(await failureOf(talk.api.readFacts(wrong))).toMatchObject({
      status: 401,
      message: expect.stringMatching(/consumer secret/),
    })
  })

  it('fails for a shop in trouble instead of guessing', async () => {
    talk = await openTalk()
    talk.shop.misbehave('error500', Number.POSITIVE_INFINITY, /system_status/)
    expect(await failureOf(talk.api.readFacts(talk.keys))).toMatchObject({ status: 500, retriable: true })
    talk.shop.misbehave('error500', 1, /POST/)
    expect((await failureOf(talk.api.readFacts(talk.keys))).retriable).toBe(true)
  })

  it('names an address without WooCommerce', async () => {
    talk = await openTalk()
    const elsewhere = { ...talk.keys, url: `${talk.shop.url}/blog` }
    talk.shop.misbehave('noRoute')
    expect((await failureOf(talk.api.readFacts(elsewhere))).message).toMatch(/WooCommerce is active/)
  })
})
