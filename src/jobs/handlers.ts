import type { JobHelpers } from 'graphile-worker'
import { sendNotice } from '../domain/agents/send-notice.ts'
import { checkLedgers } from '../domain/credits/check-ledgers.ts'
import { expireCredits } from '../domain/credits/expire-credits.ts'
import { warnExpiry } from '../domain/credits/warn-expiry.ts'
import { sendInvitation } from '../domain/customers/invite-person.ts'
import type { Deps } from '../domain/deps.ts'
import { failMail } from '../domain/mail/fail-mail.ts'
import { processMail } from '../domain/mail/process-mail.ts'
import { sendNoPackage } from '../domain/mail/send-no-package.ts'
import { addOrderNote } from '../domain/orders/add-order-note.ts'
import { failDelivery } from '../domain/orders/fail-delivery.ts'
import { processDelivery } from '../domain/orders/process-delivery.ts'
import { recheckOrders } from '../domain/orders/recheck-orders.ts'
import { rematchOrders } from '../domain/orders/rematch-orders.ts'
import { closeTimedOutSessions } from '../domain/sessions/close-timed-out-sessions.ts'
import { sendMessage } from '../domain/tickets/send-message.ts'
import type { JobName, JobPayload } from './catalog.ts'
import { freeDeadPools } from './lease.ts'

type Handler<Name extends JobName> = (deps: Deps, payload: JobPayload<Name>, run: JobRun) => Promise<void>

/** One attempt at a job. `lastTry`: the queue will not call again, so what must not be forgotten is recorded now. */
export interface JobRun {
  lastTry: boolean
}

export function jobRun(helpers: Pick<JobHelpers, 'job'>): JobRun {
  return { lastTry: helpers.job.attempts >= helpers.job.max_attempts }
}

export const handlers: { [Name in JobName]: Handler<Name> } = {
  async process_delivery(deps, payload, run) {
    const key = { shopId: BigInt(payload.shopId), deliveryId: BigInt(payload.deliveryId) }
    try {
      await processDelivery(deps, key)
    } catch (error) {
      if (run.lastTry) await failDelivery(deps, { ...key, reason: String(error) })
      throw error
    }
  },

  async send_message(deps, payload, run) {
    await sendMessage(deps, {
      shopId: BigInt(payload.shopId),
      ticketId: BigInt(payload.ticketId),
      messageId: BigInt(payload.messageId),
      lastTry: run.lastTry,
    })
  },

  async add_order_note(deps, payload) {
    await addOrderNote(deps, {
      shopId: BigInt(payload.shopId),
      orderId: BigInt(payload.orderId),
      note: payload.note,
    })
  },

  async rematch_orders(deps, payload) {
    await rematchOrders(deps, { shopId: BigInt(payload.shopId) })
  },

  async recheck_orders(deps, payload) {
    await recheckOrders(deps, {
      shopId: BigInt(payload.shopId),
      orderIds: (payload.orderIds ?? []).map(BigInt),
      statuses: payload.statuses ?? [],
    })
  },

  async expire_credits(deps) {
    await expireCredits(deps)
  },

  async warn_expiry(deps) {
    await warnExpiry(deps)
  },

  async verify_ledger(deps) {
    await checkLedgers(deps)
  },

  async send_notice(deps, payload, run) {
    await sendNotice(deps, { ...payload, lastTry: run.lastTry })
  },

  async send_invitation(deps, payload, run) {
    await sendInvitation(deps, {
      shopId: BigInt(payload.shopId),
      contactId: BigInt(payload.contactId),
      version: payload.version,
      lastTry: run.lastTry,
    })
  },

  async process_mail(deps, payload, run) {
    const mail = { mailId: BigInt(payload.mailId) }
    try {
      await processMail(deps, mail)
    } catch (error) {
      if (run.lastTry) await failMail(deps, { ...mail, reason: String(error) })
      throw error
    }
  },

  async send_no_package(deps, payload, run) {
    await sendNoPackage(deps, { ...payload, lastTry: run.lastTry })
  },

  async sweep(deps) {
    const freed = await freeDeadPools(deps.db)
    if (freed.length > 0) {
      deps.log.warn({ pools: freed.length }, 'freed the jobs of processes that died')
      deps.wakeWorkers()
    }
    await closeTimedOutSessions(deps)
  },
}
