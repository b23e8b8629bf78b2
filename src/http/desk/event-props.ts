import type { TicketEvent } from '../../domain/tickets/get-ticket.ts'
import type { EventProps, HandledData } from '../../web/desk/conversation-props.ts'
import { numberIn, textIn, unitsIn } from './plain-data.ts'

/** An event as a line of the conversation; undefined for one that this version does not know or cannot read. */
export function eventProps(event: TicketEvent): EventProps | undefined {
  const { kind, at, data } = event
  const order = textIn(data, 'orderNumber')
  const units = unitsIn(data, 'units')
  const agent = textIn(data, 'agentName')
  const ofOrder = order === undefined ? {} : { order }
  const byAgent = agent === undefined ? {} : { agent }
  switch (kind) {
    case 'ticket_opened':
      return { kind, at, data: ofOrder }
    case 'grant': {
      const quantity = numberIn(data, 'quantity')
      const packageName = textIn(data, 'name') ?? ''
      if (units === undefined) return undefined
      return {
        kind,
        at,
        data: { units, packageName, ...(quantity === undefined ? {} : { quantity }), ...ofOrder },
      }
    }
    case 'restore':
      return units === undefined ? undefined : { kind, at, data: { units, ...ofOrder } }
    case 'revoke':
      return units === undefined
        ? undefined
        : { kind, at, data: { units, refunded: data.reason === 'refund', ...ofOrder } }
    case 'order_added':
    case 'order_cancelled':
    case 'order_trashed':
    case 'order_restored':
      return order === undefined ? undefined : { kind, at, data: { order } }
    case 'amount_refund_flagged': {
      const amount = textIn(data, 'refunded', 'amount')
      if (order === undefined || amount === undefined) return undefined
      return { kind, at, data: { order, amount, currency: textIn(data, 'currency') ?? '' } }
    }
    case 'expired':
      return units === undefined
        ? undefined
        : { kind, at, data: { units, packageName: textIn(data, 'name') ?? '' } }
    case 'session_started':
    case 'session_void':
      return { kind, at, data: byAgent }
    case 'session_billed': {
      const actualSeconds = numberIn(data, 'actualSeconds')
      const billedSeconds = numberIn(data, 'billedSeconds')
      if (units === undefined || actualSeconds === undefined || billedSeconds === undefined) return undefined
      return { kind, at, data: { units, actualSeconds, billedSeconds, ...byAgent } }
    }
    case 'work_asked':
    case 'work_agreed':
    case 'work_declined':
    case 'work_withdrawn': {
      const minutes = numberIn(data, 'minutes')
      if (units === undefined || minutes === undefined) return undefined
      return { kind, at, data: { minutes, units, by: textIn(data, 'by', 'agentName') ?? '' } }
    }
    case 'reversed': {
      const reasonCode = textIn(data, 'reasonCode')
      if (units === undefined) return undefined
      return {
        kind,
        at,
        data: { units, reason: textIn(data, 'reason') ?? '', ...(reasonCode && { reasonCode }) },
      }
    }
    case 'contact_changed': {
      const to = textIn(data, 'to')
      return to === undefined ? undefined : { kind, at, data: { to } }
    }
    case 'mail_bounced':
    case 'mail_delayed':
      return { kind, at, data: { to: textIn(data, 'to') ?? '', reason: textIn(data, 'reason') ?? '' } }
    case 'mail_held':
      return { kind, at, data: { from: textIn(data, 'from') ?? '' } }
    case 'auto_reply':
      return { kind, at, data: { from: textIn(data, 'from') ?? '', subject: textIn(data, 'subject') ?? '' } }
    case 'customer_merged':
      return { kind, at, data: { from: textIn(data, 'from') ?? '', to: textIn(data, 'to') ?? '' } }
    case 'needs_contact':
      return { kind, at, data: {} }
    case 'assigned':
    case 'unassigned':
    case 'snoozed':
    case 'woken':
    case 'woke':
    case 'closed':
    case 'reopened':
    case 'spam':
    case 'not_spam':
    case 'merged':
    case 'merged_away':
    case 'undone':
      return { kind, at, data: handled(data) }
    default:
      return undefined
  }
}

function handled(data: Record<string, unknown>): HandledData {
  const until = textIn(data, 'until')
  const number = numberIn(data, 'number')
  return {
    by: textIn(data, 'by') ?? '',
    to: textIn(data, 'to') ?? '',
    subject: textIn(data, 'subject') ?? '',
    ...(until !== undefined && { until: new Date(until) }),
    ...(number !== undefined && { number }),
  }
}
