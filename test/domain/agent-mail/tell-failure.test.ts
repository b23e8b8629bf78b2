import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createSandboxStore } from '../../../src/db/sandbox-store.ts'
import { tellFailure } from '../../../src/domain/agent-mail/tell-failure.ts'
import { addAgent } from '../../../src/domain/agents/add-agent.ts'
import { changeNotifications } from '../../../src/domain/agents/notifications.ts'
import { failMessage } from '../../../src/domain/tickets/fail-message.ts'
import { undoMessage } from '../../../src/domain/tickets/undo-message.ts'
import { makeWorld, start, type World } from '../../support/world.ts'

let world: World
let maja: bigint

beforeAll(async () => {
  world = await makeWorld()
  const { id } = await addAgent(world.deps, {
    shopId: world.shopId,
    email: 'maja@shop.example',
    name: 'Maja',
    role: 'agent',
  })
  maja = BigInt(id)
})
beforeEach(async () => {
  world.goTo(start)
  await tell({ toldOf: 'all', quietFrom: '', quietUntil: '' })
})
afterAll(() => world.close())

const tell = (change: { toldOf?: string; quietFrom?: string; quietUntil?: string }) =>
  changeNotifications(world.deps, { shopId: world.shopId, agentId: maja, actor: 'cli', ...change })

async function failed(reason = '550 No such mailbox') {
  const { ticketId } = await world.ticketWith([1000n], { email: 'ana@example.org', name: 'Ana Novak' })
  const agent = { id: maja, name: 'Maja', actor: `agent:${maja}` }
  const { messageId } = await world.reply(ticketId, { agent, body: 'Have you tried water?' })
  const key = { shopId: world.shopId, ticketId, messageId }
  await failMessage(world.deps, key, reason)
  return key
}
type Key = Awaited<ReturnType<typeof failed>>

const jobsOf = ({ messageId }: Key) =>
  world.db.query<{ runAt: Date }>(
    'test-failure-jobs',
    `select j.run_at as "runAt" from graphile_worker.jobs j join graphile_worker._private_jobs p using (id)
     where j.task_identifier = 'tell_failure' and p.payload ->> 'messageId' = $1`,
    [String(messageId)],
  )
const run = ({ shopId, ticketId, messageId }: Key) =>
  tellFailure(world.deps, {
    shopId: String(shopId),
    ticketId: String(ticketId),
    messageId: String(messageId),
    lastTry: true,
  })
const mails = () => createSandboxStore(world.db).list({ kind: 'mail', to: 'maja@shop.example', limit: 100 })

describe('an answer that could not be delivered', () => {
  it('is told once to whoever wrote it, with the reason, its words and that the credits went back', async () => {
    const key = await failed()
    await failMessage(world.deps, key, 'told a second time')
    expect(await jobsOf(key)).toHaveLength(1)
    await run(key)
    const [mail] = await mails()
    expect(mail?.subject).toContain('Your answer could not be delivered')
    expect(mail?.text).toContain('It was for ana@example.org. The other side said: 550 No such mailbox')
    expect(mail?.text).toContain('Its credits went back to the customer, who has 10 credits now.')
    expect(mail?.text).toContain('Have you tried water?')
    expect(mail?.headers['Auto-Submitted']).toBe('auto-generated')
    expect(mail?.headers['List-Unsubscribe']).toBe('<https://desk.example/desk/me/notifications>')
    expect(mail?.headers['Reply-To']).toMatch(/^agent\+/)
  })

  it('waits for the end of quiet hours', async () => {
    await tell({ quietFrom: '09:00', quietUntil: '11:00' })
    const before = (await mails()).length
    const key = await failed()
    await run(key)
    expect(await mails()).toHaveLength(before)
    expect((await jobsOf(key)).map(({ runAt }) => runAt.toISOString())).toContain('2026-03-01T11:00:00.000Z')
    world.goTo(new Date('2026-03-01T11:00:00Z'))
    await run(key)
    expect(await mails()).toHaveLength(before + 1)
  })

  it('is no mail for those who want none, nor of an answer that was taken back', async () => {
    const before = (await mails()).length
    await tell({ toldOf: 'none' })
    await run(await failed())
    await tell({ toldOf: 'all' })
    const { ticketId } = await world.ticketWith([1000n], { email: 'bor@example.org' })
    const { messageId } = await world.reply(ticketId)
    const key = { shopId: world.shopId, ticketId, messageId }
    await undoMessage(world.deps, { ...key, actor: 'cli' })
    expect(await jobsOf(key)).toEqual([])
    await run(key)
    expect(await mails()).toHaveLength(before)
  })
})
