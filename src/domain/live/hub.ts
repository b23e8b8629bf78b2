import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Database } from '../../db/database.ts'
import type { Log } from '../../ports/log.ts'
import { inPieces, makePresence, type Presence, repeatMs } from './presence.ts'
import { type Changed, channel, type Place, type Signal, signalSchema } from './signals.ts'

export type LiveEvent =
  /** Look again at these tickets, and at the balance of these customers; no tickets: at anything. */
  | { kind: 'changed'; tickets: string[]; customers: string[] }
  /** All who are at tickets of the shop, without the reader. */
  | { kind: 'here'; presence: Presence }
  /** Something that the reader wants to be told of came to the ticket. */
  | { kind: 'news'; ticket: string; title: string; text: string }

/** An open page of an agent. */
export interface Reader {
  shopId: bigint
  agentId: bigint
  agentName: string
  /** The ticket that the page shows; absent on the list. */
  ticketId?: bigint
  /** How many milliseconds ago it was asked for: what changed since then may be missing on it. */
  age?: number
  /** It tells the reader of what comes, for all pages of the browser, and shows nobody's presence. */
  tells?: boolean
}

export interface LiveHub {
  /** Sends the page what happens in its shop, beginning with who is there and what changed while it loaded, until `leave` is called. */
  join(reader: Reader, send: (event: LiveEvent) => void): { leave(): void }
  /** The agent writes, or no longer does; for some seconds, so it is repeated while it goes on. */
  write(at: Reader & { ticketId: bigint }, on: boolean): void
  /** Sends no more and ends `closed`, on which the open pages hang. */
  close(): Promise<void>
  readonly closed: AbortSignal
}

const longestName = 60
const againMs = 1_000
/** A page that took longer to load looks again at everything. */
const rememberedMs = 30_000
/** A page says how old it is when it begins to connect; connecting takes its time. */
const connectMs = 2_000

/**
 * What this process knows of all others, over one connection that LISTENs, opened with the first page and opened again when it breaks.
 * What was said meanwhile is made up for: pages are told to look again, and the other processes repeat who is where.
 */
export function createLiveHub(deps: { db: Pick<Database, 'dedicatedClient' | 'query'>; log: Log }): LiveHub {
  const me = randomUUID().slice(0, 8)
  const presence = makePresence()
  const pages = new Set<{ reader: Reader; send: (event: LiveEvent) => void }>()
  const closed = new AbortController()
  const recent: { at: number; signal: Changed }[] = []
  let listening: Promise<void> | undefined
  let listeningSince = Number.POSITIVE_INFINITY
  let client: Client | undefined
  const now = () => performance.now()

  const showPresence = (shops: string[]) => {
    for (const { reader, send } of pages) {
      const shop = String(reader.shopId)
      if (!reader.tells && shops.includes(shop))
        send({ kind: 'here', presence: presence.of(shop, String(reader.agentId), now()) })
    }
  }
  const tell = async (signal: Signal) => {
    try {
      await deps.db.query('live-signal', 'select pg_notify($1, $2)', [channel, JSON.stringify(signal)])
    } catch (error) {
      deps.log.debug({ error: String(error) }, 'other processes not told who is where; it is repeated')
    }
  }
  const repeat = async () => {
    for (const places of inPieces(presence.ours(now()))) await tell({ kind: 'here', from: me, places })
  }
  const hear = (text: string | undefined) => {
    const read = signalSchema.safeParse(parse(text))
    if (!read.success) return
    const signal = read.data
    if (signal.kind === 'changed') {
      forget()
      recent.push({ at: now(), signal })
      for (const { reader, send } of pages) {
        if (String(reader.shopId) !== signal.shop) continue
        send({ kind: 'changed', tickets: signal.tickets, customers: signal.customers })
      }
    } else if (signal.kind === 'news') {
      const { ticket, title, text } = signal
      for (const { reader, send } of pages) {
        if (!reader.tells || String(reader.shopId) !== signal.shop) continue
        if (signal.agents.includes(String(reader.agentId))) send({ kind: 'news', ticket, title, text })
      }
    } else if (signal.from !== me) {
      if (signal.kind === 'hello') void repeat()
      else showPresence(presence.hear(signal, now()))
    }
  }

  const forget = () => {
    const old = recent.findIndex(({ at }) => now() - at <= rememberedMs)
    recent.splice(0, old < 0 ? recent.length : old)
  }
  /** What a page that is so old may not show yet. */
  const missedBy = (shop: string, age: number): Changed[] => {
    const from = now() - age - connectMs
    if (age > rememberedMs || from < listeningSince)
      return [{ kind: 'changed', shop, tickets: [], customers: [] }]
    return recent.flatMap(({ at, signal }) => (at >= from && signal.shop === shop ? [signal] : []))
  }

  async function listen(): Promise<void> {
    for (let first = true; !closed.signal.aborted; first = false) {
      try {
        client = await deps.db.dedicatedClient()
        // It was closed while this connected, and found nothing to end.
        if (closed.signal.aborted) break
        const lost = new Promise<void>((resolve) => client?.once('end', resolve))
        client.on('notification', ({ payload }) => hear(payload))
        await client.query(`listen ${channel}`)
        listeningSince = now()
        await tell({ kind: 'hello', from: me })
        await repeat()
        if (!first) for (const { send } of pages) send({ kind: 'changed', tickets: [], customers: [] })
        await lost
      } catch (error) {
        deps.log.warn({ error: String(error) }, 'pages are not told of changes for now; trying again')
      } finally {
        listeningSince = Number.POSITIVE_INFINITY
        await client?.end().catch(() => undefined)
        client = undefined
      }
      await sleep(againMs, undefined, { signal: closed.signal, ref: false }).catch(() => undefined)
    }
  }

  const beat = setInterval(() => {
    showPresence(presence.sweep(now()))
  }, 1_000)
  const repeats = setInterval(() => void repeat(), repeatMs)
  beat.unref()
  repeats.unref()

  const changed = (kind: 'here' | 'gone', place: Place) => {
    showPresence([place.shop])
    void tell({ kind, from: me, places: [place] })
  }

  return {
    closed: closed.signal,
    join(reader, send) {
      listening ??= listen()
      const page = { reader, send }
      pages.add(page)
      const place = placeOf(reader)
      if (place) {
        presence.enter(place)
        changed('here', { ...place, writing: false })
      } else {
        showPresence([String(reader.shopId)])
      }
      if (reader.age !== undefined) {
        for (const { tickets, customers } of missedBy(String(reader.shopId), reader.age))
          send({ kind: 'changed', tickets, customers })
      }
      let here = true
      return {
        leave() {
          if (!here) return
          here = false
          pages.delete(page)
          if (place && presence.leave(place)) changed('gone', { ...place, writing: false })
        },
      }
    },
    write(at, on) {
      const place = placeOf(at)
      if (!place) return
      presence.write(place, now(), on)
      changed('here', { ...place, writing: on })
    },
    async close() {
      closed.abort()
      clearInterval(beat)
      clearInterval(repeats)
      await client?.end().catch(() => undefined)
      await listening
    },
  }
}

function placeOf(reader: Reader): Omit<Place, 'writing'> | undefined {
  if (reader.ticketId === undefined) return undefined
  return {
    shop: String(reader.shopId),
    ticket: String(reader.ticketId),
    agent: String(reader.agentId),
    name: reader.agentName.slice(0, longestName),
  }
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}
