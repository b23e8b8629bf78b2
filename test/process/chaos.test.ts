import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { makeChance } from '../support/fakes/shop/deliver.ts'
import { isLong } from '../support/runs.ts'
import { onDatabase } from './kill/account-for.ts'
import { accountFor, settle } from './shops/account-for.ts'
import { openAnswering } from './shops/answers.ts'
import { addOrders, type Bustle, editOrders, makeTrouble, openBustle } from './shops/edits.ts'
import { entitledByOrder } from './shops/entitled.ts'
import {
  ask,
  closeShopsDesk,
  killAndRestart,
  look,
  openShopsDesk,
  reconcile,
  type ShopsDesk,
  type Side,
  type Sync,
} from './shops/shops-desk.ts'

// Two shops, one over http and one over https, lose, merge, double, delay and reorder what they have to say, fail in all the ways
// that shops fail, and the service is killed ten times meanwhile. CHAOS_SEED plays one seed again, CHAOS_ORDERS chooses how many.

const seeds = process.env.CHAOS_SEED ? [Number(process.env.CHAOS_SEED)] : isLong ? [1, 2, 3, 4, 5] : [1]
const orders = Number(process.env.CHAOS_ORDERS ?? (isLong ? 2_000 : 400))
const kills = 10
const patienceMs = isLong ? 1_800_000 : 300_000

let desk: ShopsDesk | undefined

afterEach(async () => {
  await closeShopsDesk(desk)
  desk = undefined
})

describe('a service that is killed, and shops that lose a fifth of their deliveries', () => {
  it.each(seeds)(
    'ends where the books of the shops stand, with nothing twice (seed %d)',
    async (seed) => {
      // Each has a chance of its own, because they take turns as it happens.
      const chance = makeChance(seed)
      desk = await openShopsDesk([{}, { https: true }])
      const { sides } = desk
      const bustles = new Map(
        sides.map((side, nth) => [side, openBustle(side.shop, makeChance(seed * 100 + nth), 20)]),
      )
      const answering = openAnswering(desk, makeChance(seed * 100 + 50))
      for (let epoch = 0; epoch < kills; epoch += 1) {
        const work = [...bustles].map(([side, bustle]) => passEpoch(side, bustle))
        const answers = sides.map((side) => answering.run(side, bustles.get(side)?.shared ?? [], 3))
        await untilBusy(sides, 20 + chance() * 150)
        await killAndRestart(desk)
        await Promise.all([...work, ...answers])
      }
      for (const { shop } of sides) shop.behave()
      await answering.askAgain()
      for (const side of sides) await reconcile(desk, side, patienceMs)
      for (const side of sides) await look(desk, side, patienceMs)
      await onDatabase(desk, async (db) => {
        await settle(db, patienceMs)
        for (const side of sides) await accountFor(db, desk as ShopsDesk, side, answering)
      })
      for (const side of sides) {
        expect((await ask<Sync>(desk, side, 'sync'))?.body).toMatchObject({ problems: [], unreadable: [] })
        // So that it is no empty proof.
        expect(entitledByOrder(side.shop).size).toBeGreaterThan((orders / sides.length) * 0.4)
      }
    },
    patienceMs * 4,
  )
})

/** Orders come in and change, and what the shop has to say of it is sent as badly as it can be. */
async function passEpoch({ shop }: Side, bustle: Bustle): Promise<void> {
  // Seven failures in a row while the service is away switch a webhook off.
  for (const { id } of shop.webhooks.bodies()) await shop.webhooks.change(id, { status: 'active' })
  makeTrouble(bustle)
  const count = Math.ceil(orders / 2 / kills)
  for (const part of [1, 2]) {
    addOrders(bustle, Math.ceil(count / 2))
    editOrders(bustle, count)
    const seed = Math.floor(bustle.chance() * 1e9) + part
    await shop.deliver({ loss: 0.2, duplicate: 0.05, reorder: 0.2, delay: 0.1, atOnce: 4, seed })
  }
}

/** Until the service has asked the shops so many times, so that a kill falls into its work; it may also be waiting for one. */
async function untilBusy(sides: readonly Side[], requests: number): Promise<void> {
  const asked = () => sides.reduce((sum, { shop }) => sum + shop.requests.length, 0)
  const enough = asked() + requests
  const giveUp = Date.now() + 8_000
  while (asked() < enough && Date.now() < giveUp) await sleep(10)
}
