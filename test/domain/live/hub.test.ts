import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from '@jest/globals'
import { createLiveHub, type LiveEvent, type LiveHub } from '../../../src/domain/live/hub.ts'
import { createDeskTeller } from '../../../src/domain/live/tell-desk.ts'
import { quietLog } from '../../support/quiet-log.ts'
import { makeWorld } from '../../support/world.ts'

// Two hubs on one database are two processes, as far as anybody can tell.
const world = await makeWorld()
const open = () => createLiveHub({ db: world.db, log: quietLog })
const hubs: LiveHub[] = [open(), open()]
const [here, there] = hubs as [LiveHub, LiveHub]
const teller = createDeskTeller(world.db, quietLog)

afterAll(async () => {
  await Promise.all(hubs.map((hub) => hub.close()))
  await world.close()
})

const maja = { shopId: 1n, agentId: 3n, agentName: 'Maja' }
const luka = { shopId: 1n, agentId: 4n, agentName: 'Luka' }

/** A page that notes what it hears. */
function page(hub: LiveHub, reader: Parameters<LiveHub['join']>[0]) {
  const heard: LiveEvent[] = []
  const { leave } = hub.join(reader, (event) => heard.push(event))
  return {
    leave,
    heard,
    changed: () => heard.filter((event) => event.kind === 'changed'),
    presence: () => heard.findLast((event) => event.kind === 'here')?.presence,
  }
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1_000) throw new Error(`it did not come to hold: ${holds}`)
    await sleep(20)
  }
}

/** Resolves when all that was told before was heard: news come in the order of their commits. `marker`: a ticket that nobody else names. */
async function hearAll(listener: ReturnType<typeof page>, marker: bigint): Promise<void> {
  await teller.flush()
  teller.tell(1n, marker)
  await until(() => listener.changed().some(({ tickets }) => tickets.includes(String(marker))))
}

describe('pages of two processes', () => {
  it('hear of a change, but only in their own shop', async () => {
    const [mine, stranger] = [page(here, maja), page(there, { ...luka, shopId: 2n })]
    const colleague = page(there, luka)
    // The first news may come before a hub listens; that is what the poll is for.
    await until(() => {
      teller.tell(1n, 12n)
      return mine.changed().length > 0 && colleague.changed().length > 0
    })
    expect(colleague.changed()[0]).toEqual({ kind: 'changed', tickets: ['12'], customers: [] })
    expect(stranger.changed()).toEqual([])
    for (const one of [mine, stranger, colleague]) one.leave()
  })

  it('hear once of a burst, and of too much at once that anything changed', async () => {
    const mine = page(here, maja)
    await hearAll(mine, 501n)
    const before = mine.changed().length
    for (let n = 0; n < 50; n++) teller.tell(1n, BigInt((n % 2) + 1))
    await until(() => mine.changed().length > before)
    expect(mine.changed().slice(before)).toEqual([{ kind: 'changed', tickets: ['1', '2'], customers: [] }])
    for (let n = 1; n <= 1_000; n++) teller.tell(1n, BigInt(n))
    await until(() => mine.changed().length > before + 1)
    expect(mine.changed().at(-1)).toEqual({ kind: 'changed', tickets: [], customers: [] })
    mine.leave()
  })

  it('hear first what changed while they loaded, of their shop, and of no more than that', async () => {
    const mine = page(here, maja)
    // The hub must have listened for longer than the page is old; else it is told to look at everything.
    await sleep(2_500)
    teller.tell(1n, 77n)
    await until(() => mine.changed().length > 0)
    const late = page(here, { ...luka, age: 400 })
    expect(late.changed()).toEqual([{ kind: 'changed', tickets: ['77'], customers: [] }])
    const stranger = page(here, { ...luka, shopId: 2n, age: 400 })
    expect(stranger.changed()).toEqual([])
    const ageless = page(here, luka)
    expect(ageless.changed()).toEqual([])
    await sleep(2_100)
    const after = page(here, { ...luka, age: 0 })
    expect(after.changed()).toEqual([])
    const slow = page(here, { ...luka, age: 60_000 })
    expect(slow.changed()).toEqual([{ kind: 'changed', tickets: [], customers: [] }])
    for (const one of [mine, late, stranger, ageless, after, slow]) one.leave()
  })

  it('look at everything when the hub has not listened for as long as they are old', async () => {
    const fresh = open()
    const first = page(fresh, { ...maja, age: 10 })
    expect(first.changed()).toEqual([{ kind: 'changed', tickets: [], customers: [] }])
    first.leave()
    await fresh.close()
  })

  it('hear whose ticket it was, because a balance is shown on all tickets of a customer', async () => {
    const customerId = await world.customer()
    const [one, two] = [await world.ticket(customerId), await world.ticket(customerId)]
    const mine = page(here, { ...maja, shopId: world.shopId, ticketId: one })
    teller.tell(world.shopId, two)
    await until(() => mine.changed().length > 0)
    expect(mine.changed()).toEqual([
      { kind: 'changed', tickets: [String(two)], customers: [String(customerId)] },
    ])
    mine.leave()
  })

  it('see who is at a ticket, who writes, and who left', async () => {
    const list = page(here, maja)
    const ticket = { ...luka, ticketId: 12n }
    const colleague = page(there, ticket)
    await until(() => list.presence()?.[12]?.[0]?.name === 'Luka')
    expect(colleague.presence()).toEqual({})
    there.write(ticket, true)
    await until(() => list.presence()?.[12]?.[0]?.writing === true)
    there.write(ticket, false)
    await until(() => list.presence()?.[12]?.[0]?.writing === false)
    colleague.leave()
    await until(() => list.presence()?.[12] === undefined)
    list.leave()
  })

  it('see at once who was there before their process listened', async () => {
    const colleague = page(there, { ...luka, ticketId: 7n })
    const late = open()
    hubs.push(late)
    const list = page(late, maja)
    await until(() => list.presence()?.[7]?.[0]?.name === 'Luka')
    colleague.leave()
    list.leave()
  })

  it('go on hearing when the database ended the connection, and are told to look at everything', async () => {
    const mine = page(here, maja)
    await world.db.query(
      'end-listeners',
      `select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen desk' and datname = current_database()`,
      [],
    )
    await until(() => mine.changed().some(({ tickets }) => tickets.length === 0))
    const before = mine.changed().length
    await until(() => {
      teller.tell(1n, 99n)
      return mine
        .changed()
        .slice(before)
        .some(({ tickets }) => tickets.includes('99'))
    })
    mine.leave()
  })

  it('hear nothing that others shout on the channel', async () => {
    const mine = page(here, maja)
    await hearAll(mine, 502n)
    const before = mine.heard.length
    for (const text of ['', '{}', 'null', '{"kind":"changed"}', '{"kind":"here","from":1}']) {
      await world.db.query('shout', `select pg_notify('desk', $1)`, [text])
    }
    await hearAll(mine, 503n)
    expect(mine.heard.slice(before)).toEqual([{ kind: 'changed', tickets: ['503'], customers: [] }])
    mine.leave()
  })
})
