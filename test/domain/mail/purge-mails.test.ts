import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { purgeMails } from '../../../src/domain/mail/purge-mails.ts'
import { makeMailRoom } from './mail-room.ts'

let room: Awaited<ReturnType<typeof makeMailRoom>>
beforeAll(async () => {
  room = await makeMailRoom()
})
afterAll(() => room.close())

test('raw mail goes when its time is over; what waits, what is shared and what became a message stays', async () => {
  await room.ticketWith([1000n], { email: 'ana@example.com' })
  const old = await room.arrive({ from: 'ana@example.com', body: 'An old question' })
  const held = await room.arrive({ from: 'stranger@example.net' })
  const shared = await room.arrive({ from: 'ana@example.com', body: 'Twice' })
  room.goTo(room.day(366))
  const raw = (await room.deps.blobs.get(shared.blob)) ?? Buffer.from('')
  await room.arrive({}, { raw, key: 'again' })
  const recent = await room.arrive({ from: 'ana@example.com', body: 'A new question' })
  await purgeMails(room.deps)
  const there = async (mail: { blob: string }) => (await room.deps.blobs.get(mail.blob)) !== undefined
  expect(await Promise.all([old, held, shared, recent].map(there))).toEqual([false, true, true, true])
  expect((await room.messagesOf(old.ticketId ?? 0n)).map(({ body }) => body)).toContain('An old question')
  expect(await purgeMails(room.deps)).toBe(0)
})
