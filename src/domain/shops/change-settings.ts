import type { Sql } from '../../db/database.ts'
import { changesOf } from '../audit/changes.ts'
import { writeAudit } from '../audit/write-audit.ts'
import { toCredits, toUnits } from '../credits/units.ts'
import type { Deps } from '../deps.ts'
import { type FieldProblem, refuse } from '../refusal.ts'
import { lockShop } from './lock-shop.ts'

export interface ShopSettingsChange {
  shopId: bigint
  /** The most credits that a supervisor may move in one act; beyond it an owner is needed. */
  supervisorCredits?: number
  /** How many replies a day an agent may send at no charge. */
  agentWaivers?: number
  /** Minutes after a charged reply in which further ones on the same ticket and channel are free; 0 is off (rule 8). */
  mergeWindow?: number
  /** Who changes them, for the audit log. */
  actor: string
}

export interface ChangeableSettings {
  supervisorCredits: number
  agentWaivers: number
  mergeWindow: number
}

interface SettingsRow {
  limit: bigint
  waivers: number
  minutes: number
}

/** Refuses: not_found (shop). */
export async function readSettings(deps: { db: Sql }, shopId: bigint): Promise<ChangeableSettings> {
  const [shop] = await deps.db.query<SettingsRow>(
    'read-settings',
    `select supervisor_limit_units as "limit", agent_waivers_per_day as waivers, merge_window_minutes as minutes
     from shop where id = $1`,
    [shopId],
  )
  return toSettings(shop)
}

/** Sets what is given and leaves the rest. Refuses: invalid (each field), not_found (shop). */
export async function changeSettings(
  deps: Pick<Deps, 'db' | 'clock'>,
  input: ShopSettingsChange,
): Promise<ChangeableSettings> {
  const { limit, waivers, minutes } = readChange(input)
  const { shopId, actor } = input
  return await deps.db.transaction(async (sql) => {
    await lockShop(sql, shopId)
    const before = await readSettings({ db: sql }, shopId)
    const [shop] = await sql.query<SettingsRow>(
      'change-settings',
      `update shop set supervisor_limit_units = coalesce($2, supervisor_limit_units),
         agent_waivers_per_day = coalesce($3, agent_waivers_per_day), merge_window_minutes = coalesce($4, merge_window_minutes)
       where id = $1
       returning supervisor_limit_units as "limit", agent_waivers_per_day as waivers, merge_window_minutes as minutes`,
      [shopId, limit, waivers, minutes],
    )
    const after = toSettings(shop)
    const changes = changesOf({ ...before }, { ...after })
    if (changes) {
      const at = deps.clock.now()
      await writeAudit(sql, { shopId, actor, action: 'settings_change', data: { ...changes }, at })
    }
    return after
  })
}

function toSettings(shop: SettingsRow | undefined): ChangeableSettings {
  if (!shop) return refuse({ code: 'not_found', what: 'shop' })
  return {
    supervisorCredits: toCredits(shop.limit),
    agentWaivers: shop.waivers,
    mergeWindow: shop.minutes,
  }
}

function readChange(input: ShopSettingsChange) {
  const { supervisorCredits, agentWaivers, mergeWindow } = input
  const fields: FieldProblem[] = []
  const whole = (field: string, value: number | undefined, most: number): number | null => {
    if (value === undefined) return null
    if (Number.isInteger(value) && value >= 0 && value <= most) return value
    fields.push({ field, message: `give a whole number from 0 to ${most}` })
    return null
  }
  const change = {
    limit: readLimit(supervisorCredits, fields),
    waivers: whole('agentWaivers', agentWaivers, 1000),
    minutes: whole('mergeWindow', mergeWindow, 10_080),
  }
  if (fields.length > 0) refuse({ code: 'invalid', fields })
  return change
}

function readLimit(credits: number | undefined, fields: FieldProblem[]): bigint | null {
  if (credits === undefined) return null
  const field = 'supervisorCredits'
  if (!(credits >= 0 && credits <= 1_000_000)) {
    fields.push({ field, message: 'give a number of credits from 0 to a million' })
    return null
  }
  try {
    return toUnits(credits)
  } catch {
    fields.push({ field, message: 'credits have at most two decimals' })
    return null
  }
}
