import { mostPlaces, type Place, type Signal } from './signals.ts'

/** How often each process repeats who is where. */
export const repeatMs = 4_000
/** Two repeats may be lost; whoever was at a process that died is gone after this. */
const forgetMs = 10_000
/** Somebody who has not touched a key for so long is looking, not writing. */
const writingMs = 8_000

export interface Present {
  id: string
  name: string
  writing: boolean
}

/** By the ticket's id. */
export type Presence = Record<string, Present[]>

interface Seen extends Place {
  until: number
}

const keyOf = ({ shop, ticket, agent }: Place, from = '') => `${from} ${shop} ${ticket} ${agent}`

/**
 * Who is at which ticket: the agents whose pages this process serves, and what the other processes say of theirs. It holds no clock and
 * no connection; `now` is in milliseconds and only goes forward. Functions that change something return the shops in which.
 */
export function makePresence() {
  /** Pages open here, by ticket and agent, with how many there are. */
  const open = new Map<string, Place & { pages: number }>()
  const writing = new Map<string, Seen>()
  const others = new Map<string, Seen>()

  const ours = (now: number): Place[] => {
    const places = new Map<string, Place>()
    for (const [key, { pages: _, ...place }] of open) places.set(key, place)
    for (const [key, { until, ...place }] of writing) if (until > now) places.set(key, place)
    return [...places.values()]
  }

  return {
    enter(place: Omit<Place, 'writing'>): void {
      const key = keyOf({ ...place, writing: false })
      open.set(key, { ...place, writing: false, pages: (open.get(key)?.pages ?? 0) + 1 })
    },
    /** True when it was the agent's last page on the ticket. */
    leave(place: Omit<Place, 'writing'>): boolean {
      const key = keyOf({ ...place, writing: false })
      const known = open.get(key)
      if (known && known.pages > 1) {
        known.pages -= 1
        return false
      }
      open.delete(key)
      writing.delete(key)
      return true
    },
    /** A key was touched, or with `false` the text was sent or given up. */
    write(place: Omit<Place, 'writing'>, now: number, on: boolean): void {
      const key = keyOf({ ...place, writing: true })
      if (on) writing.set(key, { ...place, writing: true, until: now + writingMs })
      else writing.delete(key)
    },
    /** What another process says. */
    hear(signal: Extract<Signal, { kind: 'here' | 'gone' }>, now: number): string[] {
      for (const place of signal.places) {
        const key = keyOf(place, signal.from)
        if (signal.kind === 'gone') others.delete(key)
        else others.set(key, { ...place, until: now + forgetMs })
      }
      return [...new Set(signal.places.map(({ shop }) => shop))]
    },
    /** Forgets who has not been heard of for long. */
    sweep(now: number): string[] {
      const shops = new Set<string>()
      for (const known of [writing, others]) {
        for (const [key, { until, shop }] of known) {
          if (until > now) continue
          known.delete(key)
          shops.add(shop)
        }
      }
      return [...shops]
    },
    ours,
    /** Everybody of a shop but `except`, the reader. */
    of(shop: string, except: string, now: number): Presence {
      const found: Presence = {}
      for (const place of [...ours(now), ...others.values()]) {
        if (place.shop !== shop || place.agent === except) continue
        found[place.ticket] ??= []
        const here = found[place.ticket] ?? []
        const known = here.find(({ id }) => id === place.agent)
        if (known) known.writing ||= place.writing
        else here.push({ id: place.agent, name: place.name, writing: place.writing })
      }
      return found
    },
    isEmpty: (now: number) => ours(now).length === 0,
  }
}

/** In pieces that a NOTIFY holds. */
export function inPieces(places: Place[]): Place[][] {
  const pieces: Place[][] = []
  for (let at = 0; at < places.length; at += mostPlaces) pieces.push(places.slice(at, at + mostPlaces))
  return pieces
}
