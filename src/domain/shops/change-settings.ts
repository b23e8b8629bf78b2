import type { Sql } from '../../db/database.ts'
import { changesOf } from '../audit/changes.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { toCredits, toUnits } from '../credits/units.ts'
import type { Deps } from '../deps.ts'
import { enqueueJob } from '../enqueue.ts'
import { askForProducts } from '../products/ask-for-products.ts'
import { readCreditsKey } from '../products/read-credits-key.ts'
import { type FieldProblem, refuse, refuseField } from '../refusal.ts'
import { type RenewalTicket, renewalTickets } from './find-shop.ts'
import { lockShop } from './lock-shop.ts'
import { clashOf, readStatuses } from './order-statuses.ts'

export interface ChangeableSettings {
  /** The most credits that a supervisor may move in one act; beyond it an owner is needed. */
  supervisorCredits: number
  /** How many replies a day an agent may send at no charge. */
  agentWaivers: number
  /** Minutes after a charged reply in which further ones on the same ticket and channel are free; 0 is off (rule 8). */
  mergeWindow: number
  /** Statuses of the shop in which an order counts as paid also without a date of payment. */
  paidStatuses: string[]
  /** Statuses of the shop in which an order counts as unpaid also with a date of payment. */
  unpaidStatuses: string[]
  /** Which ticket an order of a running subscription gets. */
  renewalTicket: RenewalTicket
  /** Whether notes are put on the shop's orders: a ticket was opened, the credits ran out. */
  orderNotes: boolean
  /** Whether ticket and balance are written into the meta data of the shop's orders. */
  orderMeta: boolean
  /** The shop's own address for mail; '' is the one of MAIL_FROM. */
  mailAddress: string
  /** Whether a mail that only thanks opens a closed ticket again. */
  thanksReopen: boolean
  /** Seconds in which an answer can be taken back before its send begins; 0: it is sent at once. */
  undoSeconds: number
  /** Key of the meta data in which products say how many credits they carry; they are read again when it changes. */
  creditsKey: string
  /** Whoever has fewer credits left stands under "low balance", with a balance in amber; 0 to 10, at most two decimals. */
  lowBalance: number
}

/** What is left out stays. Statuses and ticket as somebody typed them. `actor`: who changes them, for the audit log. */
export type ShopSettingsChange = { shopId: bigint; actor: string } & {
  [Name in keyof ChangeableSettings]?: Name extends 'renewalTicket' ? string : ChangeableSettings[Name]
}

/** Refuses: not_found (shop). */
export async function readSettings(deps: { db: Sql }, shopId: bigint): Promise<ChangeableSettings> {
  const [shop] = await deps.db.query<
    Omit<ChangeableSettings, 'supervisorCredits' | 'lowBalance'> & { limit: bigint; low: bigint }
  >(
    'read-settings',
    `select supervisor_limit_units as "limit", agent_waivers_per_day as "agentWaivers", merge_window_minutes as "mergeWindow",
       paid_statuses as "paidStatuses", unpaid_statuses as "unpaidStatuses", renewal_ticket as "renewalTicket",
       order_notes as "orderNotes", order_meta as "orderMeta", coalesce(mail_address, '') as "mailAddress",
       thanks_reopen as "thanksReopen", undo_seconds as "undoSeconds", credits_key as "creditsKey",
       low_balance_units as low
     from shop where id = $1`,
    [shopId],
  )
  if (!shop) return refuse({ code: 'not_found', what: 'shop' })
  const { limit, low, ...rest } = shop
  return { supervisorCredits: toCredits(limit), lowBalance: toCredits(low), ...rest }
}

/**
 * Sets what is given and leaves the rest. Orders in a status that now counts otherwise are worked through again, so their
 * credits follow. Refuses: invalid (each field), not_found (shop).
 */
export async function changeSettings(
  deps: Pick<Deps, 'db' | 'clock' | 'wakeWorkers'>,
  input: ShopSettingsChange,
): Promise<ChangeableSettings> {
  const { shopId, actor } = input
  const settings = await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    const before = await readSettings({ db: sql }, shopId)
    const after = { ...before, ...readChange(input, before) }
    if (after.mailAddress !== before.mailAddress) await refuseTakenAddress(sql, shopId, after.mailAddress)
    await sql.query(
      'change-settings',
      `update shop set supervisor_limit_units = $2, agent_waivers_per_day = $3, merge_window_minutes = $4, paid_statuses = $5,
         unpaid_statuses = $6, renewal_ticket = $7, order_notes = $8, order_meta = $9,
         mail_address = nullif($10, ''), thanks_reopen = $11, credits_key = $12,
         undo_seconds = $13, low_balance_units = $14
       where id = $1`,
      [
        shopId,
        toUnits(after.supervisorCredits),
        after.agentWaivers,
        after.mergeWindow,
        after.paidStatuses,
        after.unpaidStatuses,
        after.renewalTicket,
        after.orderNotes,
        after.orderMeta,
        after.mailAddress,
        after.thanksReopen,
        after.creditsKey,
        after.undoSeconds,
        toUnits(after.lowBalance),
      ],
    )
    if (after.lowBalance !== before.lowBalance) await followLowBalance(sql, shopId)
    const changes = changesOf({ ...before }, { ...after })
    const at = deps.clock.now()
    if (changes) {
      await writeAudit(sql, { shopId, actor, action: 'settings_change', data: { ...changes }, at })
    }
    await recheckStatuses(sql, shopId, before, after)
    if (before.creditsKey !== after.creditsKey) await askForProducts(sql, { shopId, at, anew: true })
    return after
  })
  deps.wakeWorkers()
  return settings
}

/** Tickets that are worked on stand under "low balance" by the new line; the trigger of the account keeps them there (0050_desk_views). */
async function followLowBalance(sql: Sql, shopId: bigint): Promise<void> {
  await sql.query(
    'follow-low-balance',
    `update ticket t set low_balance = a.available < s.low_balance_units
     from account a, shop s
     where s.id = $1 and t.shop_id = s.id and t.status in ('open', 'waiting', 'snoozed')
       and a.shop_id = t.shop_id and a.customer_id = t.customer_id
       and t.low_balance <> (a.available < s.low_balance_units)`,
    [shopId],
  )
}

async function recheckStatuses(
  sql: Sql,
  shopId: bigint,
  before: ChangeableSettings,
  after: ChangeableSettings,
): Promise<void> {
  const statuses = [
    ...differing(before.paidStatuses, after.paidStatuses),
    ...differing(before.unpaidStatuses, after.unpaidStatuses),
  ]
  if (statuses.length === 0) return
  await enqueueJob(sql, 'recheck_orders', { shopId: String(shopId), statuses: [...new Set(statuses)] })
}

function differing(a: readonly string[], b: readonly string[]): string[] {
  return [...a.filter((one) => !b.includes(one)), ...b.filter((one) => !a.includes(one))]
}

/** Every field that is wrong is named. */
function readChange(input: ShopSettingsChange, before: ChangeableSettings): Partial<ChangeableSettings> {
  const fields: FieldProblem[] = []
  const supervisorCredits = readCredits('supervisorCredits', input.supervisorCredits, 1_000_000, fields)
  const lowBalance = readCredits('lowBalance', input.lowBalance, 10, fields)
  const agentWaivers = readWhole('agentWaivers', input.agentWaivers, 1000, fields)
  const mergeWindow = readWhole('mergeWindow', input.mergeWindow, 10_080, fields)
  const undoSeconds = readWhole('undoSeconds', input.undoSeconds, 120, fields)
  const paidStatuses = readStatuses('paidStatuses', input.paidStatuses, fields)
  const unpaidStatuses = readStatuses('unpaidStatuses', input.unpaidStatuses, fields)
  const renewalTicket = renewalTickets.find((one) => one === input.renewalTicket?.replaceAll('-', '_'))
  if (input.renewalTicket !== undefined && renewalTicket === undefined) {
    fields.push({ field: 'renewalTicket', message: `give one of ${renewalTickets.join(', ')}` })
  }
  const mailAddress = readAddress(input.mailAddress, fields)
  const creditsKey = readCreditsKey(input.creditsKey, fields)
  const clash = clashOf(paidStatuses ?? before.paidStatuses, unpaidStatuses ?? before.unpaidStatuses)
  if (clash) fields.push(clash)
  if (fields.length > 0) refuse({ code: 'invalid', fields })
  return {
    ...(supervisorCredits !== undefined && { supervisorCredits }),
    ...(agentWaivers !== undefined && { agentWaivers }),
    ...(mergeWindow !== undefined && { mergeWindow }),
    ...(undoSeconds !== undefined && { undoSeconds }),
    ...(paidStatuses && { paidStatuses }),
    ...(unpaidStatuses && { unpaidStatuses }),
    ...(renewalTicket && { renewalTicket }),
    ...(input.orderNotes !== undefined && { orderNotes: input.orderNotes }),
    ...(input.orderMeta !== undefined && { orderMeta: input.orderMeta }),
    ...(mailAddress !== undefined && { mailAddress }),
    ...(input.thanksReopen !== undefined && { thanksReopen: input.thanksReopen }),
    ...(creditsKey !== undefined && { creditsKey }),
    ...(lowBalance !== undefined && { lowBalance }),
  }
}

function readWhole(
  field: string,
  value: number | undefined,
  most: number,
  fields: FieldProblem[],
): number | undefined {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= most)) return value
  fields.push({ field, message: `give a whole number from 0 to ${most}` })
  return undefined
}

function readCredits(
  field: string,
  credits: number | undefined,
  most: number,
  fields: FieldProblem[],
): number | undefined {
  if (credits === undefined) return undefined
  if (!(credits >= 0 && credits <= most)) {
    fields.push({ field, message: `give a number of credits from 0 to ${most}` })
    return undefined
  }
  try {
    return toCredits(toUnits(credits))
  } catch {
    fields.push({ field, message: 'credits have at most two decimals' })
    return undefined
  }
}

function readAddress(typed: string | undefined, fields: FieldProblem[]): string | undefined {
  const address = typed?.trim().toLowerCase()
  if (address === undefined || address === '' || /^[^\s@<>,;"]+@[^\s@<>,;"]+$/.test(address)) return address
  fields.push({ field: 'mailAddress', message: 'give an e-mail address, or nothing for that of MAIL_FROM' })
  return undefined
}

async function refuseTakenAddress(sql: Sql, shopId: bigint, address: string): Promise<void> {
  const [other] = await sql.query(
    'shop-with-address',
    'select from shop where mail_address = $2 and id <> $1',
    [shopId, address],
  )
  if (other) refuseField('mailAddress', 'another shop has this address; each needs its own')
}
