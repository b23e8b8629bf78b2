import type { TicketReview, TicketView } from '../../domain/tickets/get-ticket.ts'
import type { ReviewFlag } from '../../web/desk/side-props.ts'
import { textIn, unitsIn } from './plain-data.ts'

/** What a supervisor should look at on this ticket; what cannot be read is left out. */
export function reviewFlags(view: Pick<TicketView, 'reviews' | 'balance'>): ReviewFlag[] {
  const flags = view.reviews.flatMap((review) => {
    const flag = flagOf(review)
    return flag === undefined ? [] : [{ ...flag, id: review.id }]
  })
  const { deficit } = view.balance
  return deficit > 0n ? [...flags, { kind: 'deficit', units: deficit }] : flags
}

function flagOf(review: TicketReview): ReviewFlag | undefined {
  const { kind, data } = review
  const order = review.orderNumber ?? textIn(data, 'order', 'orderNumber')
  switch (kind) {
    case 'amount_refund': {
      const amount = textIn(data, 'refunded', 'amount')
      if (order === undefined || amount === undefined) return undefined
      const proposal = unitsIn(data, 'proposedUnits')
      return {
        kind,
        order,
        amount,
        currency: textIn(data, 'currency') ?? '',
        ...(proposal === undefined ? {} : { proposal }),
      }
    }
    case 'subscription_change': {
      const proposal = unitsIn(data, 'proposedUnits')
      return order === undefined || proposal === undefined ? undefined : { kind, order, proposal }
    }
    case 'conflicting_bodies':
      return order === undefined ? undefined : { kind: 'equal_dates', order }
    case 'custom_status':
    case 'deleted_product':
    case 'order_vanished':
      return order === undefined ? undefined : { kind, order }
    case 'email_changed': {
      const to = textIn(data, 'to')
      return order === undefined || to === undefined ? undefined : { kind: 'contact_changed', order, to }
    }
    default: {
      const text = textIn(data, 'text')
      return text === undefined ? undefined : { kind: 'other', text }
    }
  }
}
