import type { JobHelpers } from 'graphile-worker'
import { notifyAgents } from '../domain/agent-mail/notify-agents.ts'
import { sendReceipt, tellAgent } from '../domain/agent-mail/tell-agent.ts'
import { tellFailure } from '../domain/agent-mail/tell-failure.ts'
import { sendNotice } from '../domain/agents/send-notice.ts'
import { connectShop } from '../domain/connect/connect-shop.ts'
import { checkLedgers } from '../domain/credits/check-ledgers.ts'
import { expireCredits } from '../domain/credits/expire-credits.ts'
import { warnExpiry } from '../domain/credits/warn-expiry.ts'
import { refreshContext } from '../domain/customers/context/refresh-context.ts'
import { sendInvitation } from '../domain/customers/invite-person.ts'
import type { Deps } from '../domain/deps.ts'
import { purgeDraftFiles } from '../domain/drafts/purge-draft-files.ts'
import { enqueueJob } from '../domain/enqueue.ts'
import { checkShop } from '../domain/health/check-shop.ts'
import { enqueueChecks } from '../domain/health/enqueue-checks.ts'
import { failMail } from '../domain/mail/fail-mail.ts'
import { processMail } from '../domain/mail/process-mail.ts'
import { purgeMails } from '../domain/mail/purge-mails.ts'
import { sendNoPackage } from '../domain/mail/send-no-package.ts'
import { addOrderNote } from '../domain/orders/add-order-note.ts'
import { failDelivery } from '../domain/orders/fail-delivery.ts'
import { processDelivery } from '../domain/orders/process-delivery.ts'
import { recheckOrders } from '../domain/orders/recheck-orders.ts'
import { rematchOrders } from '../domain/orders/rematch-orders.ts'
import { readCatalogue } from '../domain/products/read-catalogue.ts'
import { readCatalogues } from '../domain/products/read-catalogues.ts'
import { refreshProduct } from '../domain/products/refresh-product.ts'
import { closeTimedOutSessions } from '../domain/sessions/close-timed-out-sessions.ts'
import { purgeTries } from '../domain/sign-in/tries.ts'
import { enqueueLooks, enqueueReconciles } from '../domain/sync/enqueue-syncs.ts'
import { lookAtOrders } from '../domain/sync/look-at-orders.ts'
import { reconcileShop } from '../domain/sync/reconcile-shop.ts'
import { runBackfill } from '../domain/sync/run-backfill.ts'
import { syncJob } from '../domain/sync/sync-jobs.ts'
import { purgeTicketActs, wakeTickets } from '../domain/tickets/acts/wake-tickets.ts'
import { sendMessage } from '../domain/tickets/send-message.ts'
import { checkOrderMeta } from '../domain/write-back/check-order-meta.ts'
import { findBalanceChanges } from '../domain/write-back/find-balance-changes.ts'
import { writeOrderMeta } from '../domain/write-back/write-order-meta.ts'
import type { JobName, JobPayload } from './catalog.ts'
import { freeDeadPools } from './lease.ts'
import type { ShopTurns } from './shop-turns.ts'

type Handler<Name extends JobName> = (deps: Deps, payload: JobPayload<Name>, run: JobRun) => Promise<void>

/**
 * One attempt at a job. `firstTry`: nothing of it was done yet. `lastTry`: the queue will not call again, so what must not be
 * forgotten is recorded now.
 */
export interface JobRun {
  firstTry: boolean
  lastTry: boolean
  /** Set while the workers are being stopped: what takes long ends soon and lets another process go on. */
  signal: AbortSignal
  turns: ShopTurns
}

export function jobRun(helpers: Pick<JobHelpers, 'job' | 'abortSignal'>, turns: ShopTurns): JobRun {
  const { attempts, max_attempts } = helpers.job
  return {
    firstTry: attempts <= 1,
    lastTry: attempts >= max_attempts,
    signal: helpers.abortSignal,
    turns,
  }
}

const minute = 60_000

/** A job's own deadline: whatever is left is another job's, behind those of other shops. */
function deadline(run: JobRun, ms: number): () => boolean {
  const ends = performance.now() + ms
  return () => run.signal.aborted || performance.now() >= ends
}

export const handlers: { [Name in JobName]: Handler<Name> } = {
  async process_delivery(deps, payload, run) {
    const key = { shopId: BigInt(payload.shopId), deliveryId: BigInt(payload.deliveryId) }
    try {
      const takeTurn = () => run.turns.take(payload.shopId)
      const outcome = await processDelivery(deps, { ...key, takeTurn })
      if (outcome.kind === 'done') return
      // A job of its own, so that waiting for the shop uses up no try.
      const pause = new Date(deps.clock.now().getTime() + run.turns.pause(payload.shopId))
      await enqueueJob(deps.db, 'process_delivery', payload, { runAt: outcome.until ?? pause })
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

  async add_order_note(deps, payload, run) {
    await addOrderNote(deps, {
      shopId: BigInt(payload.shopId),
      orderId: BigInt(payload.orderId),
      note: payload.note,
      firstTry: run.firstTry,
      lastTry: run.lastTry,
    })
  },

  async reconcile_shops(deps) {
    await enqueueReconciles(deps)
  },

  async reconcile_shop(deps, payload, run) {
    const shopId = BigInt(payload.shopId)
    const { outcome } = await reconcileShop(deps, { shopId, isOver: deadline(run, 4 * minute) })
    if (outcome === 'stopped') {
      await enqueueJob(deps.db, 'reconcile_shop', payload, syncJob('reconcile', shopId))
    }
  },

  async look_at_shops(deps) {
    await enqueueLooks(deps)
  },

  async look_at_orders(deps, payload, run) {
    const shopId = BigInt(payload.shopId)
    const isOver = deadline(run, 4 * minute)
    await reconcileShop(deps, { shopId, deep: true, isOver })
    const { outcome } = await lookAtOrders(deps, { shopId, isOver })
    if (outcome === 'stopped') {
      await enqueueJob(deps.db, 'look_at_orders', payload, syncJob('look', shopId))
    }
  },

  async connect_shop(deps, payload, run) {
    await connectShop(deps, { shopId: BigInt(payload.shopId), lastTry: run.lastTry })
  },

  async check_shops(deps) {
    await enqueueChecks(deps)
  },

  async check_shop(deps, payload) {
    await checkShop(deps, { shopId: BigInt(payload.shopId), resume: payload.resume ?? false })
  },

  async backfill_orders(deps, payload, run) {
    const shopId = BigInt(payload.shopId)
    const backfillId = BigInt(payload.backfillId)
    const { outcome, notBefore } = await runBackfill(deps, {
      shopId,
      backfillId,
      isOver: deadline(run, minute),
    })
    if (outcome === 'ended') return
    await enqueueJob(deps.db, 'backfill_orders', payload, {
      ...syncJob('backfill', shopId),
      ...(notBefore && { runAt: notBefore }),
    })
  },

  async find_balance_changes(deps) {
    await findBalanceChanges(deps)
  },

  async check_order_meta(deps) {
    await checkOrderMeta(deps)
  },

  async write_order_meta(deps, payload, run) {
    await writeOrderMeta(deps, { shopId: BigInt(payload.shopId), isOver: deadline(run, minute) })
  },

  async refresh_customer(deps, payload, run) {
    await refreshContext(deps, {
      shopId: BigInt(payload.shopId),
      customerId: BigInt(payload.customerId),
      lastTry: run.lastTry,
    })
  },

  async rematch_orders(deps, payload) {
    const { shopId, productId } = payload
    await rematchOrders(deps, { shopId: BigInt(shopId), ...(productId !== undefined && { productId }) })
  },

  async read_catalogue(deps, payload) {
    await readCatalogue(deps, { shopId: BigInt(payload.shopId) })
  },

  async read_catalogues(deps) {
    await readCatalogues(deps)
  },

  async refresh_product(deps, payload) {
    await refreshProduct(deps, { shopId: BigInt(payload.shopId), productId: payload.productId })
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

  async purge_mails(deps) {
    const purged = await purgeMails(deps)
    if (purged > 0) deps.log.info({ purged }, 'removed raw mails whose time was over')
    const files = await purgeDraftFiles(deps)
    if (files > 0) deps.log.info({ files }, 'removed files of drafts whose time was over')
  },

  async notify_agents(deps, payload) {
    await notifyAgents(deps, {
      shopId: BigInt(payload.shopId),
      ticketId: BigInt(payload.ticketId),
      messageId: BigInt(payload.messageId),
    })
  },

  async tell_agent(deps, payload, run) {
    await tellAgent(deps, { ...payload, lastTry: run.lastTry })
  },

  async tell_failure(deps, payload, run) {
    await tellFailure(deps, { ...payload, lastTry: run.lastTry })
  },

  async send_receipt(deps, payload, run) {
    await sendReceipt(deps, { ...payload, lastTry: run.lastTry })
  },

  async send_no_package(deps, payload, run) {
    await sendNoPackage(deps, { ...payload, lastTry: run.lastTry })
  },

  async sweep(deps) {
    await sweep(deps)
  },
}

/** Frees the work of dead processes, closes sessions whose hold timed out, brings back rested tickets, forgets what is over. */
export async function sweep(deps: Deps): Promise<void> {
  const freed = await freeDeadPools(deps.db)
  if (freed.length > 0) {
    deps.log.warn({ pools: freed.length }, 'freed the jobs of processes that died')
    deps.wakeWorkers()
  }
  await closeTimedOutSessions(deps)
  await wakeTickets(deps)
  await purgeTicketActs(deps)
  await purgeTries(deps.db, deps.clock.now())
}
