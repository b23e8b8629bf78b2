import type { CustomerContext } from '../../domain/customers/context/context.ts'
import type { CustomerContextProps } from '../../web/desk/side-props.ts'
import type { HttpDeps } from '../http-deps.ts'

/** The customer in the shop, for the side panel. `known`: e-mails that stand on the page already. */
export function contextProps(
  deps: Pick<HttpDeps, 'shops'>,
  context: CustomerContext,
  known: readonly string[],
): CustomerContextProps {
  const { shop } = context
  const page = deps.shops[shop.kind]?.orderPage
  return {
    state: stateOf(context),
    orders: context.orders,
    complete: context.complete,
    spent: context.spent,
    ...(context.firstOrderAt && { firstOrderAt: context.firstOrderAt }),
    ...(context.lastOrderAt && { lastOrderAt: context.lastOrderAt }),
    country: context.country,
    otherEmails: context.emails.filter((email) => !known.includes(email)),
    latest: context.latest.map(({ orderId, ...order }) => ({
      ...order,
      ...(page && { href: page(shop.url, orderId) }),
    })),
  }
}

function stateOf(context: CustomerContext): CustomerContextProps['state'] {
  const { problem, refreshedAt } = context
  if (!context.shop.canBeAsked) return { kind: 'unasked' }
  if (problem !== undefined)
    return { kind: 'failed', reason: problem, ...(refreshedAt && { asOf: refreshedAt }) }
  return refreshedAt ? { kind: 'asOf', asOf: refreshedAt, asking: context.isStale } : { kind: 'asking' }
}
