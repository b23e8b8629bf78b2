import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { asked, failureOf, openTalk, type Talk } from './talk.ts'

const target = 'http://127.0.0.1:9/webhooks'
let talk: Talk
beforeAll(async () => {
  talk = await openTalk()
})
afterAll(() => talk.shop.close())
beforeEach(() => {
  talk.shop.behave()
  talk.shop.paging = 'honest'
  for (const { id } of talk.shop.webhooks.bodies()) talk.shop.webhooks.remove(id)
  talk.shop.requests.length = 0
})

const add = (topic: string) =>
  talk.api.addWebhook(talk.keys, { name: 'CreditDesk', topic, deliveryUrl: target, secret: 'whisper' })

describe('webhooks of a shop', () => {
  it('are made, listed, changed and removed, and never tell their secret', async () => {
    const made = await add('order.updated')
    expect(made).toEqual({
      webhookId: expect.stringMatching(/^\d+$/),
      name: 'CreditDesk',
      topic: 'order.updated',
      state: 'active',
      deliveryUrl: target,
    })
    await talk.shop.webhooks.change(Number(made.webhookId), { status: 'disabled' })
    expect(await talk.api.listWebhooks(talk.keys)).toEqual([{ ...made, state: 'disabled' }])
    const change = { state: 'active', deliveryUrl: `${target}/2`, secret: 'other' } as const
    expect(await talk.api.changeWebhook(talk.keys, made.webhookId, change)).toEqual({
      ...made,
      deliveryUrl: `${target}/2`,
    })
    await talk.api.removeWebhook(talk.keys, made.webhookId)
    expect(await talk.api.listWebhooks(talk.keys)).toEqual([])
  })

  it('that are gone are told as such', async () => {
    expect(await talk.api.changeWebhook(talk.keys, '99', { state: 'active' })).toBeUndefined()
    await expect(talk.api.removeWebhook(talk.keys, '99')).resolves.toBeUndefined()
  })

  it('of an unknown state count as off', async () => {
    const { webhookId } = await add('order.created')
    await talk.shop.webhooks.change(Number(webhookId), { status: 'sleeping' })
    expect((await talk.api.listWebhooks(talk.keys)).map(({ state }) => state)).toEqual(['disabled'])
  })

  it('are read to the last page, and a shop that pages in circles ends too', async () => {
    for (let made = 0; made < 130; made += 1) {
      await talk.shop.webhooks.add({ name: '', topic: 'order.updated', deliveryUrl: target, secret: '' })
    }
    expect(await talk.api.listWebhooks(talk.keys)).toHaveLength(130)
    expect(asked(talk.shop)).toHaveLength(2)
    talk.shop.paging = 'endless'
    expect(await talk.api.listWebhooks(talk.keys)).toHaveLength(100)
  })

  it.each(['POST', 'PUT', 'DELETE'])('%s is never repeated', async (method) => {
    const { webhookId } = await add('order.updated')
    talk.shop.requests.length = 0
    const calls: Record<string, () => Promise<unknown>> = {
      POST: () => add('order.updated'),
      PUT: () => talk.api.changeWebhook(talk.keys, webhookId, { state: 'active' }),
      DELETE: () => talk.api.removeWebhook(talk.keys, webhookId),
    }
    talk.shop.misbehave('drop', 1)
    expect((await failureOf(calls[method]?.() ?? Promise.resolve())).retriable).toBe(true)
    expect(talk.shop.requests.map((request) => request.method)).toEqual([method])
  })

  it('that the shop refuses fail with its reason', async () => {
    const error = await failureOf(add('order.nonsense'))
    expect(error).toMatchObject({ status: 400, retriable: false, message: expect.stringMatching(/topic/) })
  })
})
