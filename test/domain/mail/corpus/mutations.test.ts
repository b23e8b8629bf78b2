import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { readMail } from '../../../../src/domain/mail/read/read-mail.ts'
import { heldMemory } from '../../../support/held-memory.ts'
import { isLong, patienceMs } from '../../../support/runs.ts'
import { corpus, dangersIn, exactly } from './corpus.ts'
import { openCorpusRoom } from './corpus-room.ts'
import { mutate } from './mutate.ts'

// Mails of the corpus, damaged in ways that follow from a seed, through the real receiver: none is lost, none is an error.

const runs = isLong ? 5_000 : 100
/** MAIL_SEED plays one again. */
const first = Number(process.env.MAIL_SEED ?? 20_260_301)
const count = process.env.MAIL_SEED === undefined ? runs : 1

let room: Awaited<ReturnType<typeof openCorpusRoom>>

beforeAll(async () => {
  room = await openCorpusRoom()
})

afterAll(() => room.close())

it(
  `${count} damaged mails each become a message, a listed mail or an ignored one, in bounded memory`,
  async () => {
    const raws = corpus.map(({ raw }) => raw)
    const addresses = new Map<number, string>()
    const verdicts = new Map<string, number>()
    let warm = 0
    let known = 0
    for (let seed = first; seed < first + count; seed += 1) {
      if (seed === first + 100) warm = heldMemory()
      const { at, how, raw } = mutate(seed, raws)
      const original = corpus[at]
      if (!original) throw new Error('there is no such mail')
      const told = `seed ${seed}: ${original.name}, ${how.join(', ')}`
      try {
        const address = addresses.get(at) ?? (await room.stageOf(original)).address
        addresses.set(at, address)
        const sender = original.expected.envelopeFrom ?? 'somebody@example.net'
        const mailId = await room.deliver(raw, address, sender)
        if (mailId === undefined) {
          known += 1
          continue
        }
        const { state, verdict, blob, messageId } = await room.rowOf(mailId)
        if (state === 'processed' && verdict !== 'bounce') expect(messageId).not.toBeNull()
        expect(['processed', 'held', 'ignored']).toContain(state)
        verdicts.set(verdict ?? '', (verdicts.get(verdict ?? '') ?? 0) + 1)
        expect(await room.deps.blobs.get(blob)).not.toBeUndefined()
        const { html, faults } = await readMail(raw)
        expect(dangersIn(html ?? '')).toEqual([])
        expect(faults.filter((fault) => fault.startsWith('broken'))).toEqual([])
      } catch (error) {
        throw new Error(`${told}\n${String(error)}`, { cause: error })
      }
    }
    if (isLong && count > 1_000) expect(heldMemory() - warm).toBeLessThan(64 * 1024 * 1024)
    if (count > 1) expect(verdicts.size).toBeGreaterThan(4)
    const pending = await room.db.prisma.incomingMail.count({
      where: { state: { in: ['pending', 'failed'] } },
    })
    expect(pending).toBe(0)
    expect(await room.db.prisma.incomingMail.count()).toBe(count - known)
  },
  patienceMs,
)

it('afterwards the originals are read as exactly as before', async () => {
  for (const { name, raw, expected } of corpus) {
    const [got, wanted] = exactly(await readMail(raw), expected)
    expect([name, got]).toEqual([name, wanted])
  }
})
