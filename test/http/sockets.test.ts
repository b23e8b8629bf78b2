import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { WebSocket } from 'ws'
import { roomToken } from '../../src/domain/secrets/links.ts'
import { endSession } from '../../src/domain/sessions/end-session.ts'
import { attachSessionSockets, type SessionSockets } from '../../src/http/sockets/attach-session-sockets.ts'
import type { SocketTiming } from '../../src/http/sockets/timing.ts'
import { systemClock } from '../../src/ports/clock.ts'
import { openSessionDesk, type SessionDesk, unsoundFigures } from '../domain/sessions/desk.ts'

const timing: SocketTiming = { ping: 100, silence: 5000, push: 100, reread: 200 }
const oneMinute = { per: 'minutes', units: 100, step: 1, freeSeconds: 0 } as const

/** One process of ours, as far as sockets go. */
interface Process {
  server: Server
  sockets: SessionSockets
  address: string
}

let desk: SessionDesk
let running: Process[] = []
let session: { sessionId: string }
let customerId: bigint

beforeAll(async () => {
  desk = await openSessionDesk()
})
afterAll(async () => {
  expect(await unsoundFigures(desk)).toEqual([])
  await desk.close()
})
beforeEach(async () => {
  desk.clock.at = systemClock.now()
  const ticket = await desk.ticketWith([{ units: 500n, video: oneMinute }])
  customerId = ticket.customerId
  session = await desk.open(ticket.ticketId)
})
afterEach(async () => {
  for (const one of running) {
    await one.sockets.close()
    one.server.close()
  }
  running = []
})

const realDeps = () => ({ ...desk.deps, clock: systemClock })
const pass = () => ({ shopId: desk.shopId, sessionId: BigInt(session.sessionId) })
const end = () => endSession(realDeps(), { ...pass(), actor: 'agent:1' })
const stays = () => desk.db.prisma.sessionPresence.findMany({ where: { sessionId: pass().sessionId } })

async function startProcess(own: Partial<SocketTiming> = {}): Promise<Process> {
  const server = createServer((_, response) => response.end('page'))
  const sockets = attachSessionSockets(server, realDeps(), { ...timing, ...own })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const one = { server, sockets, address: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` }
  running.push(one)
  return one
}

interface Seen {
  type: string
  state: string
  agentPresent: boolean
  customerPresent: boolean
  togetherSeconds: number
  heldUnits: number
  chargedUnits?: number
}

function connect(
  one: Process,
  side: 'agent' | 'customer',
  options: { autoPong?: boolean; origin?: string } = {},
) {
  const token = roomToken(desk.deps.keyring, { ...pass(), side })
  return follow(new WebSocket(`${one.address}/sockets/session/${token}`, options))
}

function follow(socket: WebSocket) {
  const seen: Seen[] = []
  socket.on('message', (data) => seen.push(JSON.parse(String(data))))
  socket.on('error', () => undefined)
  const closed = once(socket, 'close').then(([code]) => Number(code))
  return { socket, seen, closed }
}

/** The status with which an upgrade is turned away. */
function turnedAway(url: string, options = {}): Promise<number | undefined> {
  const socket = new WebSocket(url, options)
  socket.on('error', () => undefined)
  return once(socket, 'unexpected-response').then(([, response]) => response.statusCode)
}

async function until(what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 5000; Date.now() < end; await pause(20)) if (await done()) return
  throw new Error(`never happened: ${what}`)
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const bothHere = (seen: Seen[]) => seen.at(-1)?.agentPresent === true && seen.at(-1)?.customerPresent === true

describe('presence over real sockets', () => {
  it('counts the seconds that both are connected, tells both, and bills one step', async () => {
    const one = await startProcess()
    const agent = connect(one, 'agent')
    await until('the agent is told', () => agent.seen.length > 0)
    expect(agent.seen[0]).toMatchObject({
      type: 'state',
      state: 'open',
      agentPresent: true,
      customerPresent: false,
    })
    const customer = connect(one, 'customer', { origin: 'https://desk.example' })
    await until('a second together', () => (customer.seen.at(-1)?.togetherSeconds ?? 0) >= 1)
    await until('the agent sees it too', () => (agent.seen.at(-1)?.togetherSeconds ?? 0) >= 1)
    const closed = await end()
    expect(closed).toMatchObject({ state: 'ended', billedSeconds: 60, charge: { units: 100n } })
    expect(closed.actualSeconds).toBeGreaterThan(0)
    expect(await agent.closed).toBe(4410)
    expect(await customer.closed).toBe(4410)
    expect(customer.seen.at(-1)).toMatchObject({ state: 'ended', chargedUnits: 100, heldUnits: 0 })
    expect(await desk.account(customerId)).toMatchObject({ available: 400n, held: 0n })
  })

  it('sees a side that is connected to another process', async () => {
    const agent = connect(await startProcess(), 'agent')
    const customer = connect(await startProcess(), 'customer')
    await until('both processes know', () => bothHere(agent.seen) && bothHere(customer.seen))
    customer.socket.close()
    await until('the agent is told', () => agent.seen.at(-1)?.customerPresent === false)
    expect((await end()).state).toMatch(/ended|void/)
    expect(await agent.closed).toBe(4410)
  })

  it('takes a socket that stops answering pings as gone since its last answer', async () => {
    const one = await startProcess({ silence: 1000 })
    const agent = connect(one, 'agent')
    const mute = connect(one, 'customer', { autoPong: false })
    expect(await mute.closed).toBe(1006)
    await until('the agent is told', () => agent.seen.at(-1)?.customerPresent === false)
    const [row] = (await stays()).filter((stay) => stay.side === 'customer')
    expect(row?.leftAt).toEqual(row?.connectedAt)
    expect(agent.socket.readyState).toBe(WebSocket.OPEN)
    expect(await end()).toMatchObject({ state: 'void' })
  })

  it('hears a goodbye and ignores everything else', async () => {
    const one = await startProcess()
    const agent = connect(one, 'agent')
    await until('joined', () => agent.seen.length > 0)
    for (const noise of ['', '{', '[]', '{"type":"state","togetherSeconds":0}', 'null'])
      agent.socket.send(noise)
    await pause(150)
    expect(agent.socket.readyState).toBe(WebSocket.OPEN)
    agent.socket.send('{"type":"bye"}')
    expect(await agent.closed).toBe(1000)
    expect((await stays())[0]?.leftAt).not.toBeNull()
  })

  it('says that it restarts when the server stops, with every leaving recorded', async () => {
    const one = await startProcess()
    const sides = [connect(one, 'agent'), connect(one, 'customer')]
    await until('both here', () => sides.every((side) => bothHere(side.seen)))
    await one.sockets.close()
    expect(await Promise.all(sides.map((side) => side.closed))).toEqual([1012, 1012])
    expect((await stays()).filter((stay) => stay.leftAt === null)).toEqual([])
  })
})

describe('who may connect', () => {
  it('tells a latecomer that the session is over', async () => {
    const one = await startProcess()
    await end()
    const late = connect(one, 'customer')
    expect(await late.closed).toBe(4410)
    expect(late.seen.at(-1)).toMatchObject({ state: 'void', chargedUnits: 0 })
    expect(await stays()).toEqual([])
  })

  it('turns away other paths, forged tokens and foreign pages', async () => {
    const { address } = await startProcess()
    const token = roomToken(desk.deps.keyring, { ...pass(), side: 'agent' })
    const forged = `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}`
    expect(await turnedAway(`${address}/elsewhere`)).toBe(404)
    expect(await turnedAway(`${address}/sockets/session/${token}/more`)).toBe(404)
    expect(await turnedAway(`${address}/sockets/session/${forged}`)).toBe(401)
    expect(await turnedAway(`${address}/sockets/session/${token}`, { origin: 'https://evil.example' })).toBe(
      403,
    )
    expect(await stays()).toEqual([])
  })

  it('gives a side ten sockets', async () => {
    const one = await startProcess()
    const crowd = Array.from({ length: 10 }, () => connect(one, 'agent'))
    await until('ten joined', async () => (await stays()).length === 10)
    expect(await connect(one, 'agent').closed).toBe(4429)
    expect(crowd.every(({ socket }) => socket.readyState === WebSocket.OPEN)).toBe(true)
  })

  it('cuts off who sends more than a kilobyte', async () => {
    const big = connect(await startProcess(), 'agent')
    await until('joined', () => big.seen.length > 0)
    big.socket.send('x'.repeat(2000))
    expect(await big.closed).toBe(1009)
  })
})
