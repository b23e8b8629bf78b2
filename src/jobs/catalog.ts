import { z } from 'zod'
import { problemKinds } from '../domain/sync/problem-kinds.ts'

// Names and payloads stand apart from the handlers, so that enqueuing a job imports no handler and makes no cycle.

/** What an agent is told about their own account. */
export const accountNews = [
  'invitation',
  'password_link',
  'password_changed',
  'second_factor_on',
  'second_factor_off',
  'second_factor_reset',
] as const
export type AccountNews = (typeof accountNews)[number]

export interface JobKind {
  payload: z.ZodType
  maxAttempts: number
  lane?: 'shops'
  comesAgain?: true
  priority?: number
}

/**
 * The queue reads jobs by their priority, and each worker past those of other lanes. Those that wait for shops stand behind all others,
 * so that a thousand orders to be written on a shop that hangs do not slow down the mails.
 */
export function priorityOf({ priority, lane }: JobKind): number {
  return priority ?? (lane === 'shops' ? 20 : 0)
}

const id = z.string().regex(/^\d+$/)

/**
 * Every job: its payload, and how often it is tried before a person must look. Those of the lane `shops` wait for shops, or take
 * long; they have workers of their own, so that a mail never waits for a shop. What `comesAgain` is enqueued by the clock, or with
 * a key whenever it may be due, so nothing is lost with one that a killed process left. Of what is due, jobs with the lowest
 * `priority` begin first (see priorityOf where it is left out): what is begun is ended first, so that no burst of orders keeps an answer or a
 * welcome waiting, and both come before what agents are told.
 */
export const jobs = {
  /** Understands one stored delivery. Most of these jobs are made by accept_delivery, with figures of its own. */
  process_delivery: { payload: z.object({ shopId: id, deliveryId: id }), maxAttempts: 25, priority: 5 },
  /** Hands one queued message to its provider. */
  send_message: { payload: z.object({ shopId: id, ticketId: id, messageId: id }), maxAttempts: 25 },
  /** Puts a note on the shop's order; only for shops with keys. Twenty tries take about three days. */
  add_order_note: {
    payload: z.object({ shopId: id, orderId: id, note: z.string() }),
    maxAttempts: 20,
    lane: 'shops',
  },
  /** Every five minutes, and when workers start: has each shop reconciled. */
  reconcile_shops: { payload: z.object({}).loose(), maxAttempts: 1, comesAgain: true },
  /** Takes in what a shop changed since the last time. */
  reconcile_shop: { payload: z.object({ shopId: id }), maxAttempts: 3, lane: 'shops', comesAgain: true },
  /** Every hour: has each shop looked at whose last look is a day ago. */
  look_at_shops: { payload: z.object({}).loose(), maxAttempts: 1, comesAgain: true },
  /** Looks at a shop's orders with credits, which finds those that were deleted for good. */
  look_at_orders: { payload: z.object({ shopId: id }), maxAttempts: 3, lane: 'shops', comesAgain: true },
  /** Verifies keys that came, and gives the shop its webhooks. Twelve tries take a day and a half. */
  connect_shop: { payload: z.object({ shopId: id }), maxAttempts: 12, lane: 'shops' },
  /** Every ten minutes: has the webhooks and the deliveries of each shop looked at. */
  check_shops: { payload: z.object({}).loose(), maxAttempts: 1, comesAgain: true },
  /** Looks at a shop's webhooks and mends them; `resume`: also those that somebody paused. */
  check_shop: {
    payload: z.object({ shopId: id, resume: z.boolean().optional() }),
    maxAttempts: 1,
    lane: 'shops',
    comesAgain: true,
  },
  /** Reads the orders of the days before a shop was connected, a minute's worth each time. */
  backfill_orders: {
    payload: z.object({ shopId: id, backfillId: id }),
    maxAttempts: 25,
    lane: 'shops',
    comesAgain: true,
  },
  /** Each minute: finds the accounts on which something moved, for the notes and balances on the shops' orders. */
  find_balance_changes: { payload: z.object({}).loose(), maxAttempts: 1, comesAgain: true },
  /** Each hour: compares all orders with what was written on them. */
  check_order_meta: { payload: z.object({}).loose(), maxAttempts: 1, comesAgain: true },
  /** Writes ticket and balance on a shop's orders; what fails stays due for the next sweep. */
  write_order_meta: { payload: z.object({ shopId: id }), maxAttempts: 1, lane: 'shops', comesAgain: true },
  /** Asks the shop what it knows of a customer, for the side panel. */
  refresh_customer: { payload: z.object({ shopId: id, customerId: id }), maxAttempts: 5, lane: 'shops' },
  /** Works out again the orders with lines that no package means: all of them, or those of one product. */
  rematch_orders: { payload: z.object({ shopId: id, productId: z.string().optional() }), maxAttempts: 12 },
  /** One step of reading a shop's list of products. */
  read_catalogue: { payload: z.object({ shopId: id }), maxAttempts: 12, lane: 'shops' },
  /** Every night: has the products of all shops read. */
  read_catalogues: { payload: z.object({}).loose(), maxAttempts: 3, comesAgain: true },
  /** Asks the shop for one product and its variations. */
  refresh_product: {
    payload: z.object({ shopId: id, productId: z.string() }),
    maxAttempts: 12,
    lane: 'shops',
  },
  /** Works these orders through again, or all in these statuses, because what decides about them changed. */
  recheck_orders: {
    payload: z.object({
      shopId: id,
      orderIds: z.array(id).optional(),
      statuses: z.array(z.string()).optional(),
    }),
    maxAttempts: 12,
  },
  /** Every ten minutes: writes what expired. */
  expire_credits: { payload: z.object({}).loose(), maxAttempts: 1, comesAgain: true },
  /** Every hour: warns of credits that end in 30, 7 and 1 days. */
  warn_expiry: { payload: z.object({}).loose(), maxAttempts: 1, comesAgain: true },
  /** Every night: recomputes the ledgers and tells the owners when one is wrong. */
  verify_ledger: { payload: z.object({}).loose(), maxAttempts: 5, comesAgain: true },
  /** A mail to an agent that belongs to no ticket. */
  send_notice: {
    payload: z.object({
      shopId: id,
      agentId: id,
      template: z.enum(['ledger-alarm', 'shop-problem', 'account']),
      data: z.union([
        z.object({ checkedAt: z.iso.datetime() }),
        z.object({ kind: z.enum(problemKinds), toldAt: z.iso.datetime() }),
        z.object({ news: z.enum(accountNews), at: z.iso.datetime(), by: z.string().optional() }),
      ]),
    }),
    maxAttempts: 25,
  },
  /** A mail that brings an authorised contact the private link. */
  send_invitation: {
    payload: z.object({ shopId: id, contactId: id, version: z.number().int() }),
    maxAttempts: 25,
  },
  /** Understands one stored mail. */
  process_mail: { payload: z.object({ mailId: id }), maxAttempts: 12 },
  /** Every night: removes raw mails, and files that were never sent, whose time is over. */
  purge_mails: { payload: z.object({}).loose(), maxAttempts: 3, comesAgain: true },
  /** Queues a mail to each agent who is to be told of what came to a ticket; message 0: of the ticket itself. */
  notify_agents: {
    payload: z.object({ shopId: id, ticketId: id, messageId: id }),
    maxAttempts: 12,
    priority: 10,
  },
  /** Mails one agent what a customer wrote. */
  tell_agent: {
    payload: z.object({ shopId: id, ticketId: id, messageId: id, agentId: id }),
    maxAttempts: 12,
    priority: 10,
  },
  /** Mails whoever wrote an answer that it could not be delivered. */
  tell_failure: { payload: z.object({ shopId: id, ticketId: id, messageId: id }), maxAttempts: 12 },
  /** Tells an agent what became of a mail of theirs. */
  send_receipt: {
    payload: z.object({
      shopId: id,
      ticketId: id,
      agentId: id,
      mailId: id,
      outcome: z.enum(['done', 'held']),
      /** Of what is done; a reply where it is not said. */
      act: z.enum(['reply', 'note', 'work']).optional(),
    }),
    maxAttempts: 12,
  },
  /** Tells somebody without an account where packages are sold. */
  send_no_package: {
    payload: z.object({
      shopId: id,
      mailId: id,
      to: z.string(),
      inReplyTo: z.string().optional(),
      subject: z.string(),
    }),
    maxAttempts: 12,
  },
  /** Each minute: closes sessions whose hold timed out, frees the work of dead processes. */
  sweep: { payload: z.object({}).loose(), maxAttempts: 1, comesAgain: true },
} as const satisfies Record<string, JobKind>

export type JobName = keyof typeof jobs
export type JobPayload<Name extends JobName> = z.infer<(typeof jobs)[Name]['payload']>
