import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { failureOf, openTalk, type Talk } from './talk.ts'

let talk: Talk
let id: string
beforeAll(async () => {
  talk = await openTalk()
})
afterAll(() => talk.shop.close())
beforeEach(() => {
  talk.shop.behave()
  id = String(talk.shop.createOrder({ meta: { _credits: 'old', plugin: { kept: true } } }))
  talk.shop.requests.length = 0
})

const metaOf = (orderId: string): Record<string, unknown> =>
  Object.fromEntries(talk.shop.order(Number(orderId)).meta_data.map(({ key, value }) => [key, value]))

describe("writing an order's meta data", () => {
  it('sets, replaces and removes keys, and leaves the others alone', async () => {
    await talk.api.writeOrderMeta(talk.keys, id, { _credits: '10', _ticket: '1042 – čšž' })
    expect(metaOf(id)).toEqual({ _credits: '10', _ticket: '1042 – čšž', plugin: { kept: true } })
    await talk.api.writeOrderMeta(talk.keys, id, { _credits: null })
    expect(metaOf(id)).toEqual({ _ticket: '1042 – čšž', plugin: { kept: true } })
  })

  it('leaves an order alone that the shop has no more', async () => {
    talk.shop.removeForGood(Number(id))
    await expect(talk.api.writeOrderMeta(talk.keys, id, { a: 'b' })).resolves.toBeUndefined()
  })

  it('is never repeated', async () => {
    talk.shop.misbehave('error500', 1)
    expect((await failureOf(talk.api.writeOrderMeta(talk.keys, id, { a: 'b' }))).retriable).toBe(true)
    expect(talk.shop.requests).toHaveLength(1)
  })

  it('says that the address is wrong instead of passing over it', async () => {
    talk.shop.misbehave('plain404')
    expect((await failureOf(talk.api.writeOrderMeta(talk.keys, id, {}))).message).toMatch(/Permalinks/)
    await expect(talk.api.writeOrderMeta(talk.keys, '1/../2', {})).rejects.toThrow(/whole number/)
  })
})

describe('a note on an order', () => {
  it('fails for good when the order is gone', async () => {
    talk.shop.removeForGood(Number(id))
    const error = await failureOf(talk.api.addOrderNote(talk.keys, id, 'x'))
    expect(error).toMatchObject({
      status: 404,
      retriable: false,
      message: expect.stringMatching(/has it no more/),
    })
  })
})
