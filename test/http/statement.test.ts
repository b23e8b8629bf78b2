import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { getTicket } from '../../src/domain/tickets/get-ticket.ts'
import { portalUrl } from '../../src/domain/tickets/render-outgoing.ts'
import { answerMisfit } from './api/documented.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let maja: Visitor
let ticketId: string
let customerId: string
let portal: string

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId)
  const seeded = await seedTicket(test.app, test.deps, shop, { credits: 10 })
  ticketId = seeded.ticketId
  customerId = seeded.customerId
  await api(`/tickets/${ticketId}/replies`, 'post')
    .send({ channel: 'portal', body: 'Restart it.', idempotencyKey: 'one', agent: shop.agent.email })
    .expect(201)
  await api(`/customers/${customerId}/grants`, 'post')
    .send({ credits: 0.5, reason: '=1+1, "sorry"\nreally', idempotencyKey: 'two' })
    .expect(201)
  const view = await getTicket(test.deps, { shopId: shop.shopId, ticketId: BigInt(ticketId) })
  portal = new URL(
    portalUrl(test.deps, {
      shopId: shop.shopId,
      ticketId: view.id,
      customerId: view.customer.id,
      linkVersion: view.linkVersion,
    }),
  ).pathname
})
afterAll(() => test.close())

const api = (path: string, method: 'get' | 'post' = 'get', key = shop.key) =>
  request(test.app)[method](`/api/v1${path}`).set('Authorization', `Bearer ${key}`)

const statementPath = '/customers/{id}/statement'
const month = () => new Date().toLocaleDateString('sv-SE', { timeZone: 'Europe/Ljubljana' }).slice(0, 7)

describe('the statement of the API', () => {
  it('gives totals, lines with their causes, and is as documented', async () => {
    const { body } = await api(`/customers/${customerId}/statement`).expect(200)
    expect(answerMisfit('get', statementPath, 200, body)).toBeUndefined()
    expect(body).toMatchObject({
      from: `${month()}-01`,
      timeZone: 'Europe/Ljubljana',
      opening: 0,
      granted: 10.5,
      spent: 1,
      closing: 9.5,
      deficit: { opening: 0, closing: 0 },
      next: null,
    })
    expect(body.data.map((line: { credits: number }) => line.credits)).toEqual([10, -1, 0.5])
    expect(body.data[1]).toMatchObject({
      kind: 'spend',
      balance: 9,
      ticket: { id: ticketId },
      message: { channel: 'portal' },
      agent: 'Ana Kos',
    })
  })

  it('goes by pages that keep the totals', async () => {
    const first = (await api(`/customers/${customerId}/statement?limit=2`).expect(200)).body
    const second = (await api(`/customers/${customerId}/statement?limit=2&cursor=${first.next}`)).body
    expect([first.data.length, second.data.length, second.next]).toEqual([2, 1, null])
    expect(second.closing).toBe(first.closing)
  })

  it.each([
    ['from=31.3.2026', 'from'],
    ['to=2026-02-30', 'to'],
    ['from=2026-03-02&to=2026-03-01', 'from'],
    ['from=2020-01-01&to=2026-03-01', 'to'],
    ['cursor=abc', 'cursor'],
    ['format=pdf', 'format'],
    ['limit=0', 'limit'],
    ['format=csv&from=x', 'from'],
  ])('refuses %s by its field', async (query, field) => {
    const { body } = await api(`/customers/${customerId}/statement?${query}`).expect(422)
    expect(body.errors.map((error: { field: string }) => error.field)).toEqual([field])
    expect(answerMisfit('get', statementPath, 422, body)).toBeUndefined()
  })

  it("does not find another shop's customer, in either form", async () => {
    const stranger = await seedShop(test.deps, 'Another shop')
    for (const query of ['', '?format=csv']) {
      const { body } = await api(`/customers/${customerId}/statement${query}`, 'get', stranger.key).expect(
        404,
      )
      expect(body.code).toBe('not_found')
    }
    await api('/customers/nobody/statement').expect(404)
  })

  it.each([
    ['?format=csv', 'application/json'],
    ['', 'text/csv'],
  ])('is a CSV file for %s with Accept: %s', async (query, accept) => {
    const answer = await api(`/customers/${customerId}/statement${query}`).set('Accept', accept).expect(200)
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(answer.headers['content-disposition']).toMatch(/attachment; filename=statement-\d+-[\d-]+\.csv/)
    const records = answer.text.split('\r\n')
    expect(records[0]).toBe(
      'day,time,kind,description,credits,balance,owed,order,package,ticket,channel,agent,reason,cause,entry',
    )
    expect(records[1]).toBe(`${month()}-01,,opening,,,0,0,,,,,,,,`)
    expect(records[3]).toMatch(
      /,spend,Answer of Ana Kos in the portal,-1,9,0,,Test,\d+,portal,Ana Kos,,message \d+:\d+,\d+$/,
    )
    // Quoted where it must be, and never a formula.
    expect(answer.text).toContain(`"'=1+1, ""sorry""\nreally"`)
    expect(records.at(-2)).toMatch(/,closing,,,9\.5,0,/)
    expect(records.at(-1)).toBe('')
  })

  it('prefers JSON when a program takes anything, and the query to the header', async () => {
    const anything = await api(`/customers/${customerId}/statement`).set('Accept', '*/*')
    expect(anything.type).toBe('application/json')
    const asked = await api(`/customers/${customerId}/statement?format=json`).set('Accept', 'text/csv')
    expect(asked.type).toBe('application/json')
    expect((await api(`/customers/${customerId}/account?format=csv`)).type).toBe('application/json')
  })
})

describe('the statement on the desk', () => {
  it('is linked from the ticket, and leads back and to the causes', async () => {
    const ticket = await maja.get(`/desk/tickets/${ticketId}`).expect(200)
    const href = `/desk/customers/${customerId}/statement?ticket=${ticketId}`
    expect(ticket.text).toContain(`href="${href}"`)
    const page = await maja.get(href).expect(200)
    const text = readText(page)
    expect(text).toContain('Bought or given +10.50')
    expect(text).toContain('Balance at the end 9.50')
    expect(text).toContain('=1+1, "sorry" really')
    expect(page.text).toMatch(new RegExp(`href="/desk/tickets/${ticketId}#m-\\d+"`))
    expect(page.text).toContain(`href="/desk/tickets/${ticketId}#newest"`)
  })

  it('goes from month to month, not beyond the current one', async () => {
    const page = await maja.get(`/desk/customers/${customerId}/statement?from=2026-02-10&to=2026-02-20`)
    expect(readText(page)).toContain('10 Feb 2026 to 20 Feb 2026')
    expect(page.text).toContain('from=2026-01-01&amp;to=2026-01-31')
    expect(page.text).toContain('from=2026-03-01&amp;to=2026-03-31')
    const current = await maja.get(`/desk/customers/${customerId}/statement`)
    expect(current.text).not.toContain('rel="next"')
  })

  it('gives the file with the mark that spreadsheets want', async () => {
    const answer = await maja.get(`/desk/customers/${customerId}/statement?format=csv`).expect(200)
    expect(answer.text.startsWith('\ufeffday,time,')).toBe(true)
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it.each(['from=x', 'from=2026-03-02&to=2026-03-01', 'format=csv&to=soon', 'after=abc'])(
    'says so on the page for %s',
    async (query) => {
      const page = await maja.get(`/desk/customers/${customerId}/statement?${query}`).expect(422)
      expect(readText(page)).toContain('That period cannot be shown.')
    },
  )

  it("does not show another shop's customer, nor anything without a login", async () => {
    const other = await seedShop(test.deps, 'Third shop')
    const foreign = await seedTicket(test.app, test.deps, other, { credits: 1 })
    await maja.get(`/desk/customers/${foreign.customerId}/statement`).expect(404)
    await maja.get('/desk/customers/nobody/statement').expect(404)
    await visitor(test.app).get(`/desk/customers/${customerId}/statement`).expect(303)
  })
})

describe('the statement in the portal', () => {
  it('is linked, and keeps reasons and keys of the desk to itself', async () => {
    const customer = visitor(test.app)
    expect((await customer.get(portal)).text).toContain(`href="${portal}/statement"`)
    const page = await customer.get(`${portal}/statement`).expect(200)
    const text = readText(page)
    expect(text).toContain('Answer of Ana Kos in the portal')
    expect(text).toContain('Balance at the end 9.50')
    expect(text).not.toContain('sorry')
    expect(page.text).toContain(`href="${portal}"`)
    const file = await customer.get(`${portal}/statement?format=csv`).expect(200)
    expect(file.text).not.toContain('cause')
    expect(file.text.split('\r\n')[2]).toMatch(/,grant,Credits added,10,10,0,/)
  })

  it('is not there for a link that is not ours', async () => {
    await visitor(test.app).get('/portal/nonsense/statement').expect(404)
  })

  it('costs three statements, however long the account', async () => {
    test.statements()
    await visitor(test.app).get(`${portal}/statement`)
    expect(test.statements()).toEqual(['portal-ticket', 'statement-owner', 'statement'])
  })
})
