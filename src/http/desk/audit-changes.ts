import { z } from 'zod'
import { isRole } from '../../domain/agents/roles.ts'
import type { AuditLine } from '../../domain/audit/list-audit.ts'
import { type Channel, channels } from '../../domain/credits/rate-card.ts'
import { toUnits } from '../../domain/credits/units.ts'
import { furtherOrders } from '../../domain/packages/terms.ts'
import { renewalTickets } from '../../domain/shops/find-shop.ts'
import { type AuditChange, type AuditField, type AuditValue, auditFields } from '../../web/audit/props.ts'

const parts = z.record(z.string(), z.unknown()).catch({})

/** The edited fields of a line, with what was and what is instead. */
export function auditChanges({ action, data }: Pick<AuditLine, 'action' | 'data'>): AuditChange[] {
  const [before, after] = [parts.parse(data.before), parts.parse(data.after)]
  const changes = Object.entries(after).flatMap(([name, value]): AuditChange[] => {
    const { field, channel } = fieldOf(name)
    const now = field && readValue(field, value)
    if (!field || !now) return []
    const named = channel === undefined ? {} : { channel }
    // Of what is new everything is said that is not as usual.
    if (action === 'package_add') return isUsual(now) ? [] : [{ field, ...named, after: now }]
    const was = readValue(field, before[name])
    return [{ field, ...named, after: now, ...(was && { before: was }) }]
  })
  // The database keeps the fields of JSON in an order of its own.
  return changes.sort((a, b) => placeOf(a) - placeOf(b))
}

function placeOf({ field, channel }: AuditChange): number {
  return auditFields.indexOf(field) * channels.length + (channel ? channels.indexOf(channel) : 0)
}

/** "prices.sms" is the price of one channel. */
function fieldOf(name: string): { field?: AuditField; channel?: Channel } {
  const [, ofChannel] = /^prices\.(\w+)$/.exec(name) ?? []
  const channel = channels.find((known) => known === ofChannel)
  if (channel) return { field: 'price', channel }
  const field = auditFields.find((known) => known === name)
  return field ? { field } : {}
}

const priceShape = z.object({
  price: z.number(),
  per: z.enum(['reply', 'segment', 'minutes']),
  step: z.number().optional(),
  free: z.number().optional(),
})

/** Undefined for what this release does not understand: the line then says less, rather than failing. */
function readValue(field: AuditField, value: unknown): AuditValue | undefined {
  switch (field) {
    case 'name':
    case 'creditsKey':
    case 'toldOf':
    case 'quietFrom':
    case 'quietUntil':
    case 'mailAddress':
      return typeof value === 'string' ? { kind: 'text', text: value } : undefined
    case 'priority':
    case 'agentWaivers':
    case 'undoSeconds':
      return typeof value === 'number' ? { kind: 'number', number: value } : undefined
    case 'credits':
    case 'overdraft':
    case 'supervisorCredits':
    case 'lowBalance':
      return typeof value === 'number' ? { kind: 'credits', units: toUnits(value) } : undefined
    case 'days':
      return typeof value === 'number' || value === null ? { kind: 'days', days: value } : undefined
    case 'firstResponse':
      return typeof value === 'number' || value === null
        ? { kind: 'minutes', minutes: value ?? 0 }
        : undefined
    case 'mergeWindow':
      return typeof value === 'number' ? { kind: 'minutes', minutes: value } : undefined
    case 'promotional':
    case 'orderNotes':
    case 'orderMeta':
    case 'thanksReopen':
    case 'byMail':
      return typeof value === 'boolean' ? { kind: 'choice', on: value } : undefined
    case 'channels':
      return Array.isArray(value)
        ? { kind: 'channels', channels: channels.filter((one) => value.includes(one)) }
        : undefined
    case 'furtherOrder': {
      const order = furtherOrders.find((known) => known === value)
      return order && { kind: 'furtherOrder', order }
    }
    case 'paidStatuses':
    case 'unpaidStatuses': {
      const read = z.array(z.string()).safeParse(value)
      return read.success ? { kind: 'statuses', statuses: read.data } : undefined
    }
    case 'renewalTicket': {
      const ticket = renewalTickets.find((known) => known === value)
      return ticket && { kind: 'renewalTicket', ticket }
    }
    case 'role':
      return typeof value === 'string' && isRole(value) ? { kind: 'role', role: value } : undefined
    case 'price':
      return priceOf(value)
  }
}

function priceOf(value: unknown): AuditValue | undefined {
  if (value === null || value === undefined) return { kind: 'none' }
  const read = priceShape.safeParse(value)
  if (!read.success) return undefined
  const { price, per, step, free } = read.data
  return {
    kind: 'price',
    units: toUnits(price),
    per,
    ...(step !== undefined && { step }),
    ...(free !== undefined && { free }),
  }
}

function isUsual(value: AuditValue): boolean {
  switch (value.kind) {
    case 'text':
      return value.text === ''
    case 'number':
      return value.number === 0
    case 'credits':
      return value.units === 0n
    case 'choice':
      return !value.on
    case 'channels':
      return value.channels.length === channels.length
    case 'furtherOrder':
      return value.order === 'new_ticket'
    default:
      return false
  }
}
