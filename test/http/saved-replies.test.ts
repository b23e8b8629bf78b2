import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

const test: TestApp = await openTestApp()
let shop: TestShop
let maja: Visitor
let luka: Visitor
let ticketId: string

beforeAll(async () => {
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId)
  luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
  ticketId = (await seedTicket(test.app, test.deps, shop, { credits: 5, email: 'mojca@example.test' }))
    .ticketId
})
afterAll(() => test.close())

async function save(who: Visitor, fields: Record<string, string>, path = '/desk/replies') {
  const page = await who.get(
    path === '/desk/replies' ? `${path}?edit=new` : `/desk/replies?edit=${path.split('/').at(-1)}`,
  )
  return who.submit(page, path, fields)
}

const offered = async (who: Visitor) => {
  const answer = await request(test.app)
    .get(`/desk/tickets/${ticketId}/saved-replies`)
    .set('Accept', 'application/json')
    .set('Cookie', who.cookie ?? '')
    .expect(200)
  return (answer.body as { replies: { id: string; name: string; text: string }[] }).replies
}

describe('a saved reply', () => {
  it('is filled in for the ticket, in the customer’s language, and what has no value stays to be seen', async () => {
    await save(maja, {
      name: 'Hello',
      folder: 'Start',
      shared: '1',
      'text.en':
        'Hello {{customer.first_name}}, ticket {{ticket.number}}: {{ balance }}. {{order.number}} {{agent.name}}',
      'text.sl': 'Zdravo {{customer.first_name}}',
    }).then((answer) => expect(answer.status).toBe(303))
    const [reply] = await offered(luka)
    expect(reply?.text).toMatch(/^Hello Mojca, ticket \d+: 5 credits\. \{\{order\.number\}\} Maja agent$/)
    await test.deps.db.prisma.customer.updateMany({
      where: { shopId: shop.shopId },
      data: { locale: 'sl-SI' },
    })
    expect((await offered(luka))[0]?.text).toBe('Zdravo Mojca')
    await test.deps.db.prisma.customer.updateMany({ where: { shopId: shop.shopId }, data: { locale: 'fa' } })
    expect((await offered(luka))[0]?.text).toContain('Hello Mojca')
  })

  it('holds nothing but variables: what a customer is called is not read for them', async () => {
    await test.deps.db.prisma.customer.updateMany({
      where: { shopId: shop.shopId },
      data: { name: '{{agent.name}} {% raw %}', locale: 'en' },
    })
    await save(maja, { name: 'Name', 'text.en': '{{customer.name}} {% if true %}' })
    const reply = (await offered(maja)).find(({ name }) => name === 'Name')
    expect(reply?.text).toBe('{{agent.name}} {% raw %} {% if true %}')
  })

  it('is not saved with a variable that nobody knows, which is named, and the form is kept', async () => {
    const answer = await save(maja, { name: 'Wrong', shared: '1', 'text.en': 'Dear {{customer.nme}}' })
    expect(answer.status).toBe(422)
    expect(readText(answer)).toContain('{{customer.nme}} means nothing here; there are customer.name')
    expect(answer.text).toContain('Dear {{customer.nme}}</textarea>')
    expect((await save(maja, { name: '', 'text.en': 'x' })).status).toBe(422)
    expect((await save(maja, { name: 'No text', 'text.en': ' ' })).status).toBe(422)
  })

  it('of one agent is no other’s', async () => {
    const added = await save(maja, { name: 'Mine alone', 'text.en': 'Mine' })
    const id = added.headers.location?.split('#r-')[1] ?? ''
    expect((await offered(luka)).map(({ name }) => name)).not.toContain('Mine alone')
    await luka.get(`/desk/replies?edit=${id}`).expect(404)
    const { csrf = '' } = hiddenFields((await luka.get('/desk/replies?edit=new')).text, '/desk/replies')
    await luka.post(`/desk/replies/${id}`, { csrf, act: 'remove' }).expect(404)
    await luka.post(`/desk/replies/${id}`, { csrf, name: 'Now ours', 'text.en': 'x' }).expect(404)
  })

  it('is chosen without a script, and comes behind the draft', async () => {
    const page = await luka.get(`/desk/tickets/${ticketId}`)
    const chosen = await luka.submit(page, `/desk/tickets/${ticketId}/replies`, {}).expect(422)
    const fields = hiddenFields(chosen.text, `/desk/tickets/${ticketId}/replies`)
    const pick = await luka
      .post(`/desk/tickets/${ticketId}/saved-replies`, { ...fields, channel: 'email', body: 'Dear customer' })
      .expect(303)
    const choices = await luka.get(pick.headers.location ?? '').expect(200)
    const action = /action="([^"]*saved-replies\/\d+)"/.exec(choices.text)?.[1] ?? ''
    await luka.submit(choices, action, {}).expect(303)
    const after = await luka.get(`/desk/tickets/${ticketId}`)
    expect(after.text).toMatch(/Dear customer\n\nHello /)
  })

  it('is changed and removed', async () => {
    const added = await save(maja, { name: 'Old', shared: '1', 'text.en': 'Old' })
    const id = added.headers.location?.split('#r-')[1] ?? ''
    await save(maja, { name: 'New', shared: '1', 'text.en': 'New' }, `/desk/replies/${id}`)
    expect((await offered(luka)).find((reply) => reply.id === id)).toMatchObject({ name: 'New', text: 'New' })
    await save(maja, { act: 'remove' }, `/desk/replies/${id}`)
    expect((await offered(luka)).map((reply) => reply.id)).not.toContain(id)
  })

  it('can be kept by programs, shared only', async () => {
    const api = (method: 'get' | 'post', path: string) =>
      request(test.app)[method](`/api/v1/saved-replies${path}`).set('Authorization', `Bearer ${shop.key}`)
    const texts = { en: 'By the API' }
    const { body } = await api('post', '').send({ name: 'API', texts }).expect(201)
    const { id } = body as { id: string }
    await api('post', `/${id}`).send({ name: 'API 2', folder: 'F', texts }).expect(200)
    const list = (await api('get', '').expect(200)).body as { data: { name: string }[] }
    expect(list.data.map(({ name }) => name)).toContain('API 2')
    expect(list.data.map(({ name }) => name)).not.toContain('Mine alone')
    await api('post', '')
      .send({ name: 'x', texts: { english: 'x' } })
      .expect(422)
    await api('post', `/${id}/remove`).send({}).expect(200)
    await api('get', `/${id}`).expect(404)
  })
})
