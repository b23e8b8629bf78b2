import { request as requestHttps } from 'node:https'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { captureNumber, loadCaptures, loadExchanges } from '../../support/fakes/captures.ts'
import { findDrift } from '../../support/fakes/shape.ts'
import { type FakeShop, fakeShopKeys, startFakeShop } from '../../support/fakes/shop.ts'

interface Answer {
  status: number
  headers: Record<string, unknown>
  body: unknown
}

let shop: FakeShop
beforeAll(async () => {
  shop = await startFakeShop({ https: true })
})
afterAll(() => shop.close())

/** Asks the fake as the recorder asked the real shop. `path` below wc/v3. */
function ask(method: string, path: string, body?: object, keys = fakeShopKeys): Promise<Answer> {
  const auth = `${keys.consumerKey}:${keys.consumerSecret}`
  return new Promise((resolve, reject) => {
    const options = { method, auth, ca: shop.certificate, agent: false as const }
    const request = requestHttps(`${shop.url}/wp-json/wc/v3/${path}`, options, async (response) => {
      const chunks: Buffer[] = []
      for await (const chunk of response) chunks.push(chunk)
      const text = Buffer.concat(chunks).toString('utf8')
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) })
    })
    request.on('error', reject).end(body && JSON.stringify(body))
  })
}

const capturedOrders = loadCaptures()
  .map(({ body }) => body)
  .filter((body) => typeof body === 'object' && body !== null && 'line_items' in body)
const restBodies = (file: string, path: RegExp, method = 'GET') =>
  loadExchanges(file)
    .filter(({ request, status }) => status < 300 && request.method === method && path.test(request.path))
    .map(({ body }) => body)

describe('the bodies of the fake shop have the shape of the captured ones', () => {
  it('orders in every state', async () => {
    const made = [
      shop.createOrder({ lines: [{ sku: 'SUPPORT-10' }, { sku: 'SUPPORT-20', quantity: 2 }] }),
      shop.createOrder({ status: 'pending', paymentMethod: 'cod', customerId: 3, meta: { a: 'b' } }),
      shop.createOrder({ status: 'completed', shipping: 4.5, lines: [{ productId: 17 }] }),
      shop.createOrder(),
      shop.createOrder(),
    ]
    const [first = 0, , , trashed = 0, refunded = 0] = made
    shop.refundAmount(first, '10.00')
    shop.trash(trashed)
    shop.setStatus(refunded, 'refunded')
    const bodies = await Promise.all(made.map(async (id) => (await ask('GET', `orders/${id}`)).body))
    expect(findDrift(bodies, capturedOrders)).toEqual([])
    expect(findDrift([(await ask('GET', 'orders?status=trash')).body], [capturedOrders])).toEqual([])
  })

  it('refunds of lines and of amounts', async () => {
    const id = shop.createOrder({ lines: [{ sku: 'SUPPORT-20', quantity: 3 }] })
    const [line] = shop.order(id).line_items
    shop.refundLines(id, { [line?.id ?? 0]: 1 })
    shop.refundAmount(id, '1.00')
    const { body, headers } = await ask('GET', `orders/${id}/refunds`)
    expect(findDrift([body], restBodies('rest-05-order-refunds.json', /refunds/))).toEqual([])
    expect(headers).toMatchObject({ 'x-wp-total': '2', 'x-wp-totalpages': '1' })
    expect(shop.order(id).refunds.map(({ total }) => total)).toEqual(['-1.00', '-220.50'])
  })

  it('notes', async () => {
    const id = shop.createOrder()
    const made = await ask('POST', `orders/${id}/notes`, { note: 'x' })
    expect(made.status).toBe(201)
    expect(findDrift([made.body], restBodies('rest-03-order-note.json', /notes/, 'POST'))).toEqual([])
    const listed = await ask('GET', `orders/${id}/notes`)
    expect(findDrift([listed.body], restBodies('rest-03-order-note.json', /notes/))).toEqual([])
  })

  it('webhooks, before and after a change', async () => {
    const asked = { name: 'Probe', topic: 'order.updated', delivery_url: 'http://127.0.0.1:9/', secret: 's' }
    const made = await ask('POST', 'webhooks', asked)
    expect(made.status).toBe(201)
    expect(findDrift([made.body], restBodies('rest-09-webhooks.json', /webhooks$/, 'POST'))).toEqual([])
    const listed = await ask('GET', 'webhooks')
    expect(findDrift([listed.body], restBodies('rest-09-webhooks.json', /webhooks\?/))).toEqual([])
  })

  it('products, variations and categories', async () => {
    const id = shop.addProduct({ name: 'Gold', type: 'variable', categories: ['gold'] })
    shop.addVariation(id, { option: '50 credits', credits: '50', price: '300.00' })
    const file = 'rest-07-products.json'
    const listed = await ask('GET', 'products?per_page=100')
    expect(findDrift([listed.body], restBodies(file, /products\?/))).toEqual([])
    const variations = await ask('GET', `products/${id}/variations`)
    expect(findDrift([variations.body], restBodies(file, /variations/))).toEqual([])
    const categories = await ask('GET', 'products/categories')
    expect(findDrift([categories.body], restBodies(file, /categories$/))).toEqual([])
  })

  it('customers', async () => {
    const id = shop.addCustomer({ email: 'eva@example.test' })
    const { body } = await ask('GET', `customers/${id}`)
    expect(findDrift([body], restBodies('rest-08-customers.json', /customers\/\d/))).toEqual([])
  })

  it.each([
    'system_status?_fields=environment,settings',
    'data/currencies/current',
    'settings/general/woocommerce_default_country',
    'reports/orders/totals',
  ])('%s', async (path) => {
    const captured = restBodies('rest-10-shop.json', new RegExp(path.replace(/\?.*/, '')))
    expect(findDrift([(await ask('GET', path)).body], captured)).toEqual([])
  })
})

describe('the fake shop answers as the real one did', () => {
  it.each(loadExchanges('rest-02-modified-after-variants.json'))(
    'to $request.path',
    async ({ request, status, headers, body }) => {
      const all = loadExchanges('rest-02-modified-after-variants.json')[1]?.body
      const template = captureNumber(5).body as object
      const rows = all as { id: number; date_modified_gmt: string }[]
      shop.state.orders = Object.fromEntries(rows.map((row) => [row.id, { ...template, ...row }]))
      const answer = await ask('GET', request.path.replace('/wp-json/wc/v3/', ''))
      expect(answer).toMatchObject({ status, body })
      if (status === 200) {
        expect(answer.headers).toMatchObject({
          'x-wp-total': headers['x-wp-total'],
          'x-wp-totalpages': headers['x-wp-totalpages'],
        })
      }
    },
  )

  it('to what it refuses', async () => {
    shop.state.orders = { 24: captureNumber(5).body as object }
    const reader = shop.addKey({ permissions: 'read' })
    const strangers: Record<string, typeof fakeShopKeys> = {
      none: { consumerKey: '', consumerSecret: '' },
      'unknown key': { consumerKey: 'ck_x', consumerSecret: 'cs_x' },
      'wrong secret': { ...fakeShopKeys, consumerSecret: 'cs_x' },
      'read-only key': reader,
    }
    // The fake has no POST of refunds: they are made by its methods.
    const refused = [
      ...loadExchanges('rest-06-errors.json'),
      ...loadExchanges('rest-09-webhooks.json'),
    ].filter(
      ({ status, request }) =>
        status >= 400 && status < 500 && request.path !== '/wp-json/wc/v3/orders/24/refunds',
    )
    expect(refused).toHaveLength(11)
    for (const { request, status, body } of refused) {
      const path = request.path.replace('/wp-json/wc/v3/', '')
      const keys = strangers[request.auth] ?? fakeShopKeys
      const answer = await ask(request.method, path, (request.body as object) ?? undefined, keys)
      expect(answer).toMatchObject({ status, body })
    }
  })

  it('to a page beyond the end', async () => {
    const answer = await ask('GET', 'orders?per_page=100&page=9&_fields=id')
    expect(answer).toMatchObject({ status: 200, body: [], headers: { 'x-wp-total': '0' } })
  })
})
