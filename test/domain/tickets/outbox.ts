import { createEmail } from '../../../connectors/email/email.ts'
import { createTwilioTexting } from '../../../connectors/twilio/twilio.ts'
import { sendMessage } from '../../../src/domain/tickets/send-message.ts'
import type { Log } from '../../../src/ports/log.ts'
import { startFakeSmtp } from '../../support/fakes/smtp.ts'
import { fakeTwilioAccount, startFakeTwilio } from '../../support/fakes/twilio.ts'
import { makeWorld } from '../../support/world.ts'

export interface Sent {
  shopId: bigint
  ticketId: bigint
  messageId: bigint
}

/** A world whose mails and texts go through the real connectors to a mail server and a Twilio on 127.0.0.1. */
export async function openOutbox() {
  const smtp = await startFakeSmtp()
  const twilio = await startFakeTwilio()
  const world = await makeWorld({
    mail: createEmail({
      smtpUrl: smtp.url,
      connectTimeoutMs: 20_000,
      socketTimeoutMs: 20_000,
      deadlineMs: 30_000,
    }),
    texting: createTwilioTexting({
      ...fakeTwilioAccount,
      sender: { from: '+15005550006' },
      statusCallback: () => undefined,
      apiBase: twilio.url,
      timeoutMs: 30_000,
    }),
  })
  // Twilio's clock is the real one, and a text is looked up by the time of its attempt.
  world.goTo(new Date())

  return {
    smtp,
    twilio,
    world,
    /** A customer with 10 credits whose ticket has a reply that waits to be sent. */
    async reply(channel: 'email' | 'sms', input: Parameters<typeof world.reply>[1] = {}) {
      const phone = `+3864${String(Math.floor(Math.random() * 10_000_000)).padStart(7, '0')}`
      const made = await world.ticketWith([1000n], { email: 'ana@example.org', phone })
      const { messageId } = await world.reply(made.ticketId, { channel, ...input })
      return { ...made, shopId: world.shopId, messageId, phone }
    },
    send: ({ shopId, ticketId, messageId }: Sent, lastTry = false, log: Log = world.deps.log) =>
      sendMessage({ ...world.deps, log }, { shopId, ticketId, messageId, lastTry }),
    message: ({ ticketId, messageId }: Sent) => world.message(ticketId, messageId),
    /** What a kill between the provider's answer and our record leaves behind. */
    forgetOutcome: ({ shopId, ticketId, messageId }: Sent) =>
      world.db.prisma.message.update({
        where: { shopId_ticketId_id: { shopId, ticketId, id: messageId } },
        data: { state: 'sending', providerId: null, settledAt: null },
      }),
    /** No trouble is left from the test before. */
    behave() {
      smtp.behave()
      twilio.behave()
    },
    async close() {
      await world.close()
      await smtp.close()
      await twilio.close()
    },
  }
}

export type Outbox = Awaited<ReturnType<typeof openOutbox>>
