import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { processMail } from '../../src/domain/mail/process-mail.ts'
import { receiveMail } from '../../src/domain/mail/receive-mail.ts'
import { portalToken, replyToken } from '../../src/domain/secrets/links.ts'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { readText, signInAs, type Visitor, visitor } from './visit.ts'

let app: TestApp
let shop: TestShop
let maja: Visitor
let ticketId: string
let customerId: string
let messageId: bigint

const picture = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

const html = `<p>It shows <b>this</b>:</p><img src="cid:shot@x" alt="screen"><img src="https://tracker.example/p.gif?a=1&b=2">
<script>alert(1)</script><a href="javascript:alert(1)" onclick="alert(1)">x</a><form action="https://evil.example"><input name=a></form>
<style>body{display:none}</style><iframe src="https://evil.example"></iframe><blockquote>earlier</blockquote>`

beforeAll(async () => {
  app = await openTestApp()
  shop = await seedShop(app.deps)
  maja = await signInAs(app.app, app.deps, shop.shopId, 'agent')
  ;({ ticketId, customerId } = await seedTicket(app.app, app.deps, shop, { email: 'ana@example.com' }))
  const to = `reply+${replyToken(app.deps.keyring, { shopId: shop.shopId, ticketId: BigInt(ticketId) })}@desk.example`
  const raw = [
    'From: Ana <ana@example.com>',
    `To: ${to}`,
    'Subject: Re: The printer is offline',
    'Message-ID: <html@example.com>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary=mixed',
    '',
    '--mixed',
    'Content-Type: multipart/related; boundary=related',
    '',
    '--related',
    'Content-Type: multipart/alternative; boundary=alternative',
    '',
    '--alternative',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'It shows this:',
    '--alternative',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '--alternative--',
    '--related',
    'Content-Type: image/png',
    'Content-ID: <shot@x>',
    'Content-Disposition: inline; filename=shot.png',
    'Content-Transfer-Encoding: base64',
    '',
    picture.toString('base64'),
    '--related--',
    '--mixed',
    'Content-Type: text/html; name="bill.html"',
    'Content-Disposition: attachment; filename="bill.html"',
    '',
    '<script>alert(1)</script>',
    '--mixed--',
    '',
  ].join('\r\n')
  const received = await receiveMail(app.deps, {
    door: 'smtp',
    key: 'one',
    raw: Buffer.from(raw),
    envelopeTo: [to],
  })
  await processMail(app.deps, { mailId: received?.mailId ?? 0n })
  const message = await app.deps.db.prisma.message.findFirstOrThrow({ where: { mailId: 'html@example.com' } })
  messageId = message.id
})

afterAll(() => app.close())

const fileOf = (position: number, ticket = ticketId) =>
  `/desk/tickets/${ticket}/messages/${messageId}/attachments/${position}`

test('the conversation shows the words of a mail, names its files, and leaves its formatting to a frame', async () => {
  const page = await maja.get(`/desk/tickets/${ticketId}`).expect(200)
  expect(readText(page)).toContain('It shows this:')
  expect(readText(page)).toContain('bill.html 25 byte')
  expect(page.text).toContain(`src="/desk/tickets/${ticketId}/messages/${messageId}/html"`)
  // Its picture stands within the formatted mail.
  expect(readText(page)).not.toContain('shot.png')
  expect(page.text).not.toContain('tracker.example')
})

test('the formatted mail runs nothing, loads nothing from elsewhere, and shows its own picture', async () => {
  const address = `/desk/tickets/${ticketId}/messages/${messageId}/html`
  const frame = await maja.get(address).expect(200)
  expect(frame.headers['content-security-policy']).toMatch(/default-src 'none'.*img-src 'self';.*sandbox/)
  expect(frame.headers['content-security-policy']).not.toContain('allow-scripts')
  expect(frame.text).toContain('<b>this</b>')
  expect(frame.text).toContain(`src="${fileOf(1)}"`)
  expect(frame.text).not.toMatch(/<script|onclick|javascript:|<form|<input|<iframe|display:none/i)
  expect(frame.text).not.toMatch(/ src="http/)
  expect(frame.text).toContain('<a href="?pictures=1" target="_self">Show pictures</a>')
  const asked = await maja.get(`${address}?pictures=1`).expect(200)
  expect(asked.text).toContain('src="https://tracker.example/p.gif?a=1&amp;b=2"')
  expect(asked.text).not.toContain('pictures=1')
  expect(asked.headers['content-security-policy']).toContain("img-src 'self' https: http:")
})

test('a picture opens in the browser; what could run is only ever saved', async () => {
  const shot = await maja.get(fileOf(1)).expect(200)
  expect(shot.headers['content-type']).toBe('image/png')
  expect(shot.body).toEqual(picture)
  const bill = await maja.get(fileOf(2)).expect(200)
  expect(bill.headers['content-type']).toBe('application/octet-stream')
  expect(bill.headers['content-disposition']).toMatch(/^attachment; filename="?bill\.html"?$/)
  for (const file of [shot, bill]) {
    expect(file.headers['x-content-type-options']).toBe('nosniff')
    expect(file.headers['content-security-policy']).toContain('sandbox')
  }
})

test('files are found by those who may see the message, and by nobody else', async () => {
  await maja.get(fileOf(3)).expect(404)
  const { ticketId: other } = await seedTicket(app.app, app.deps, shop)
  await maja.get(fileOf(1, other)).expect(404)
  const elsewhere = await seedShop(app.deps, 'Elsewhere')
  const stranger = await signInAs(app.app, app.deps, elsewhere.shopId, 'owner')
  await stranger.get(fileOf(1)).expect(404)
  await stranger.get(`/desk/tickets/${ticketId}/messages/${messageId}/html`).expect(404)
  await visitor(app.app).get(fileOf(1)).expect(303)
})

test('the customer sees the own files on the private page, and not those of notes', async () => {
  const ana = visitor(app.app)
  const token = portalToken(app.deps.keyring, {
    shopId: shop.shopId,
    customerId: BigInt(customerId),
    ticketId: BigInt(ticketId),
    version: 1,
  })
  const page = await ana.get(`/portal/${token}`).expect(200)
  const href = `/portal/${token}/messages/${messageId}/attachments/2`
  expect(page.text).toContain(`href="${href}"`)
  await ana.get(href).expect(200)
  await app.deps.db.prisma.message.updateMany({
    where: { id: messageId },
    data: { direction: 'note', channel: 'note', state: 'noted' },
  })
  await ana.get(href).expect(404)
})

test('mail of strangers waits in a list, and becomes a ticket by a click', async () => {
  const raw =
    'From: Nina <nina@example.net>\r\nTo: support@desk.example\r\nSubject: A question\r\nMessage-ID: <n1@example.net>\r\n\r\nDo you repair?\r\n'
  const received = await receiveMail(app.deps, {
    door: 'smtp',
    key: 'nina',
    raw: Buffer.from(raw),
    envelopeTo: [],
  })
  const mailId = received?.mailId ?? 0n
  // There are two shops by now, so nobody can tell which of them is meant.
  await app.deps.db.prisma.shop.update({
    where: { id: shop.shopId },
    data: { mailAddress: 'support@desk.example' },
  })
  await processMail(app.deps, { mailId })
  const page = await maja.get('/desk/mail').expect(200)
  expect(readText(page)).toContain('nina@example.net · has no account here')
  const saved = await maja.get(`/desk/mail/${mailId}/raw`).expect(200)
  expect(saved.headers['content-disposition']).toContain(`mail-${mailId}.eml`)
  expect(saved.body.toString()).toBe(raw)
  await maja.submit(await maja.get('/desk/mail'), `/desk/mail/${mailId}`, { decision: 'ticket' }).expect(303)
  await processMail(app.deps, { mailId })
  const mail = await app.deps.db.prisma.incomingMail.findUniqueOrThrow({ where: { id: mailId } })
  expect(mail).toMatchObject({ state: 'processed', verdict: 'new_ticket' })
  expect(readText(await maja.get(`/desk/tickets/${mail.ticketId}`).expect(200))).toContain('Do you repair?')
  expect(readText(await maja.get('/desk/mail').expect(200))).not.toContain('nina@example.net')
})

test('a mail is put aside, and found again among those', async () => {
  const { id } = await app.deps.db.prisma.incomingMail.create({
    data: {
      door: 'smtp',
      doorKey: 'aside',
      envelopeTo: [],
      blob: await app.deps.blobs.put(Buffer.from('x')),
      size: 1,
      state: 'failed',
      verdict: 'unreadable',
      reason: 'It is no mail.',
      subject: 'Odd one',
      shopId: shop.shopId,
      receivedAt: new Date(),
      processedAt: new Date(),
    },
  })
  await maja.submit(await maja.get('/desk/mail'), `/desk/mail/${id}`, { decision: 'dismiss' }).expect(303)
  expect(readText(await maja.get('/desk/mail').expect(200))).not.toContain('Odd one')
  expect(readText(await maja.get('/desk/mail?view=ignored').expect(200))).toContain('Odd one')
})
