import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { checkLedgers } from '../../src/domain/credits/check-ledgers.ts'
import { answerMisfit } from './api/documented.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs } from './visit.ts'

let test: TestApp
let shop: TestShop

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
})
afterAll(() => test.close())

const getChecks = (query = '') =>
  request(test.app)
    .get(`/api/v1/ledger-checks${query}`)
    .set('Authorization', `Bearer ${shop.key}`)
    .expect(200)
const metrics = async () => (await request(test.app).get('/metrics').expect(200)).text

describe('rule 2: what the nightly check found', () => {
  it('is told by API, metrics and desk, to owners only', async () => {
    const before = await getChecks()
    expect([answerMisfit('get', '/ledger-checks', 200, before.body), before.body]).toEqual([
      undefined,
      { data: [], next: null },
    ])
    expect(await metrics()).not.toContain('creditdesk_ledger_problems{')
    const { ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { credits: 5 })
    await checkLedgers(test.deps)
    expect((await getChecks()).body.data[0]).toMatchObject({ accounts: 1, entries: 1, problemCount: 0 })
    expect(await metrics()).toContain(`creditdesk_ledger_problems{shop="${shop.shopId}"} 0`)
    const owner = await signInAs(test.app, test.deps, shop.shopId, 'owner')
    expect(readText(await owner.get('/desk').expect(200))).not.toContain('nightly check')

    await test.deps.db.query('test-tamper', 'update account set available = 700 where customer_id = $1', [
      BigInt(customerId),
    ])
    await checkLedgers(test.deps)
    const after = await getChecks()
    expect(answerMisfit('get', '/ledger-checks', 200, after.body)).toBeUndefined()
    expect(after.body.data[0]).toMatchObject({
      problemCount: 1,
      problems: [
        {
          customerId,
          grantId: null,
          figure: 'available',
          stored: 7,
          recomputed: 5,
          entries: [],
          explanation: expect.stringContaining('stands at 7 credits, but its grants add up to 5 credits'),
          mend: expect.stringContaining('500 units'),
        },
      ],
    })
    const first = await getChecks('?limit=1')
    expect([first.body.data, (await getChecks(`?cursor=${first.body.next}`)).body.data]).toEqual([
      [after.body.data[0]],
      [after.body.data[1]],
    ])
    const scraped = await metrics()
    expect(scraped).toContain(`creditdesk_ledger_problems{shop="${shop.shopId}"} 1`)
    const seconds = Date.parse(after.body.data[0].checkedAt) / 1000
    expect(scraped).toContain(`creditdesk_ledger_checked_at{shop="${shop.shopId}"} ${seconds}`)

    const line = 'The last nightly check found 1 figure that disagrees with the ledger.'
    for (const path of ['/desk', `/desk/tickets/${ticketId}`]) {
      expect(readText(await owner.get(path).expect(200))).toContain(line)
    }
    const supervisor = await signInAs(test.app, test.deps, shop.shopId, 'supervisor')
    expect(readText(await supervisor.get('/desk').expect(200))).not.toContain('nightly check')
  })
})
