import type { UnmatchedList, UnmatchedProduct } from '../../domain/packages/list-unmatched.ts'
import type { UnmatchedListProps, UnmatchedProps } from '../../web/desk/products-props.ts'
import { pickHref } from './products-page.ts'

/** What may need a package, as the page shows it. */
export function unmatchedProps(list: UnmatchedList, dismissed: boolean): UnmatchedListProps {
  const { next } = list
  const more = new URLSearchParams({
    ...(dismissed && { dismissed: 'true' }),
    ...(next && { newest: String(next.newest), subject: next.subject }),
  })
  return {
    orderCount: list.orderCount,
    products: list.products.map(lineProps),
    action: '/desk/packages/unmatched',
    dismissed,
    dismissedCount: list.dismissedCount,
    ...(next && { moreHref: `/desk/packages?${more}#unmatched` }),
  }
}

function lineProps(one: UnmatchedProduct): UnmatchedProps {
  const { subject, name, sku, hint, orderCount, orders, proposedUnits } = one
  return {
    ...{ subject, name, sku, hint, orderCount },
    orders: orders.map(({ number }) => number),
    ...(proposedUnits !== null && { proposed: proposedUnits }),
    ...(!subject.startsWith('name:') && { pickHref: pickHref(subject) }),
  }
}
