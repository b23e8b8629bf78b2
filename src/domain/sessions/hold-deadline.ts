import { spansTogether } from './presence.ts'
import type { SessionRecord } from './session-record.ts'

const minute = 60_000

/** How long a hold lasts after the session was opened, and after the last heartbeat of either side. */
export const holdMilliseconds = 15 * minute

/** How long one side may keep the credits held while the other is away. */
const aloneMilliseconds = 60 * minute

/**
 * When the hold times out, given a heartbeat now. A heartbeat renews it; but a tab that somebody forgot would renew it for
 * ever and keep the customer from the credits, so one side alone holds out no longer than an hour after they last met.
 */
export function renewedDeadline(record: Pick<SessionRecord, 'stays' | 'opened_at'>, now: Date): Date {
  const at = now.getTime()
  const lastMet =
    spansTogether(record.stays, at, 'until_now_if_fresh').at(-1)?.to ?? record.opened_at.getTime()
  return new Date(Math.min(at + holdMilliseconds, lastMet + aloneMilliseconds))
}
