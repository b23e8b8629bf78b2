import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { openImap } from '../../connectors/imap/imap.ts'
import type { DeliveredMail, MailboxPosition, MailDoor } from '../../src/ports/mail-door.ts'
import { type Dovecot, startDovecot } from '../support/dovecot.ts'
import { quietLog } from '../support/quiet-log.ts'

let dovecot: Dovecot
const doors: MailDoor[] = []

beforeAll(async () => {
  dovecot = await startDovecot()
})

afterAll(async () => {
  await Promise.all(doors.map((door) => door.stop()))
  await dovecot.close()
})

const mailOf = (n: number, body = 'Hello') =>
  Buffer.from(`From: ana@example.com\r\nTo: desk@example.com\r\nSubject: Mail ${n}\r\n\r\n${body}\r\n`)

const subjectsOf = (mails: DeliveredMail[]) =>
  mails.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw.toString())?.[1] ?? '').sort()

/** What the service keeps, with the position in memory instead of a table. */
function keeper(user: string) {
  const kept = new Map<string, DeliveredMail>()
  const state: { position?: MailboxPosition; told: number; refuses: boolean; notes: (string | null)[] } = {
    told: 0,
    refuses: false,
    notes: [],
  }
  const open = () => {
    const door = openImap({
      url: dovecot.urlOf(user),
      readPosition: async () => state.position && { ...state.position },
      savePosition: async (_name, position) => {
        state.position = { ...position }
      },
      note: async (_name, problem) => {
        state.notes.push(problem)
      },
      take: async (mail) => {
        state.told += 1
        if (state.refuses) throw new Error('the database is away')
        kept.set(mail.key, mail)
      },
      log: quietLog,
      reconnectMs: [50],
    })
    doors.push(door)
    return door
  }
  return { kept, state, open }
}

async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let times = 0; times < 400; times += 1) {
    if (await check()) return
    await sleep(25)
  }
  throw new Error('it did not come to pass')
}

test('new mail is taken as it comes, and marked as read once it is kept', async () => {
  const { kept, state, open } = keeper('new')
  const door = open()
  await eventually(async () => (await dovecot.count('new')).seen === 0)
  await dovecot.append('new', [mailOf(1)])
  await eventually(() => kept.size === 1)
  await dovecot.append('new', [mailOf(2), mailOf(3)])
  await eventually(() => kept.size === 3)
  expect(subjectsOf([...kept.values()])).toEqual(['Mail 1', 'Mail 2', 'Mail 3'])
  await eventually(async () => (await dovecot.count('new')).unseen === 0)
  await door.stop()
  expect(new Set(state.notes)).toEqual(new Set([null]))
})

test('of a mailbox that is seen for the first time only the unread mail is taken', async () => {
  await dovecot.append('old', [mailOf(1), mailOf(2)], ['\\Seen'])
  await dovecot.append('old', [mailOf(3)])
  const { kept, open } = keeper('old')
  const door = open()
  await eventually(() => kept.size === 1)
  await dovecot.append('old', [mailOf(4)])
  await eventually(() => kept.size === 2)
  expect(subjectsOf([...kept.values()])).toEqual(['Mail 3', 'Mail 4'])
  await door.stop()
})

test('all of a batch of 200 are taken at once, and mail that came while nobody listened, after a restart', async () => {
  const { kept, state, open } = keeper('batch')
  const first = open()
  await eventually(() => state.position !== undefined)
  await dovecot.append(
    'batch',
    Array.from({ length: 200 }, (_, n) => mailOf(n)),
  )
  await eventually(() => kept.size === 200)
  await first.stop()
  await dovecot.append('batch', [mailOf(900), mailOf(901)])
  const again = open()
  await eventually(() => kept.size === 202)
  expect(new Set(subjectsOf([...kept.values()])).size).toBe(202)
  await again.stop()
})

test('mail that another program has marked as read is taken all the same', async () => {
  const { kept, state, open } = keeper('seen')
  const door = open()
  await eventually(() => state.position !== undefined)
  await dovecot.append('seen', [mailOf(1)], ['\\Seen'])
  await eventually(() => kept.size === 1)
  await door.stop()
})

test('what could not be kept stays unread and is told again', async () => {
  const { kept, state, open } = keeper('away')
  const door = open()
  await eventually(() => state.position !== undefined)
  state.refuses = true
  await dovecot.append('away', [mailOf(1)])
  await eventually(() => state.told > 2)
  expect(await dovecot.count('away')).toEqual({ seen: 0, unseen: 1 })
  state.refuses = false
  await eventually(() => kept.size === 1)
  await door.stop()
})

test('a server that goes away and comes back is read on', async () => {
  const { kept, state, open } = keeper('gone')
  const door = open()
  await eventually(() => state.position !== undefined)
  await dovecot.restart()
  await dovecot.append('gone', [mailOf(1)])
  await eventually(() => kept.size === 1)
  await door.stop()
})

test('a mailbox that was numbered anew loses nothing that nobody had read', async () => {
  const { kept, state, open } = keeper('anew')
  const door = open()
  await eventually(() => state.position !== undefined)
  await dovecot.append('anew', [mailOf(1)])
  await eventually(() => kept.size === 1)
  await door.stop()
  await dovecot.append('anew', [mailOf(2)])
  await dovecot.renumber('anew')
  const again = open()
  await eventually(() => subjectsOf([...kept.values()]).includes('Mail 2'))
  await again.stop()
})

test('a wrong password is told, in the log and to be shown, and tried again, not forgotten', async () => {
  const told: string[] = []
  const notes: (string | null)[] = []
  const door = openImap({
    url: dovecot.urlOf('wrong').replace('secret', 'wr%40ng'),
    readPosition: async () => undefined,
    savePosition: async () => undefined,
    note: async (_name, problem) => {
      notes.push(problem)
      // What is shown about a mailbox is not worth its mails.
      throw new Error('the database is away')
    },
    take: async () => undefined,
    log: { ...quietLog, warn: (data) => told.push(JSON.stringify(data)) },
    reconnectMs: [10],
  })
  await eventually(() => told.length > 1)
  await door.stop()
  expect(told[0]).toMatch(/authenticat/i)
  expect(told.join()).not.toContain('wr@ng')
  expect(notes[0]).toMatch(/authenticat/i)
})
