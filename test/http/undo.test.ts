import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { changeSettings } from '../../src/domain/shops/change-settings.ts'
import { mergeTickets } from '../../src/domain/tickets/acts/merge-tickets.ts'
import { claimOutgoing } from '../../src/domain/tickets/load-outgoing.ts'
import { portalUrl } from '../../src/domain/tickets/render-outgoing.ts'
import { answerMisfit } from './api/documented.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, readText, signInAs, type Visitor, visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let luka: Visitor
let ticketId: string
let customerId: string

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  luka = await signInAs(test.app, test.deps, shop.shopId, 'agent')
  await changeSettings(test.deps, { actor: 'cli', shopId: shop.shopId, undoSeconds: 10 })
})
afterAll(() => test.close())
beforeEach(async () => {
  ;({ ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { credits: 3 }))
})

const words = 'Have you tried turning it off?'
const api = (path: string, body?: object) =>
  request(test.app).post(`/api/v1${path}`).set('Authorization', `Bearer ${shop.writeKey}`).send(body)
const answer = async () => {
  const body = { channel: 'email', body: words, idempotencyKey: `undo-${ticketId}` }
  return (await api(`/tickets/${ticketId}/replies`, body).expect(201)).body.message.id as string
}
const claim = (messageId: string) =>
  claimOutgoing(
    test.deps.db,
    { shopId: shop.shopId, ticketId: BigInt(ticketId), messageId: BigInt(messageId) },
    new Date(),
  )
const available = async () => {
  const [row] = await test.deps.db.query<{ available: bigint }>(
    'test-available',
    'select available from account where customer_id = $1',
    [BigInt(customerId)],
  )
  return row?.available
}

const portalPath = async () => {
  const [ticket] = await test.deps.db.query<{ link_version: number }>(
    'test-link',
    'select link_version from ticket where id = $1',
    [BigInt(ticketId)],
  )
  const url = portalUrl(test.deps, {
    shopId: shop.shopId,
    ticketId: BigInt(ticketId),
    customerId: BigInt(customerId),
    linkVersion: ticket?.link_version ?? 0,
  })
  return new URL(url).pathname
}

/** Sends an answer with files by the composer's form, and returns where it is undone. */
async function answerWith(files: string[], fields: Record<string, string | string[]> = {}): Promise<string> {
  const replies = `/desk/tickets/${ticketId}/replies`
  const page = await luka.get(`/desk/tickets/${ticketId}`)
  const sent = request(test.app)
    .post(replies)
    .set('Accept', 'text/html')
    .set('Sec-Fetch-Site', 'same-origin')
    .set('Cookie', luka.cookie ?? '')
  const form = { ...hiddenFields(page.text, replies), channel: 'email', body: words, ...fields }
  for (const [name, value] of Object.entries(form)) for (const one of [value].flat()) sent.field(name, one)
  for (const name of files) sent.attach('files', Buffer.from(`bytes of ${name}`), { filename: name })
  await sent.expect(303)
  const shown = await luka.get(`/desk/tickets/${ticketId}`)
  return /action="(\/desk\/tickets\/\d+\/messages\/\d+\/undo)"/.exec(shown.text)?.[1] ?? ''
}

/** What the composer holds. */
async function composer() {
  const { text } = await luka.get(`/desk/tickets/${ticketId}`)
  return {
    body: /<textarea[^>]*name="body"[^>]*>([^<]*)</.exec(text)?.[1],
    files: [...text.matchAll(/name="file" value="(\d+)"/g)].map(([, id]) => id ?? ''),
    channel: /name="channel" value="(\w+)"[^>]* checked/.exec(text)?.[1],
    key: hiddenFields(text, `/desk/tickets/${ticketId}/replies`).idempotencyKey ?? '',
  }
}

/** Presses the button, so many times. */
async function undo(path: string, times = 1): Promise<void> {
  const page = await luka.get(`/desk/tickets/${ticketId}`)
  for (let time = 0; time < times; time++) await luka.submit(page, path, {}).expect(303)
}

describe('Undo on the desk', () => {
  it('gives the words back to the composer, without scripts', async () => {
    const page = await luka.get(`/desk/tickets/${ticketId}`)
    const replies = `/desk/tickets/${ticketId}/replies`
    await luka.submit(page, replies, { channel: 'email', body: words }).expect(303)
    const sent = await luka.get(`/desk/tickets/${ticketId}`)
    const undo = /action="(\/desk\/tickets\/\d+\/messages\/\d+\/undo)"/.exec(sent.text)?.[1] ?? ''
    expect(await available()).toBe(200n)
    const done = await luka.submit(sent, undo, {}).expect(303)
    expect(done.headers.location).toMatch(/\?undone=\d+#composer$/)
    expect(await available()).toBe(300n)
    const again = await luka.get(String(done.headers.location).split('#')[0] ?? '')
    expect(/<textarea[^>]*>([^<]*)</.exec(again.text)?.[1]).toBe(words)
    expect(readText(again)).toContain('took an answer back before it was sent')
    // A second click of the same button shows the same.
    const second = await luka.submit(sent, undo, {}).expect(303)
    expect(second.headers.location).toMatch(/\?undone=/)
    expect(await available()).toBe(300n)
    await luka.submit(again, replies, { channel: 'email', body: 'Better words.' }).expect(303)
    expect(await available()).toBe(200n)
  })

  it('brings back the files too, to be sent again with better words, once', async () => {
    const path = await answerWith(['one.png', 'two.png'])
    await undo(path, 2)
    const { files, body, key } = await composer()
    expect([body, files.length]).toEqual([words, 2])
    await answerWith([], { body: 'Better words.', file: files })
    const sent = await test.deps.db.prisma.message.findFirstOrThrow({
      where: { shopId: shop.shopId, ticketId: BigInt(ticketId), body: 'Better words.' },
      include: { attachments: { orderBy: { position: 'asc' } } },
    })
    expect(sent.attachments.map(({ name }) => name)).toEqual(['one.png', 'two.png'])
    const after = await composer()
    expect([after.body, after.files]).toEqual(['', []])
    expect(after.key).not.toBe(key)
  })

  it('puts them before what was written meanwhile, and never a note into an answer', async () => {
    for (const [channel, kept] of [
      ['email', 'email'],
      ['note', 'note'],
    ]) {
      const path = await answerWith(['one.png'])
      const { csrf = '', idempotencyKey = '' } = hiddenFields(
        (await luka.get(`/desk/tickets/${ticketId}`)).text,
        `/desk/tickets/${ticketId}/replies`,
      )
      const draft = { channel, body: 'And then?', key: idempotencyKey, files: [] }
      await luka.postJson(`/desk/tickets/${ticketId}/draft`, draft, csrf).expect(200)
      await undo(path)
      const { body, files, channel: selected } = await composer()
      expect([body, files.length, selected]).toEqual([`${words}\n\nAnd then?`, 1, kept])
      await luka.postJson(`/desk/tickets/${ticketId}/draft`, { ...draft, body: '' }, csrf).expect(200)
    }
  })

  it('says so when the sending has begun', async () => {
    const messageId = await answer()
    const page = await luka.get(`/desk/tickets/${ticketId}`)
    await claim(messageId)
    const path = `/desk/tickets/${ticketId}/messages/${messageId}/undo`
    const late = await luka.submit(page, path, {}).expect(303)
    const told = await luka.get(String(late.headers.location).split('#')[0] ?? '')
    expect(readText(told)).toContain('It could not be taken back: its sending had begun.')
    expect(await available()).toBe(200n)
  })

  it('on a ticket that went into another does all of this on the other', async () => {
    const email = 'merged@example.com'
    const other = await seedTicket(test.app, test.deps, shop, { email })
    ;({ ticketId, customerId } = await seedTicket(test.app, test.deps, shop, { credits: 3, email }))
    const [path, late] = [await answerWith(['one.png']), await answer()]
    const by = { actor: 'agent:1', name: 'Luka' }
    const [source, target] = [BigInt(ticketId), BigInt(other.ticketId)]
    await mergeTickets(test.deps, { shopId: shop.shopId, sourceIds: [source], targetId: target, by })
    const page = await luka.get(`/desk/tickets/${other.ticketId}`)
    await claim(late)
    ticketId = other.ticketId
    const done = await luka.submit(page, path, {}).expect(303)
    const shown = await luka.get(String(done.headers.location).split('#')[0] ?? '').expect(303)
    expect(shown.headers.location).toMatch(new RegExp(`^/desk/tickets/${ticketId}\\?undone=\\d+$`))
    const { body, files } = await composer()
    expect([body, files.length]).toEqual([words, 1])
    const outcome = await luka.submit(page, path.replace(/\d+\/undo/, `${late}/undo`), {}).expect(303)
    const told = await luka.get(String(outcome.headers.location).split('#')[0] ?? '').expect(303)
    expect(readText(await luka.get(String(told.headers.location)))).toContain('its sending had begun')
  })

  it('shows why a send was put off, and when it is tried next', async () => {
    const messageId = await answer()
    await test.deps.db.query(
      'test-put-off',
      `update message set error = '451 Greylisted', attempts = 1, due_at = now() + interval '5 minutes' where id = $1`,
      [BigInt(messageId)],
    )
    const text = readText(await luka.get(`/desk/tickets/${ticketId}`))
    expect(text).toMatch(/451 Greylisted Next try: \d/)
  })
})

describe('the private page', () => {
  it('does not show an answer that may still be undone, and shows it once its sending began', async () => {
    const messageId = await answer()
    const path = await portalPath()
    const read = async () => readText(await visitor(test.app).get(path))
    expect(await read()).not.toContain(words)
    await claim(messageId)
    expect(await read()).toContain(words)
  })

  it('gives out no file of an answer that may still be undone, was, or failed, but does of one that went out', async () => {
    const undoPath = await answerWith(['secret.png'])
    const messageId = /messages\/(\d+)\/undo/.exec(undoPath)?.[1] ?? ''
    const file = `${await portalPath()}/messages/${messageId}/attachments/1`
    const get = () => visitor(test.app).get(file)
    await get().expect(404)
    await undo(undoPath)
    await get().expect(404)
    await luka.get(`/desk/tickets/${ticketId}/messages/${messageId}/attachments/1`).expect(200)

    const sent = /messages\/(\d+)\/undo/.exec(await answerWith(['plain.png']))?.[1] ?? ''
    await claim(sent)
    const plain = `${await portalPath()}/messages/${sent}/attachments/1`
    await visitor(test.app).get(plain).expect(200)
    // Put off by its server it has been tried, and may have been read.
    await test.deps.db.query(
      'test-put-off-again',
      `update message set state = 'queued', due_at = now() + interval '5 minutes' where id = $1`,
      [BigInt(sent)],
    )
    await visitor(test.app).get(plain).expect(200)
    await test.deps.db.query('test-fail', `update message set state = 'failed' where id = $1`, [BigInt(sent)])
    await visitor(test.app).get(plain).expect(404)
  })
})

describe('POST tickets/{id}/messages/{messageId}/undo', () => {
  const path = '/tickets/{id}/messages/{messageId}/undo'

  it('takes the answer back with its charge, with or without a body', async () => {
    const messageId = await answer()
    const done = await api(`/tickets/${ticketId}/messages/${messageId}/undo`).expect(200)
    expect(done.body).toMatchObject({ state: 'undone', channel: 'email', body: words, credits: 1 })
    expect(done.body.balance.available).toBe(3)
    expect(answerMisfit('post', path, done.status, done.body)).toBeUndefined()
    const ticket = await request(test.app)
      .get(`/api/v1/tickets/${ticketId}`)
      .set('Authorization', `Bearer ${shop.readKey}`)
    expect(ticket.body.status).toBe('open')
    expect(ticket.body.messages.at(-1)).toMatchObject({ id: messageId, state: 'undone', dueAt: null })
  })

  it('answers 409 with the state when the sending has begun', async () => {
    const messageId = await answer()
    await claim(messageId)
    const late = await api(`/tickets/${ticketId}/messages/${messageId}/undo`, { agent: shop.agent.email })
    expect([late.status, late.body.code, late.body.state]).toEqual([409, 'message_not_queued', 'sending'])
    expect(answerMisfit('post', path, late.status, late.body)).toBeUndefined()
    expect(await available()).toBe(200n)
  })
})
