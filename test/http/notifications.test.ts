import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { answerMisfit } from './api/documented.ts'
import { openTestApp, seedShop, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let luka: Visitor & { agentId: string }
let owner: Visitor

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
  owner = await signInAs(test.app, test.deps, shop.shopId, 'owner')
})
afterAll(() => test.close())

const page = '/desk/me/notifications'
const save = async (fields: Record<string, string>) => luka.submit(await luka.get(page), page, fields)
const stored = () =>
  test.deps.db.prisma.agent.findFirstOrThrow({
    where: { id: BigInt(luka.agentId) },
    select: { toldOf: true, toldByMail: true, quietFrom: true, quietUntil: true },
  })

describe('what an agent is told of', () => {
  it('is theirs to say, in minutes of the shop’s day, and stands in the log', async () => {
    const first = await luka.get(page).expect(200)
    expect(first.text).toMatch(/value="all"[^>]* checked|checked[^>]* value="all"/)
    await save({ toldOf: 'mine', byMail: 'on', quietFrom: '22:00', quietUntil: '06:30' }).then(
      ({ headers, status }) => {
        expect([status, headers.location]).toEqual([303, `${page}?saved=true`])
      },
    )
    expect(await stored()).toEqual({
      toldOf: 'mine',
      toldByMail: true,
      quietFrom: 22 * 60,
      quietUntil: 6 * 60 + 30,
    })
    const again = await luka.get(`${page}?saved=true`)
    expect(readText(again)).toContain('Saved.')
    expect(again.text).toContain('value="06:30"')
    const log = readText(await owner.get('/desk/audit'))
    expect(log).toContain('changed what an agent is told of')
    await save({ toldOf: 'all', quietFrom: '', quietUntil: '' })
    expect(await stored()).toEqual({ toldOf: 'all', toldByMail: false, quietFrom: null, quietUntil: null })
    expect((await luka.get(page)).text).not.toMatch(/name="byMail"[^>]* checked|checked[^>]* name="byMail"/)
    expect(readText(await owner.get('/desk/audit'))).toContain('Told by e-mail')
    await save({ toldOf: 'all', byMail: 'on', quietFrom: '', quietUntil: '' })
    expect((await luka.get(page)).text).toMatch(/name="byMail"[^>]* checked|checked[^>]* name="byMail"/)
  })

  it.each([
    [{ toldOf: 'some', quietFrom: '', quietUntil: '' }, 'Choose one of the three.'],
    [{ toldOf: 'all', quietFrom: '25:00', quietUntil: '07:00' }, 'two different times'],
    [{ toldOf: 'all', quietFrom: '22:00', quietUntil: '' }, 'two different times'],
    [{ toldOf: 'all', quietFrom: '22:00', quietUntil: '22:00' }, 'two different times'],
  ])('comes back as it was typed when it is wrong: %j', async (fields, mend) => {
    const refused = await save(fields)
    expect(refused.status).toBe(422)
    expect(readText(refused)).toContain(mend)
    expect(await stored()).toEqual({ toldOf: 'all', toldByMail: true, quietFrom: null, quietUntil: null })
  })
})

describe('/agents/{id}/notifications', () => {
  const path = '/agents/{id}/notifications'
  const at = (key: string) => ({
    get: () =>
      request(test.app).get(`/api/v1/agents/${luka.agentId}/notifications`).auth(key, { type: 'bearer' }),
    post: (body: object) =>
      request(test.app)
        .post(`/api/v1/agents/${luka.agentId}/notifications`)
        .auth(key, { type: 'bearer' })
        .send(body),
  })

  it('reads them, changes what is given, and names what is wrong', async () => {
    const changed = await at(shop.key).post({ quietFrom: '9:05', quietUntil: '10:00' })
    expect([changed.status, changed.body]).toEqual([
      200,
      { toldOf: 'all', byMail: true, quietFrom: '09:05', quietUntil: '10:00' },
    ])
    expect(answerMisfit('post', path, changed.status, changed.body)).toBeUndefined()
    expect((await at(shop.readKey).get()).body).toEqual(changed.body)
    expect((await at(shop.key).post({ byMail: false })).body).toEqual({ ...changed.body, byMail: false })
    expect((await at(shop.key).post({ byMail: true })).body).toEqual(changed.body)
    const wrong = await at(shop.key).post({ toldOf: 'x', quietFrom: 'noon' })
    expect(wrong.status).toBe(422)
    expect(wrong.body.errors.map(({ field }: { field: string }) => field)).toEqual(['toldOf', 'quietFrom'])
    expect((await at(shop.writeKey).post({ toldOf: 'none' })).status).toBe(403)
  })
})
