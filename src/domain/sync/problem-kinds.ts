/**
 * keys: the shop refuses ours. orders_gone: it has so few of its orders that we take nobody's credits for it. webhooks: it switches
 * ours off again and again. silence: its deliveries do not come any more, or no orders.
 */
export const problemKinds = ['keys', 'unreachable', 'orders_gone', 'webhooks', 'silence'] as const
export type ProblemKind = (typeof problemKinds)[number]
