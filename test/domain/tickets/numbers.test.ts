import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createTicket } from '../../../src/domain/tickets/create-ticket.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld({ poolSize: 32 })
})
afterAll(() => world.close())

it('1,000 tickets made at once from 32 connections get 1,000 different numbers', async () => {
  const shopId = await world.addShop()
  const left = Array.from({ length: 1000 }, (_, n) => n)
  const made: number[] = []
  const connection = async () => {
    for (let n = left.pop(); n !== undefined; n = left.pop()) {
      const { number } = await createTicket(world.deps, {
        shopId,
        // Some of them of the same people, who wait for each other's rows.
        customer: { email: `person${n % 300}@example.org` },
        subject: `Question ${n}`,
        body: 'How do I print?',
        channel: 'portal',
      })
      made.push(number)
    }
  }
  await Promise.all(Array.from({ length: 32 }, connection))
  expect(made).toHaveLength(1000)
  expect(new Set(made).size).toBe(1000)
  const kept = await world.db.prisma.ticket.findMany({ where: { shopId }, select: { number: true } })
  expect(kept.map(({ number }) => number).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 1000 }, (_, n) => n + 1),
  )
})
