import { addPerson } from '../../../src/domain/customers/add-person.ts'
import type { Manager } from '../../../src/domain/customers/manage-people.ts'
import { loadPeople, type Person } from '../../../src/domain/customers/people.ts'
import type { Refused } from '../../../src/domain/refusal.ts'
import { receiveMessage } from '../../../src/domain/tickets/receive-message.ts'
import type { World } from '../../support/world.ts'

export const byAgent: Manager = { actor: 'agent:1' }

/** What a use case refused with. */
export async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => 'not refused',
    (error: unknown) => (error as Refused).refusal,
  )
}

export async function peopleOf(world: World, customerId: bigint): Promise<Person[]> {
  return loadPeople(world.db, { shopId: world.shopId, customerId })
}

export async function personCalled(world: World, customerId: bigint, name: string): Promise<Person> {
  const found = (await peopleOf(world, customerId)).find((person) => person.name === name)
  if (!found) throw new Error(`nobody is called ${name}`)
  return found
}

/** Lets somebody write, in the shop's name unless told otherwise. */
export async function letIn(
  world: World,
  customerId: bigint,
  name: string,
  more: { email?: string; phone?: string; by?: Manager } = { email: `${name.toLowerCase()}@firm.example` },
): Promise<bigint> {
  const { contactId } = await addPerson(world.deps, {
    shopId: world.shopId,
    customerId,
    name,
    by: byAgent,
    ...more,
  })
  return contactId
}

/** A message of a person on the private page; time goes on a minute, as it does between people. */
export async function writes(
  world: World,
  ticketId: bigint,
  from: { contactId?: bigint; from?: string },
  body = 'Hello',
): Promise<void> {
  world.goTo(new Date(world.clock.at.getTime() + 60_000))
  await receiveMessage(world.deps, {
    shopId: world.shopId,
    ticketId,
    channel: from.from ? 'email' : 'portal',
    body,
    authorName: 'Somebody',
    ...from,
  })
}
