import type { Deps } from '../deps.ts'
import { clearProblems, recordProblem } from '../sync/shop-problems.ts'
import { webhookUrl } from './mend-webhooks.ts'
import { expectedBusyHours, unusualFrom } from './silence.ts'

/** One delivery may be lost by design; so many orders in a row that only asking brought mean that none gets through. */
const lostInARow = 3

interface Facts {
  kind: string
  timeZone: string
  hasKeys: boolean
  lastOrderAt: Date | null
  /** Orders that asking brought and no delivery, since the last delivery that told of any. */
  found: number
  busy: Date[]
}

/**
 * Raises the alarm when a shop's deliveries stay away: at once when orders come in only because the shop is asked, else by what is
 * usual for this shop. Takes it back when a delivery comes.
 */
export async function judgeSilence(
  deps: Pick<Deps, 'db' | 'clock' | 'publicUrl'>,
  { shopId }: { shopId: bigint },
): Promise<void> {
  const facts = await readFacts(deps, shopId)
  if (!facts) return
  const at = deps.clock.now()
  const { lastOrderAt, busy, timeZone } = facts
  const expected = lastOrderAt ? expectedBusyHours({ busy, lastOrderAt, now: at, timeZone }) : undefined
  const message = explain(facts, expected, webhookUrl(deps, facts.kind, shopId))
  await deps.db.transaction(async (sql) => {
    await sql.query('note-expected', 'update shop_health set expected = $2 where shop_id = $1', [
      shopId,
      expected ?? null,
    ])
    if (message) await recordProblem(sql, { shopId, kind: 'silence', message, at })
    else await clearProblems(sql, { shopId, kinds: ['silence'], at })
  })
}

function explain(facts: Facts, expected: number | undefined, url: string): string | undefined {
  const { found, lastOrderAt, hasKeys } = facts
  const since = lastOrderAt ? `since ${lastOrderAt.toISOString().slice(0, 16)}Z` : 'so far'
  if (found >= lostInARow) {
    return `The shop's deliveries do not reach us: ${found} orders came in only because we asked the shop, and none by a delivery ${since}. No order is missed, but each comes minutes late. See that the webhooks are active, and that nothing keeps the shop from ${url}.`
  }
  if (expected === undefined || expected < unusualFrom) return undefined
  return hasKeys
    ? `The shop has told of no order ${since}, which is unusual for it, and asking it finds none either. So nothing is missed; see that customers can order and pay.`
    : `The shop has told of no order ${since}, which is unusual for it. It was added without keys, so it cannot be asked. See that its webhooks are active, and that nothing keeps the shop from ${url}.`
}

async function readFacts({ db }: Pick<Deps, 'db'>, shopId: bigint): Promise<Facts | undefined> {
  const [facts] = await db.query<Facts & { [column: string]: unknown }>(
    'silence-facts',
    `select s.kind, s.timezone as "timeZone", s.consumer_key is not null as "hasKeys", h.last_order_at as "lastOrderAt",
       (select count(distinct f.external_id)::int from sync_finding f
        where f.shop_id = s.id and f.settled and f.kind <> 'gone' and f.found_at > coalesce(h.last_order_at, '-infinity')) as found,
       coalesce((select array_agg(t.hour) from delivery_hour t where t.shop_id = s.id), '{}') as busy
     from shop s left join shop_health h on h.shop_id = s.id where s.id = $1`,
    [shopId],
  )
  return facts
}
