import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { purgeDraftFiles } from '../../src/domain/drafts/purge-draft-files.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor } from './visit.ts'

const test: TestApp = await openTestApp()
let shop: TestShop
let maja: Visitor & { agentId: string }
let luka: Visitor & { agentId: string }
let stranger: Visitor
let ticketId: string

beforeAll(async () => {
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId)
  luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
  const other = await seedShop(test.deps, 'Another')
  stranger = await signInAs(test.app, test.deps, other.shopId)
})
beforeEach(async () => {
  ticketId = (await seedTicket(test.app, test.deps, shop, { credits: 5, phone: '+38640123456' })).ticketId
})
afterAll(() => test.close())

const at = (path: string) => `/desk/tickets/${ticketId}/${path}`
const open = (who: Visitor) => who.get(`/desk/tickets/${ticketId}`).expect(200)
const fieldsOf = async (who: Visitor) => hiddenFields((await open(who)).text, at('replies'))
const draftIn = (html: string) => /<textarea[^>]*name="body"[^>]*>([^<]*)</.exec(html)?.[1] ?? ''
const messages = () =>
  test.deps.db.prisma.message.findMany({
    where: { shopId: shop.shopId, ticketId: BigInt(ticketId), direction: { not: 'inbound' } },
    include: { attachments: true },
    orderBy: { id: 'asc' },
  })

async function save(who: Visitor, body: string, more: { key?: string; files?: string[] } = {}) {
  const { csrf = '', idempotencyKey = '' } = await fieldsOf(who)
  const sent = { channel: 'email', body, key: more.key ?? idempotencyKey, files: more.files ?? [] }
  return who.postJson(at('draft'), sent, csrf)
}

/** As a browser sends the composer with files chosen and no script. */
function sendWith(
  who: Visitor,
  path: string,
  fields: Record<string, string | string[]>,
  files: { name: string; bytes: Buffer }[] = [],
) {
  const sent = request(test.app)
    .post(path)
    .set('Accept', 'text/html')
    .set('Sec-Fetch-Site', 'same-origin')
    .set('Cookie', who.cookie ?? '')
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) sent.field(name, one)
  for (const { name, bytes } of files)
    sent.attach('files', bytes, { filename: name, contentType: 'image/png' })
  return sent
}

const png = (text: string) => ({ name: `${text}.png`, bytes: Buffer.from(`bytes of ${text}`) })
const fileIds = (html: string) => [...html.matchAll(/name="file" value="(\d+)"/g)].map(([, id]) => id ?? '')

describe('a draft', () => {
  it('is there again on the next look, for its agent alone, and gone once it was sent', async () => {
    await save(maja, 'Half a thou').then((answer) => expect(answer.status).toBe(200))
    const page = await open(maja)
    expect(draftIn(page.text)).toBe('Half a thou')
    expect(draftIn((await open(luka)).text)).toBe('')
    await maja.submit(page, at('replies'), { channel: 'email', body: 'Half a thought.' }).expect(303)
    expect(draftIn((await open(maja)).text)).toBe('')
  })

  it('stays sent when a late save comes after it, or the process died before it was removed', async () => {
    const { idempotencyKey = '' } = await fieldsOf(maja)
    const page = await open(maja)
    await maja.submit(page, at('replies'), { channel: 'email', body: 'Sent.', idempotencyKey }).expect(303)
    await save(maja, 'Sent.', { key: idempotencyKey })
    expect(draftIn((await open(maja)).text)).toBe('')
    const note = randomUUID()
    const fields = await fieldsOf(maja)
    await maja
      .post(at('replies'), { ...fields, channel: 'note', body: 'Noted.', idempotencyKey: note })
      .expect(303)
    await save(maja, 'Noted.', { key: note })
    expect(draftIn((await open(maja)).text)).toBe('')
  })

  it('is sent once from two tabs, which share its key', async () => {
    await save(maja, 'From two tabs')
    const [one, two] = [await open(maja), await open(maja)]
    for (const page of [one, two]) {
      await maja.submit(page, at('replies'), { channel: 'email', body: 'From two tabs' }).expect(303)
    }
    expect((await messages()).filter(({ body }) => body === 'From two tabs')).toHaveLength(1)
  })

  it('is forgotten when it is emptied, and refused where it is not the agent’s to write', async () => {
    await save(maja, 'Words')
    await save(maja, '  ')
    expect(draftIn((await open(maja)).text)).toBe('')
    const csrf = (await fieldsOf(maja)).csrf ?? ''
    const draft = { channel: 'email', body: 'x', key: randomUUID(), files: [] }
    await maja.postJson('/desk/tickets/999999/draft', draft, csrf).expect(404)
    await maja.postJson(at('draft'), draft, 'forged').expect(403)
    await stranger.postJson(at('draft'), draft, csrf).expect(403)
    await maja.postJson(at('draft'), { ...draft, body: 'x'.repeat(100_001) }, csrf).expect(422)
  })
})

describe('the list', () => {
  it('marks the ticket for who began an answer there, until it is sent, in as few statements as before', async () => {
    const marks = async (who: Visitor, path = '/desk?view=all') =>
      ((await who.get(path)).text.match(/mark-draft/g) ?? []).length
    await save(maja, 'Begun')
    test.statements()
    expect(await marks(maja)).toBe(1)
    expect(test.statements()).toHaveLength(2)
    expect(await marks(maja, '/desk?q=printer')).toBe(1)
    // The first search brought in what was written just now.
    test.statements()
    expect(await marks(maja, '/desk?q=printer')).toBe(1)
    expect(test.statements().length).toBeLessThanOrEqual(3)
    expect(await marks(maja, `/desk/tickets/${ticketId}?view=all`)).toBe(1)
    expect(await marks(luka)).toBe(0)
    await maja.submit(await open(maja), at('replies'), { channel: 'email', body: 'Done.' }).expect(303)
    expect(await marks(maja)).toBe(0)
  })
})

describe('files of an answer', () => {
  it('go out with it, without a script, and can be read on the ticket', async () => {
    const fields = await fieldsOf(maja)
    await sendWith(maja, at('replies'), { ...fields, channel: 'email', body: 'See the picture.' }, [
      png('before'),
      png('after'),
    ]).expect(303)
    const [sent] = await messages()
    expect(sent?.attachments.map(({ name }) => name)).toEqual(['before.png', 'after.png'])
    const page = await open(maja)
    expect(fileIds(page.text)).toEqual([])
    const href = /href="([^"]*\/attachments\/1)"/.exec(page.text)?.[1] ?? ''
    const file = await maja.get(href).expect(200)
    expect(file.headers['content-security-policy']).toContain('sandbox')
    expect(Buffer.from(file.body as Buffer).toString()).toBe('bytes of before')
  })

  it('are kept by a button of their own, taken off by another, with the text kept', async () => {
    const fields = await fieldsOf(maja)
    const given = { ...fields, channel: 'email', body: 'Not yet' }
    await sendWith(maja, at('files'), given, [png('one'), png('two')]).expect(303)
    const page = await open(maja)
    expect(draftIn(page.text)).toBe('Not yet')
    const [one, two] = fileIds(page.text)
    expect([one, two].map((id) => typeof id)).toEqual(['string', 'string'])
    await sendWith(maja, at(`files/${one}/remove`), { ...given, file: [one ?? '', two ?? ''] }).expect(303)
    expect(fileIds((await open(maja)).text)).toEqual([two])
    expect(fileIds((await open(luka)).text)).toEqual([])
  })

  it('are uploaded by the script one by one, and named by the form', async () => {
    const { csrf = '', idempotencyKey = '' } = await fieldsOf(maja)
    const answer = await request(test.app)
      .post(at('files'))
      .set('Accept', 'application/json')
      .set('Cookie', maja.cookie ?? '')
      .field('csrf', csrf)
      .field('idempotencyKey', idempotencyKey)
      .attach('files', Buffer.from('x'), { filename: '../../etc/\u202egnp.exe', contentType: 'text/html' })
      .expect(201)
    const [file] = (answer.body as { files: { id: string; name: string }[] }).files
    expect(file?.name).toBe('gnp.exe')
    const fields = { ...(await fieldsOf(maja)), file: file?.id ?? '' }
    await maja.post(at('replies'), { ...fields, channel: 'email', body: 'Here.' }).expect(303)
    expect((await messages())[0]?.attachments).toMatchObject([{ name: 'gnp.exe', mediaType: 'text/html' }])
    const page = await open(maja)
    const href = /href="([^"]*\/attachments\/1)"/.exec(page.text)?.[1] ?? ''
    const served = await maja.get(href).expect(200)
    expect(served.headers['content-type']).toContain('application/octet-stream')
    expect(served.headers['content-disposition']).toContain('attachment')
  })

  it('are refused on an SMS with the mend, and are still there', async () => {
    const fields = await fieldsOf(maja)
    const answer = await sendWith(maja, at('replies'), { ...fields, channel: 'sms', body: 'Look' }, [
      png('shot'),
    ]).expect(422)
    expect(readText(answer)).toContain('files go by e-mail and to the private page only')
    expect(draftIn(answer.text)).toBe('Look')
    const ids = fileIds(answer.text)
    expect(ids).toHaveLength(1)
    expect(await messages()).toEqual([])
    const again = hiddenFields(answer.text, at('replies'))
    await maja.post(at('replies'), { ...again, channel: 'portal', body: 'Look' }).expect(303)
    expect((await messages())[0]?.attachments).toHaveLength(1)
  })

  it('have limits that are named, and the text is not lost with them', async () => {
    const fields = await fieldsOf(maja)
    const large = { name: 'film.mp4', bytes: Buffer.alloc(10_000_001) }
    const answer = await sendWith(maja, at('replies'), { ...fields, channel: 'email', body: 'My text' }, [
      large,
    ]).expect(413)
    expect(readText(answer)).toContain('a file may have 10 MB, all files of a message 15 MB')
    expect(draftIn(answer.text)).toBe('My text')
    expect(await messages()).toEqual([])
    const two = [1, 2].map((n) => ({ name: `${n}.bin`, bytes: Buffer.alloc(8_000_000, n) }))
    const most = await sendWith(maja, at('replies'), { ...fields, channel: 'email', body: 'My text' }, two)
    expect([most.status, draftIn(most.text)]).toEqual([413, 'My text'])
    // One after the other they are together as many.
    await sendWith(
      maja,
      at('files'),
      { ...fields, channel: 'email', body: 'My text' },
      two.slice(0, 1),
    ).expect(303)
    await sendWith(
      maja,
      at('replies'),
      { ...fields, channel: 'email', body: 'My text' },
      two.slice(1),
    ).expect(422)
    expect(await messages()).toEqual([])
  })

  it('of somebody else cannot be sent', async () => {
    const fields = await fieldsOf(maja)
    await sendWith(maja, at('files'), { ...fields, channel: 'email', body: '' }, [png('mine')]).expect(303)
    const [id = ''] = fileIds((await open(maja)).text)
    const others = await fieldsOf(luka)
    await luka.post(at('replies'), { ...others, channel: 'email', body: 'Mine?', file: id }).expect(303)
    expect((await messages())[0]?.attachments).toEqual([])
  })
})

describe('a form that is sent again', () => {
  it('with its files is one answer, charged once: a line was cut after the server had it', async () => {
    const fields = { ...(await fieldsOf(maja)), channel: 'email', body: 'Once.' }
    for (let turn = 0; turn < 3; turn++) {
      await sendWith(maja, at('replies'), fields, [png('proof')]).expect(303)
    }
    const sent = await messages()
    expect(sent).toHaveLength(1)
    expect(sent[0]?.attachments).toHaveLength(1)
    const entries = await test.deps.db.prisma.ledgerEntry.count({
      where: { shopId: shop.shopId, kind: 'spend', causeId: `${ticketId}:${sent[0]?.id}` },
    })
    expect(entries).toBe(1)
    expect(fileIds((await open(maja)).text)).toEqual([])
  })

  it('is one note too, and another text under its key is told', async () => {
    const fields = { ...(await fieldsOf(maja)), channel: 'note', body: 'Noted once.' }
    await Promise.all([1, 2, 3].map(() => maja.post(at('replies'), fields).expect(303)))
    expect(await messages()).toHaveLength(1)
    const answer = await maja.post(at('replies'), { ...fields, body: 'Another.' })
    expect(answer.status).toBe(409)
    expect(draftIn(answer.text)).toBe('Another.')
  })
})

describe('send and', () => {
  it('close, or keep open; without a choice the ticket waits', async () => {
    for (const [then, status] of [
      ['closed', 'closed'],
      ['open', 'open'],
      ['', 'waiting'],
    ] as const) {
      const fields = await fieldsOf(maja)
      await maja.post(at('replies'), { ...fields, channel: 'email', body: `And ${then}`, then }).expect(303)
      const ticket = await test.deps.db.prisma.ticket.findFirstOrThrow({
        where: { shopId: shop.shopId, id: BigInt(ticketId) },
      })
      expect(ticket.status).toBe(status)
    }
  })
})

describe('too few credits', () => {
  let poor: string
  beforeEach(async () => {
    poor = (await seedTicket(test.app, test.deps, shop, {})).ticketId
    ticketId = poor
  })

  it('offer to ask the customer, once, and keep the draft', async () => {
    for (let turn = 0; turn < 2; turn++) {
      const fields = await fieldsOf(luka)
      await luka.post(at('top-up-request'), { ...fields, channel: 'email', body: 'My answer' }).expect(303)
    }
    expect(await messages()).toMatchObject([{ template: 'credits-needed', state: 'queued', units: 0n }])
    const page = await open(luka)
    expect(draftIn(page.text)).toBe('My answer')
    expect(readText(page)).toContain('Asked to top up')
    expect(page.text).not.toContain(`action="${at('goodwill')}"`)
  })

  it('may be made up for by a supervisor, who gives just what is missing, once, and sends', async () => {
    const fields = { ...(await fieldsOf(maja)), channel: 'email', body: 'On us.', goodwillReason: 'apology' }
    for (let turn = 0; turn < 2; turn++) await maja.post(at('goodwill'), fields).expect(303)
    expect(await messages()).toMatchObject([{ body: 'On us.', units: 100n }])
    const { customerId } = await test.deps.db.prisma.ticket.findFirstOrThrow({
      where: { shopId: shop.shopId, id: BigInt(poor) },
    })
    const grants = await test.deps.db.prisma.creditGrant.findMany({
      where: { shopId: shop.shopId, customerId },
    })
    expect(grants).toMatchObject([{ source: 'goodwill', entitled: 100n, consumed: 100n }])
  })

  it('are no agent’s to give', async () => {
    const fields = { ...(await fieldsOf(luka)), channel: 'email', body: 'On us.', goodwillReason: 'apology' }
    const answer = await luka.post(at('goodwill'), fields)
    expect(answer.status).toBe(403)
    expect(readText(answer)).toContain('a supervisor’s matter'.replace('’', "'"))
    expect(draftIn(answer.text)).toBe('On us.')
    expect(await messages()).toEqual([])
  })
})

it('files that nobody sent are removed in time, and bytes that something else names are kept', async () => {
  const fields = await fieldsOf(maja)
  await sendWith(maja, at('replies'), { ...fields, channel: 'email', body: 'With' }, [png('kept')]).expect(
    303,
  )
  const more = await fieldsOf(maja)
  await sendWith(maja, at('files'), { ...more, channel: 'email', body: '' }, [
    png('kept'),
    png('lost'),
  ]).expect(303)
  const where = { where: { shopId: shop.shopId, ticketId: BigInt(ticketId) } }
  const rows = await test.deps.db.prisma.draftFile.findMany({ ...where, orderBy: { id: 'asc' } })
  expect(rows.map(({ name }) => name)).toEqual(['kept.png', 'kept.png', 'lost.png'])
  expect(await purgeDraftFiles(test.deps)).toBe(0)
  const later = { ...test.deps, clock: { now: () => new Date(Date.now() + 31 * 86_400_000) } }
  expect(await purgeDraftFiles(later)).toBeGreaterThanOrEqual(3)
  expect(await test.deps.db.prisma.draftFile.count(where)).toBe(0)
  expect(await test.deps.blobs.get(rows[0]?.blob ?? '')).toBeDefined()
  expect(await test.deps.blobs.get(rows[2]?.blob ?? '')).toBeUndefined()
})
