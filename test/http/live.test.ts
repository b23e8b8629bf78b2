import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openTestApp, seedShop, seedTicket, type TestApp, type TestShop } from './open-app.ts'
import { signInAs, type Visitor } from './visit.ts'

const test: TestApp = await openTestApp()
const server = createServer(test.app).listen(0, '127.0.0.1')
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
  ticketId = (await seedTicket(test.app, test.deps, shop, { credits: 5 })).ticketId
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await test.close()
})

/** The stream as a browser's EventSource reads it. */
async function listen(who: Visitor, query = '') {
  const { port } = server.address() as AddressInfo
  const stop = new AbortController()
  const answer = await fetch(`http://127.0.0.1:${port}/desk/events${query}`, {
    headers: { accept: 'text/event-stream', cookie: who.cookie ?? '' },
    signal: stop.signal,
    redirect: 'manual',
  })
  let text = ''
  let ended = false
  const read = async () => {
    for await (const chunk of answer.body ?? []) text += Buffer.from(chunk as Uint8Array).toString()
  }
  read()
    .catch(() => undefined)
    .finally(() => {
      ended = true
    })
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    heard: () => text,
    ended: () => ended,
    stop: () => stop.abort(),
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1_000) throw new Error(`it did not come to hold: ${holds}`)
    await sleep(20)
  }
}

const csrfOf = async (who: Visitor) =>
  /name="csrf" value="([^"]+)"/.exec((await who.get(`/desk/tickets/${ticketId}`)).text)?.[1] ?? ''

describe('GET /desk/events', () => {
  it('is for agents who are signed in, for tickets of their shop, and for scripts', async () => {
    expect((await listen({ ...maja, cookie: '' })).status).toBe(401)
    expect((await listen(stranger, `?ticket=${ticketId}`)).status).toBe(404)
    expect((await maja.get('/desk/events')).status).toBe(400)
  })

  it('tells of a reply, to the shop and to nobody else', async () => {
    const [mine, others] = [await listen(luka), await listen(stranger)]
    expect(mine.type).toContain('text/event-stream')
    const send = async () => {
      const page = await maja.get(`/desk/tickets/${ticketId}`)
      await maja
        .submit(page, `/desk/tickets/${ticketId}/replies`, { channel: 'note', body: 'A note.' })
        .expect(303)
    }
    await until(() => mine.heard().includes('event:here'))
    // What happened before the process listened is what the first look is for.
    for (let sent = 0; sent < 100 && !mine.heard().includes('event:changed'); sent += 1) {
      await send()
      await sleep(100)
    }
    await until(() => mine.heard().includes(`data:{"tickets":["${ticketId}"],`))
    expect(others.heard()).not.toContain('event:changed')
    mine.stop()
    others.stop()
  })

  it('counts what is unanswered and concerns the agent', async () => {
    const count = async (who: Visitor) => (await who.get('/desk/unanswered').expect(200)).body.count
    const title = async (who: Visitor) => /<title>([^<]*)</.exec((await who.get('/desk')).text)?.[1] ?? ''
    const [before] = [await count(luka)]
    expect(await count(stranger)).toBe(0)
    expect(await title(stranger)).not.toMatch(/^\(/)
    const [mine, hers] = [
      await seedTicket(test.app, test.deps, shop),
      await seedTicket(test.app, test.deps, shop),
    ]
    expect(await count(luka)).toBe(before + 2)
    const { db } = test.deps
    const assign = (id: string, agentId: string) =>
      db.prisma.ticket.updateMany({ where: { id: BigInt(id) }, data: { assigneeId: BigInt(agentId) } })
    await assign(mine.ticketId, luka.agentId)
    await assign(hers.ticketId, maja.agentId)
    expect(await count(luka)).toBe(before + 1)
    expect(await title(luka)).toMatch(new RegExp(`^\\(${before + 1}\\) `))
    const told = (toldOf: string) =>
      db.prisma.agent.updateMany({ where: { id: BigInt(luka.agentId) }, data: { toldOf } })
    await told('mine')
    expect(await count(luka)).toBe(1)
    await db.prisma.ticket.updateMany({ where: { id: BigInt(mine.ticketId) }, data: { status: 'waiting' } })
    expect(await count(luka)).toBe(0)
    await told('all')
  })

  it('tells of what programs do', async () => {
    const mine = await listen(luka)
    await until(() => mine.heard().includes('event:here'))
    await seedTicket(test.app, test.deps, shop, { credits: 1 })
    await until(() => mine.heard().includes('"tickets":[]'))
    mine.stop()
  })

  it('tells who looks and who writes, and when they are gone', async () => {
    const mine = await listen(luka, `?ticket=${ticketId}`)
    const others = await listen(stranger)
    const hers = await listen(maja, `?ticket=${ticketId}`)
    await until(() => mine.heard().includes('"name":"Maja supervisor","writing":false'))
    expect(hers.heard()).not.toContain('Maja supervisor')
    const path = `/desk/tickets/${ticketId}/writing`
    await maja.postJson(path, { writing: true }, await csrfOf(maja)).expect(204)
    await until(() => mine.heard().includes('"name":"Maja supervisor","writing":true'))
    hers.stop()
    await until(() => mine.heard().trimEnd().endsWith('{"presence":{}}'))
    expect(others.heard()).not.toContain('Maja')
    mine.stop()
    others.stop()
  })

  it('takes no sign of writing from another shop or from a foreign page', async () => {
    const path = `/desk/tickets/${ticketId}/writing`
    await stranger.postJson(path, { writing: true }, 'forged').expect(403)
    await maja.postJson(path, { writing: true }, '').expect(403)
  })

  it('ends with the service', async () => {
    const mine = await listen(luka)
    await test.deps.live.close()
    await until(mine.ended)
    expect((await listen(luka)).status).toBe(503)
  })
})
