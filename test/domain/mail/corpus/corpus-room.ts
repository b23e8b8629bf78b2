import { openSmtpIn } from '../../../../connectors/smtp-in/smtp-in.ts'
import { acceptRecipient } from '../../../../src/domain/mail/accept-recipient.ts'
import { processMail } from '../../../../src/domain/mail/process-mail.ts'
import { type ArrivedMail, receiveMail } from '../../../../src/domain/mail/receive-mail.ts'
import { sendMessage } from '../../../../src/domain/tickets/send-message.ts'
import { quietLog } from '../../../support/quiet-log.ts'
import { sendRaw } from '../../../support/send-raw.ts'
import { makeMailRoom } from '../mail-room.ts'
import type { CorpusMail } from './corpus.ts'

/** The names by which the mails of the corpus are addressed; each delivery puts real tokens in their place. */
const replyName = 'reply+ticket@desk.example'
const bounceName = 'bounce+message@desk.example'

export interface Person {
  customerId: bigint
  ticketId: bigint
}

/** A desk with the real mail receiver at its door and everybody who writes in the corpus. */
export async function openCorpusRoom() {
  const room = await makeMailRoom()
  const people = new Map<string, Person>()
  let taken: bigint[] = []
  const door = await openSmtpIn({
    port: 0,
    host: '127.0.0.1',
    accepts: (address) => acceptRecipient(room.deps, address),
    take: async (mail) => {
      const received = await receiveMail(room.deps, { door: 'smtp', ...mail })
      if (received) taken.push(received.mailId)
    },
    log: quietLog,
  })

  async function personOf(email: string, opens: boolean): Promise<Person> {
    const known = people.get(email)
    if (known) return known
    const customerId = await room.customer({ email })
    await room.grant(customerId, { units: 1000n })
    const ticketId = opens ? await room.ticket(customerId, { email }) : 0n
    const person = { customerId, ticketId }
    people.set(email, person)
    return person
  }

  /** What a mail of the corpus is about here: its sender's ticket, or a charged answer that was sent to somebody. */
  async function stageOf({ expected }: CorpusMail) {
    if (expected.to === 'bounce') {
      const sent = await room.ticketWith([1000n], { email: `gone${people.size}-${serial()}@gone.example` })
      const { messageId } = await room.reply(sent.ticketId)
      await sendMessage(room.deps, {
        shopId: room.shopId,
        ticketId: sent.ticketId,
        messageId,
        lastTry: true,
      })
      return { ...sent, messageId, address: room.bounceAddress(sent.ticketId, messageId) }
    }
    const person =
      expected.known === 'nobody'
        ? await personOf('somebody@else.example', true)
        : await personOf(expected.from?.address ?? 'nobody@known.example', expected.known === 'ticket')
    const address = expected.to === 'reply' ? room.replyAddress(person.ticketId) : 'support@desk.example'
    return { ...person, messageId: 0n, address }
  }

  let count = 0
  const serial = () => ++count

  /** Through the real door, to its outcome; undefined when the door knew these bytes already. The clock goes on, so that nobody looks like a program in a loop. */
  async function deliver(raw: Buffer, to: string, from: string): Promise<bigint | undefined> {
    room.clock.at = new Date(room.clock.at.getTime() + 5 * 60_000)
    taken = []
    const reply = await sendRaw(door.port, { from, to: [to], raw: addressed(raw, to) })
    const [mailId] = taken
    if (!reply.startsWith('250')) throw new Error(`the door said ${reply}`)
    if (mailId !== undefined) await processMail(room.deps, { mailId })
    return mailId
  }

  /** The same by a door that knows no envelope. */
  async function deliverAgain(raw: Buffer, to: string): Promise<bigint> {
    const mail: ArrivedMail = {
      door: 'imap',
      key: `INBOX/1/${serial()}`,
      raw: addressed(raw, to),
      envelopeTo: [],
    }
    const received = await receiveMail(room.deps, mail)
    if (!received) throw new Error('the door told of it before')
    await processMail(room.deps, received)
    return received.mailId
  }

  const rowOf = (id = 0n) => room.db.prisma.incomingMail.findUniqueOrThrow({ where: { id } })

  return {
    ...room,
    stageOf,
    deliver,
    deliverAgain,
    rowOf,
    close: async () => {
      await door.stop()
      await room.close()
    },
  }
}

function addressed(raw: Buffer, to: string): Buffer {
  if (!raw.includes(replyName) && !raw.includes(bounceName)) return raw
  return Buffer.from(raw.toString('latin1').replaceAll(replyName, to).replaceAll(bounceName, to), 'latin1')
}
