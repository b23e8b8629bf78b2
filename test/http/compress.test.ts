import { get as getRaw, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import request from 'supertest'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { hiddenFields, signInAs, type Visitor } from './visit.ts'

let test: TestApp
let shop: TestShop
let maja: Visitor
let ticketId: string
let address: string
let close: () => Promise<void>

beforeAll(async () => {
  test = await openTestApp()
  shop = await seedShop(test.deps)
  maja = await signInAs(test.app, test.deps, shop.shopId)
  ticketId = (await seedTicket(test.app, test.deps, shop, { credits: 5 })).ticketId
  const server = test.app.listen(0, '127.0.0.1')
  await new Promise((listening) => server.once('listening', listening))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  close = async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
    await test.close()
  }
})
afterAll(() => close?.())

interface Answer {
  status: number | undefined
  headers: IncomingMessage['headers']
  wire: Buffer
}

/** The bytes as they come, which supertest and fetch would already have unpacked. */
function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { accept: 'text/html', cookie: maja.cookie ?? '', 'accept-encoding': 'gzip, br', ...headers }
    getRaw(address + path, { headers: all }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode, headers: answer.headers, wire: Buffer.concat(chunks) }),
      )
    }).on('error', reject)
  })
}

const encodingOf = async (path: string, headers?: Record<string, string>) =>
  (await ask(path, headers)).headers['content-encoding']

describe('a page', () => {
  it('goes compressed as the browser takes it, and is the same page', async () => {
    const page = `/desk/tickets/${ticketId}`
    const plain = await ask(page, { 'accept-encoding': 'identity' })
    const brotli = await ask(page)
    const gzip = await ask(page, { 'accept-encoding': 'gzip' })
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect([brotli.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual(['br', 'gzip'])
    for (const text of [plain.wire, brotliDecompressSync(brotli.wire), gunzipSync(gzip.wire)]) {
      expect(String(text)).toMatch(/^<!doctype html>[\s\S]+The printer is offline[\s\S]+<\/html>$/)
    }
    expect(brotli.wire.length).toBeLessThan(plain.wire.length / 3)
    expect(brotli.headers.vary).toContain('Accept-Encoding')
  })

  it('carries a form token that no other answer carries', async () => {
    const tokens = new Set<string | undefined>()
    for (let times = 0; times < 3; times += 1) {
      const { text } = await maja.get(`/desk/tickets/${ticketId}`).expect(200)
      tokens.add(hiddenFields(text, '/logout').csrf)
      // Within one page it is one, which costs next to nothing after the first.
      expect(new Set([...text.matchAll(/name="csrf" value="([^"]+)"/g)].map(([, csrf]) => csrf)).size).toBe(1)
    }
    expect(tokens.size).toBe(3)
  })

  it('is not compressed when another site made the browser ask for it, unless a person clicked', async () => {
    const forced = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect(await encodingOf('/desk', forced)).toBeUndefined()
    expect(await encodingOf('/desk', { 'sec-fetch-site': 'same-site' })).toBeUndefined()
    expect(await encodingOf('/desk', { ...forced, 'sec-fetch-user': '?1' })).toBe('br')
    expect(await encodingOf('/desk', { 'sec-fetch-site': 'same-origin' })).toBe('br')
    expect(await encodingOf('/desk', { 'sec-fetch-site': 'none' })).toBe('br')
  })
})

describe('what is not a page', () => {
  it('goes as it is when it is small', async () => {
    const answer = await ask('/desk', { cookie: '' })
    expect([answer.status, answer.headers['content-encoding']]).toEqual([303, undefined])
  })

  it('is told at once when it is a stream of events', async () => {
    const first = await new Promise<{ encoding: string | undefined; text: string }>((resolve, reject) => {
      const headers = {
        accept: 'text/event-stream',
        cookie: maja.cookie ?? '',
        'accept-encoding': 'gzip, br',
      }
      const request = getRaw(`${address}/desk/events?ticket=${ticketId}`, { headers }, (answer) => {
        answer.once('data', (chunk: Buffer) => {
          resolve({ encoding: answer.headers['content-encoding'], text: String(chunk) })
          request.destroy()
        })
      }).on('error', reject)
    })
    expect(first.encoding).toBeUndefined()
    expect(first.text).toMatch(/^(:|event|data|retry|id)/m)
  })

  it('goes as it is when it is a picture', async () => {
    const path = `/desk/tickets/${ticketId}/replies`
    const fields = hiddenFields((await maja.get(`/desk/tickets/${ticketId}`)).text, path)
    const sent = request(test.app)
      .post(path)
      .set('Accept', 'text/html')
      .set('Cookie', maja.cookie ?? '')
    for (const [name, value] of Object.entries({ ...fields, channel: 'portal', body: 'See the picture.' }))
      sent.field(name, value)
    await sent
      .attach('files', Buffer.alloc(20_000, 7), { filename: 'shot.png', contentType: 'image/png' })
      .expect(303)
    const { text } = await maja.get(`/desk/tickets/${ticketId}`)
    const answer = await ask(/href="([^"]*\/attachments\/1)"/.exec(text)?.[1] ?? '')
    expect(answer.headers['content-encoding']).toBeUndefined()
    expect(answer.wire).toHaveLength(20_000)
  })
})
