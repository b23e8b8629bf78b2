import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { addPackage } from '../../../src/domain/packages/add-package.ts'
import { editPackage } from '../../../src/domain/packages/edit-package.ts'
import { failMessage } from '../../../src/domain/tickets/fail-message.ts'
import { listTickets } from '../../../src/domain/tickets/list-tickets.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import { setTicketStatus } from '../../../src/domain/tickets/set-status.ts'
import { undoMessage } from '../../../src/domain/tickets/undo-message.ts'
import { makeWorld, type World } from '../../support/world.ts'

let world: World
let packageId: bigint
beforeAll(async () => {
  world = await makeWorld()
  const { id } = await addPackage(world.deps, {
    actor: 'cli',
    shopId: world.shopId,
    match: 'sku:FAST',
    credits: 10,
    firstResponse: 60,
  })
  packageId = BigInt(id)
})
afterAll(() => world.close())

/** A customer who bought the package in this version of its terms, with a ticket that opens now. */
async function bought(termsVersion: number) {
  const customerId = await world.customer()
  const grantId = await world.grant(customerId, { units: 1000n })
  await world.db.prisma.creditGrant.updateMany({ where: { id: grantId }, data: { packageId, termsVersion } })
  return world.ticket(customerId)
}
const read = (id: bigint) => world.db.prisma.ticket.findFirstOrThrow({ where: { id } })
const later = (minutes: number) => new Date(world.clock.at.getTime() + minutes * 60_000)
const due = async () =>
  (await listTickets(world.deps, { shopId: world.shopId, view: 'due', limit: 50 })).rows.map(({ id }) => id)

it('a promise of the terms that were bought makes the ticket due, until the first answer', async () => {
  const first = await bought(1)
  expect(await read(first)).toMatchObject({ promisedMinutes: 60, dueAt: later(60), firstResponseAt: null })
  await editPackage(world.deps, { actor: 'cli', shopId: world.shopId, packageId, firstResponse: 30 })
  const second = await bought(2)
  expect(await read(second)).toMatchObject({ dueAt: later(30) })
  expect((await read(first)).dueAt).toEqual(later(60))
  expect(await due()).toEqual([second, first])
  await world.reply(second)
  expect(await read(second)).toMatchObject({ firstResponseAt: world.clock.at, waitingSince: null })
  expect(await due()).toEqual([first])
})

it('holds again, with the place in the list, when the answer was taken back or never reached the customer', async () => {
  for (const end of ['undone', 'failed'] as const) {
    const id = await bought(1)
    const before = await read(id)
    world.clock.at = later(7)
    const { messageId } = await world.reply(id)
    const key = { shopId: world.shopId, ticketId: id, messageId }
    world.clock.at = later(1)
    expect((await read(id)).firstResponseAt).not.toBeNull()
    if (end === 'undone') await undoMessage(world.deps, { ...key, actor: 'cli' })
    else await failMessage(world.deps, key, 'no such mailbox')
    expect(await read(id)).toMatchObject({
      status: 'open',
      firstResponseAt: null,
      dueAt: before.dueAt,
      waitingSince: before.waitingSince,
      activityAt: end === 'undone' ? before.activityAt : world.clock.at,
    })
    expect(await due()).toContain(id)
  }
})

it('is kept by a later answer when the first one failed, and by an earlier one when a later one failed', async () => {
  const id = await bought(1)
  const fail = (messageId: bigint) =>
    failMessage(world.deps, { shopId: world.shopId, ticketId: id, messageId }, 'no such mailbox')
  const first = await world.reply(id)
  world.clock.at = later(5)
  await world.reply(id, { body: 'Once more' })
  const at = world.clock.at
  world.clock.at = later(1)
  await fail(first.messageId)
  expect((await read(id)).firstResponseAt).toEqual(at)
  const asked = later(1)
  world.clock.at = asked
  await receiveMessage(world.deps, {
    ...{ shopId: world.shopId, ticketId: id },
    ...{ channel: 'portal', body: 'It does not work.', authorName: 'Ana' },
  })
  world.clock.at = later(5)
  const third = await world.reply(id, { body: 'Try this' })
  world.clock.at = later(1)
  await fail(third.messageId)
  expect(await read(id)).toMatchObject({ status: 'open', firstResponseAt: at, waitingSince: asked })
})

it('counts anew when a ticket that was closed unanswered opens again, and never after an answer', async () => {
  const id = await bought(2)
  await setTicketStatus(world.deps, { shopId: world.shopId, ticketId: id, status: 'closed' })
  expect((await read(id)).dueAt).toBeNull()
  world.clock.at = later(600)
  const write = () =>
    receiveMessage(world.deps, {
      shopId: world.shopId,
      ticketId: id,
      channel: 'portal',
      body: 'Still there?',
      authorName: 'Ana',
    })
  await write()
  expect(await read(id)).toMatchObject({ dueAt: later(30), waitingSince: world.clock.at })
  await world.reply(id)
  const answered = await read(id)
  await write()
  expect(await read(id)).toMatchObject({
    dueAt: answered.dueAt,
    firstResponseAt: answered.firstResponseAt,
    waitingSince: world.clock.at,
  })
  expect(await due()).not.toContain(id)
})

it('promises nothing without such a package', async () => {
  const { ticketId } = await world.ticketWith([500n])
  expect(await read(ticketId)).toMatchObject({ promisedMinutes: null, dueAt: null })
})
