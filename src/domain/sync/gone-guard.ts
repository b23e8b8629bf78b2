/** So many missing orders are let pass whatever their share: test orders are deleted in twos. */
const fewest = 3
/** More than one in so many is no housekeeping. */
const share = 10
/** Nor are more than so many in a day, whatever their share. */
export const mostGone = 50

/**
 * Whether so many orders with credits are missing that something is wrong with the shop and not with the orders: a backup was
 * restored, or another shop answers at its address. Nobody's credits are taken then before an owner has said that it is right.
 */
export function isSuspicious(looked: { seen: number; gone: number }): boolean {
  const { seen, gone } = looked
  return gone > mostGone || (gone >= fewest && gone * share > seen)
}
