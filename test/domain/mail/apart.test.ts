import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createSandboxStore } from '../../../src/db/sandbox-store.ts'
import { sendNoPackage } from '../../../src/domain/mail/send-no-package.ts'
import { changeSettings } from '../../../src/domain/shops/change-settings.ts'
import { makeMailRoom } from './mail-room.ts'

let room: Awaited<ReturnType<typeof makeMailRoom>>

beforeAll(async () => {
  room = await makeMailRoom()
})
afterAll(() => room.close())

const withCredits = (email: string) => room.ticketWith([1000n], { email })
const close = (ticketId: bigint) =>
  room.db.prisma.ticket.updateMany({ where: { id: ticketId }, data: { status: 'closed' } })

describe('different people never land in one ticket', () => {
  it('because they write of the same subject, or send a mail of the same Message-ID', async () => {
    const ana = await withCredits('ana@one.example')
    const bor = await withCredits('bor@two.example')
    const same = { subject: 'Cart is empty', messageId: 'same@mail.example', body: 'The same words.' }
    expect(await room.arrive({ ...same, from: 'ana@one.example' })).toMatchObject({ ticketId: ana.ticketId })
    expect(await room.arrive({ ...same, from: 'bor@two.example' })).toMatchObject({
      verdict: 'answer',
      ticketId: bor.ticketId,
    })
  })

  it('because one answers to a mail that the other had written to us and to them', async () => {
    const ana = await withCredits('ana3@one.example')
    const bor = await withCredits('bor3@two.example')
    await room.arrive({ from: 'ana3@one.example', messageId: 'to-both@one.example' })
    const mail = await room.arrive({
      from: 'bor3@two.example',
      subject: 'Re: Cart is empty',
      headers: [
        'In-Reply-To: <to-both@one.example>',
        `References: <ticket-${room.shopId}-${ana.ticketId}@desk.example> <to-both@one.example>`,
      ],
    })
    expect(mail).toMatchObject({ verdict: 'answer', ticketId: bor.ticketId })
    expect(await room.messagesOf(ana.ticketId)).toHaveLength(1)
  })

  it('because they have the same name, or one takes the other’s name before the address', async () => {
    const ana = await room.ticketWith([1000n], { email: 'ana4@one.example', name: 'Ana Kos' })
    const mail = await room.arrive({ from: '"ana4@one.example" <other4@two.example>' })
    expect(mail.verdict).toBe('no_package')
    expect(await room.messagesOf(ana.ticketId)).toHaveLength(0)
  })
})

describe('a mail that only thanks', () => {
  it('stays on its closed ticket, which stays closed, unless the shop wants otherwise', async () => {
    const { ticketId } = await withCredits('ana5@one.example')
    await close(ticketId)
    const thanks = () =>
      room.arrive({ from: 'ana5@one.example', to: room.replyAddress(ticketId), body: 'Thank you!' })
    expect(await thanks()).toMatchObject({ verdict: 'answer', ticketId })
    expect((await room.ticketOf(ticketId)).status).toBe('closed')
    expect(await room.messagesOf(ticketId)).toHaveLength(1)
    await changeSettings(room.deps, { actor: 'cli', shopId: room.shopId, thanksReopen: true })
    await thanks()
    expect((await room.ticketOf(ticketId)).status).toBe('open')
    await changeSettings(room.deps, { actor: 'cli', shopId: room.shopId, thanksReopen: false })
  })

  it('and asks something besides opens it', async () => {
    const { ticketId } = await withCredits('ana6@one.example')
    await close(ticketId)
    const to = room.replyAddress(ticketId)
    await room.arrive({ from: 'ana6@one.example', to, body: 'Thank you! But it still does not print.' })
    expect((await room.ticketOf(ticketId)).status).toBe('open')
  })
})

it('a stranger’s answer says where to buy, belongs to their mail and is marked as automatic', async () => {
  const mail = await room.arrive({
    from: 'stranger@three.example',
    subject: 'My cart',
    messageId: 'asks@three.example',
  })
  const [job] = await room.db.query<{ payload: Parameters<typeof sendNoPackage>[1] }>(
    'test-no-package-job',
    `select payload from graphile_worker._private_jobs where payload ->> 'to' = 'stranger@three.example'`,
    [],
  )
  if (!job) throw new Error('no answer is queued')
  expect(job.payload.mailId).toBe(String(mail.id))
  await sendNoPackage(room.deps, { ...job.payload, lastTry: true })
  const to = 'stranger@three.example'
  const [answer] = await createSandboxStore(room.db).list({ kind: 'mail', to, limit: 1 })
  expect(answer?.text).toContain('https://shop.example')
  expect(answer?.headers['Auto-Submitted']).toBe('auto-replied')
  expect(answer?.headers['In-Reply-To']).toBe('asks@three.example')
})
