import { createHash } from 'node:crypto'
import type { ChannelOffer, ComposerProps } from './composer-props.ts'

/**
 * Changes when the foot of a channel says something else: what it costs and leaves, who pays, what can be done without credits. An open
 * page compares it, because its script has written other prices into the foot meanwhile.
 */
export function markOfOffer(
  { to, offer }: ChannelOffer,
  { mayWaive, agreed, askedToTopUp }: Pick<ComposerProps, 'mayWaive' | 'agreed' | 'askedToTopUp'>,
): string {
  const said = JSON.stringify([to, offer, mayWaive, agreed.length, askedToTopUp], (_name, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  return createHash('sha256').update(said).digest('hex').slice(0, 10)
}
