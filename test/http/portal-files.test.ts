import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { purgeDraftFiles } from '../../src/domain/drafts/purge-draft-files.ts'
import { portalToken } from '../../src/domain/secrets/links.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor, visitor } from './visit.ts'

const test: TestApp = await openTestApp()
let shop: TestShop
let maja: Visitor
let customer: Visitor
let ticketId: string
let link: string

beforeAll(async () => {
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId)
  customer = visitor(test.app)
})
beforeEach(async () => {
  ;({ ticketId, link } = await newTicket('ana@example.com'))
})
afterAll(() => test.close())

async function newTicket(email: string): Promise<{ ticketId: string; link: string }> {
  const made = await seedTicket(test.app, test.deps, shop, { email, credits: 5 })
  const token = portalToken(test.deps.keyring, {
    shopId: shop.shopId,
    customerId: BigInt(made.customerId),
    ticketId: BigInt(made.ticketId),
    version: 1,
  })
  return { ticketId: made.ticketId, link: `/portal/${token}` }
}

const fieldsOf = async (page = link) => hiddenFields((await customer.get(page)).text, `${page}/replies`)
const fileIds = (html: string) => [...html.matchAll(/name="file" value="(\d+)"/g)].map(([, id]) => id ?? '')
const received = () =>
  test.deps.db.prisma.message.findMany({
    where: { shopId: shop.shopId, ticketId: BigInt(ticketId), direction: 'inbound', channel: 'portal' },
    include: { attachments: true },
    orderBy: { id: 'asc' },
  })

/** As a browser sends the form with files chosen and no script. */
function send(
  path: string,
  fields: Record<string, string | string[]>,
  files: [string, Buffer | string][] = [],
) {
  const sent = request(test.app).post(path).set({ Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin' })
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) sent.field(name, one)
  for (const [name, bytes] of files)
    sent.attach('files', Buffer.from(bytes), { filename: name, contentType: 'image/png' })
  return sent
}

/** As the script uploads one. */
const upload = (fields: Record<string, string>, name: string, bytes: Buffer | string, page = link) =>
  send(`${page}/files`, fields, [[name, bytes]]).set('Accept', 'application/json')

describe("a customer's files", () => {
  it('go along with the message without a script, once, and agents open them', async () => {
    const fields = { ...(await fieldsOf()), body: 'See the picture.' }
    const twice = () => send(`${link}/replies`, fields, [['screen.png', 'bytes of a screen']])
    await twice().expect(303)
    await twice().expect(303)
    const [message, ...more] = await received()
    expect(more).toEqual([])
    expect(message?.attachments).toMatchObject([{ name: 'screen.png', mediaType: 'image/png', size: 17 }])
    const page = await maja.get(`/desk/tickets/${ticketId}`).expect(200)
    const href = /href="([^"]*\/attachments\/1)"/.exec(page.text)?.[1] ?? ''
    const file = await maja.get(href).expect(200)
    expect(file.body.toString()).toBe('bytes of a screen')
    expect(file.headers['x-content-type-options']).toBe('nosniff')
  })

  it('may come without a word, and stand in the list by their names', async () => {
    const fields = { ...(await fieldsOf()), body: ' ' }
    await send(`${link}/replies`, fields).expect(422)
    await send(`${link}/replies`, fields, [['screen.png', 'bytes']]).expect(303)
    expect(await received()).toMatchObject([{ attachments: [{ name: 'screen.png' }] }])
    const list = await maja.get('/desk').expect(200)
    expect(readText(list)).toContain('screen.png')
    expect((await customer.get(link)).text).toContain('screen.png')
  })

  it('are kept as they are uploaded, can be taken off, and go with the message', async () => {
    const fields = await fieldsOf()
    const kept: string[] = []
    for (const name of ['one.png', 'two.png', 'three.png']) {
      const answer = await upload(fields, name, `bytes of ${name}`).expect(201)
      expect(answer.body.files).toMatchObject([{ name, size: `bytes of ${name}`.length }])
      kept.push(answer.body.files[0].id)
    }
    await send(`${link}/files/${kept[1]}/remove`, fields).set('Accept', 'application/json').expect(204)
    await send(`${link}/replies`, { ...fields, body: 'All of it', file: kept }).expect(303)
    expect((await received())[0]?.attachments.map(({ name }) => name)).toEqual(['one.png', 'three.png'])
  })

  it('stay in the form when the message is refused, and without a script too', async () => {
    const fields = { ...(await fieldsOf()), body: 'x'.repeat(100_001) }
    const refused = await send(`${link}/replies`, fields, [['a.txt', 'text']]).expect(422)
    expect(readText(refused)).toContain('That is too long for one message')
    expect(readText(refused)).toContain('a.txt')
    const [id = ''] = fileIds(refused.text)
    const more = await send(`${link}/files`, { ...fields, body: 'Half', file: id }, [
      ['b.txt', 'more'],
    ]).expect(200)
    expect(more.text).toContain('>Half</textarea>')
    const both = fileIds(more.text)
    expect(both).toHaveLength(2)
    const less = await send(`${link}/files/${id}/remove`, { ...fields, body: 'Half', file: both }).expect(200)
    expect(fileIds(less.text)).toEqual(both.filter((one) => one !== id))
    expect(less.text).toContain('>Half</textarea>')
    const large = Buffer.alloc(10_000_001)
    const tooLarge = await send(`${link}/replies`, { ...fields, body: 'Big' }, [['big.bin', large]]).expect(
      413,
    )
    expect(readText(tooLarge)).toContain('a file may have 10 MB')
    expect(tooLarge.text).toContain('>Big</textarea>')
    expect(await received()).toEqual([])
  })

  it('have a name that is no path, and come back only as downloads', async () => {
    const fields = { ...(await fieldsOf()), body: 'Look' }
    await send(`${link}/replies`, fields, [['../../page.html', '<script>alert(1)</script>']]).expect(303)
    const page = await customer.get(link)
    const href = /href="([^"]*\/attachments\/1)" download/.exec(page.text)?.[1] ?? ''
    const file = await customer.get(href).expect(200)
    expect(file.headers['content-disposition']).toBe('attachment; filename=page.html')
    expect(file.headers['content-type']).toBe('application/octet-stream')
    expect(file.headers['x-content-type-options']).toBe('nosniff')
    expect(file.headers['content-security-policy']).toContain('sandbox')
  })

  it("are nobody else's: not by another link, another ticket's address or another's form", async () => {
    const other = await newTicket('boris@example.com')
    const fields = await fieldsOf()
    const { body } = await upload(fields, 'secret.png', 'secret').expect(201)
    const [{ id }] = body.files
    const theirs = await fieldsOf(other.link)
    await send(`${other.link}/files/${id}/remove`, theirs).set('Accept', 'application/json').expect(404)
    await send(`${other.link}/replies`, { ...theirs, body: 'Mine?', file: id }).expect(303)
    const stolen = await test.deps.db.prisma.attachment.count({ where: { ticketId: BigInt(other.ticketId) } })
    expect(stolen).toBe(0)
    await send(`${link}/replies`, { ...fields, body: 'Ours', file: id }).expect(303)
    const [message] = await received()
    const path = `messages/${message?.id}/attachments/1`
    await customer.get(`${link}/${path}`).expect(200)
    await customer.get(`${other.link}/${path}`).expect(404)
    await customer.get(`${other.link}/${path}?ticket=${ticketId}`).expect(404)
    await upload({ ...fields, csrf: 'no' }, 'x.png', 'x').expect(403)
  })

  it('are limited, also in all forms of a ticket together', async () => {
    const fields = await fieldsOf()
    const empty = await upload(fields, 'empty.png', '').expect(422)
    expect(empty.body.errors[0].field).toBe('files')
    await test.deps.db.query(
      'many-files',
      `insert into draft_file (shop_id, ticket_id, contact_id, form_key, name, media_type, size, blob, at)
       select $1, $2, (select id from authorised_contact where shop_id = $1 and buyer and customer_id = (
         select customer_id from ticket where shop_id = $1 and id = $2)), 'form-' || n, 'x', 'a/b', 1, lpad(to_hex(n), 64, '0'), now()
       from generate_series(1, 60) n`,
      [shop.shopId, BigInt(ticketId)],
    )
    const full = await upload(fields, 'one.png', 'more').expect(422)
    expect(full.body.errors[0].message).toContain('too many files wait')
  })

  it('that were never sent are removed with their bytes, those of messages stay', async () => {
    const fields = await fieldsOf()
    await upload(fields, 'left.png', 'left behind').expect(201)
    await send(`${link}/replies`, { ...(await fieldsOf()), body: 'Sent' }, [
      ['sent.png', 'sent bytes'],
    ]).expect(303)
    await test.deps.db.prisma.draftFile.updateMany({ data: { at: new Date('2026-01-01') } })
    await purgeDraftFiles(test.deps)
    expect(await test.deps.db.prisma.draftFile.count({ where: { ticketId: BigInt(ticketId) } })).toBe(0)
    const page = await customer.get(link)
    const href = /href="([^"]*\/attachments\/1)"/.exec(page.text)?.[1] ?? ''
    expect((await customer.get(href).expect(200)).body.toString()).toBe('sent bytes')
  })
})

describe("an agent's files", () => {
  it('are downloads for the customer, but not while the answer can be undone or after it was', async () => {
    const fields = hiddenFields(
      (await maja.get(`/desk/tickets/${ticketId}`)).text,
      `/desk/tickets/${ticketId}/replies`,
    )
    await request(test.app)
      .post(`/desk/tickets/${ticketId}/replies`)
      .set({ Accept: 'text/html', 'Sec-Fetch-Site': 'same-origin', Cookie: maja.cookie ?? '' })
      .field({ ...fields, channel: 'portal', body: 'The manual is with it.' })
      .attach('files', Buffer.from('a manual'), { filename: 'manual.png', contentType: 'image/png' })
      .expect(303)
    const page = await customer.get(link)
    const href = /href="([^"]*\/attachments\/1)" download/.exec(page.text)?.[1] ?? ''
    const file = await customer.get(href).expect(200)
    expect(file.headers['content-disposition']).toContain('attachment')
    const where = {
      shopId: shop.shopId,
      ticketId: BigInt(ticketId),
      channel: 'portal',
      direction: 'outbound',
    }
    const { message } = test.deps.db.prisma
    await message.updateMany({ where, data: { state: 'queued', attempts: 0, dueAt: test.deps.clock.now() } })
    await customer.get(href).expect(404)
    await message.updateMany({ where, data: { state: 'failed', dueAt: null } })
    await customer.get(href).expect(404)
  })
})
