import pg from 'pg'
import type { Ground } from '../ground.ts'
import { growDatabase } from '../grow.ts'
import { connections, type LoadRequest, sendAll } from '../load.ts'
import { type ServerProcess, side, startServer } from '../processes.ts'
import type { SeededShop } from '../seed.ts'
import { quantile } from '../statistics.ts'
import { type Row, ratioRow } from '../table.ts'
import type { Line } from './line.ts'

const smallTickets = 3_000
const largeTickets = 300_000
const measured = 600
const warmUp = 50
const pagesAtOnce = 1_600

interface Place {
  server: ServerProcess
  database: string
  tickets: number
  /** Milliseconds of each request, by its kind. */
  times: Record<Kind, number[]>
  /** Pages a second over 16 connections, by their kind. */
  rates: Record<Page, number>
}

type Page = 'ticket' | 'list'
type Kind = Page | 'search'

/** How much slower pages get from 10,000 messages on 3,000 tickets to 1,000,000 on 300,000. Only with --full. */
export const measureLarge: Line = async (ground, { full }) => {
  if (!full) return []
  const small = await open(ground, smallTickets, 'small')
  const large = await open(ground, largeTickets, 'large')
  for (let n = 0; n < warmUp + measured; n++) {
    if (n === warmUp) for (const place of [small, large]) place.times = noTimes()
    // Both in turn, so that a busy moment of the machine hits both.
    for (const place of [small, large]) await askAll(place, ground.shop, n)
  }
  for (const place of [small, large]) {
    for (const page of ['ticket', 'list'] as const) place.rates[page] = await rate(place, ground.shop, page)
    await place.server.stop()
    await ground.drop(place.database)
  }
  return [
    row('ticket page', 'ticket', small, large),
    row('list page', 'list', small, large),
    row('search', 'search', small, large),
    rateRow('ticket pages', 'ticket', small, large),
    rateRow('list pages', 'list', small, large),
  ]
}

async function open(ground: Ground, tickets: number, name: string): Promise<Place> {
  const database = await ground.freshDatabase()
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await growDatabase(client, ground.shop.id, tickets)
  await client.end()
  const server = await startServer(side('serve-ours'), [], ground.environment(database), ground.logFile(name))
  return { server, database, tickets, times: noTimes(), rates: { ticket: 0, list: 0 } }
}

function noTimes(): Record<Kind, number[]> {
  return { ticket: [], list: [], search: [] }
}

async function askAll(place: Place, shop: SeededShop, n: number): Promise<void> {
  place.times.ticket.push(await time(place, shop, ticketPath(place, shop, n)))
  place.times.list.push(await time(place, shop, '/desk'))
  // Rare, in each ticket, in one of fifty, by its beginning.
  const words = [`grown${n}%40example.test`, 'print', 'printer', 'quest', `question+${n}`]
  if (n % 5 === 0)
    place.times.search.push(await time(place, shop, `/desk?q=${words[(n / 5) % words.length]}`))
}

/** Far apart in the table, so that a large one does not answer from the pages of the last request. */
function ticketPath(place: Place, shop: SeededShop, n: number): string {
  return `/desk/tickets/${BigInt(shop.tickets.at(-1) ?? 0) + 1n + BigInt((n * 7919) % place.tickets)}`
}

function rate(place: Place, shop: SeededShop, page: Page): Promise<number> {
  const requests = Array.from({ length: pagesAtOnce }, (_, n): LoadRequest => {
    const path = page === 'list' ? '/desk' : ticketPath(place, shop, warmUp + measured + n)
    return { method: 'GET', path, headers: { cookie: shop.cookie, 'accept-encoding': 'gzip' } }
  })
  return sendAll(place.server.address, requests)
}

async function time(place: Place, shop: SeededShop, path: string): Promise<number> {
  const started = performance.now()
  const answer = await fetch(`${place.server.address}${path}`, { headers: { cookie: shop.cookie } })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`)
  return performance.now() - started
}

function row(work: string, kind: Kind, small: Place, large: Place): Row {
  const before = quantile(small.times[kind], 0.95)
  const after = quantile(large.times[kind], 0.95)
  return {
    work: `${work}, p95 at 10,000 | 1,000,000 messages`,
    baseline: `${before.toFixed(1)} ms`,
    ours: `${after.toFixed(1)} ms`,
    ratio: `${(after / before).toFixed(2)} x`,
    budget: '<= 1.50 x',
    kept: after / before <= 1.5,
  }
}

function rateRow(work: string, page: Page, small: Place, large: Place): Row {
  return ratioRow(
    `${work} a second over ${connections} connections, 10,000 | 1,000,000 messages`,
    small.rates[page],
    large.rates[page],
  )
}
