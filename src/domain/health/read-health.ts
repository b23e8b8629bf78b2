import type { Sql } from '../../db/database.ts'
import { type Connection, findConnection } from '../connect/connection.ts'
import type { Deps } from '../deps.ts'
import { readSync, type SyncView } from '../sync/read-sync.ts'
import { webhookUrl } from './mend-webhooks.ts'
import { type KeptWebhook, listKeptWebhooks } from './webhook-rows.ts'

/** How it stands between a shop and us, for whoever wants to know at a glance. */
export interface HealthView extends SyncView {
  shop: {
    kind: string
    url: string
    hasKeys: boolean
    /** It can be connected: it is of a kind that can be asked. */
    connectable: boolean
  }
  status: HealthStatus
  /** Why it is `attention`, in the order in which it matters. */
  concerns: Concern[]
  /** The last attempt to connect. */
  connection: Connection | undefined
  /** The webhooks that the shop should have; empty before they were looked at. */
  webhooks: KeptWebhook[]
  /** Where its deliveries come in. */
  webhookUrl: string
  /** When the webhooks were last looked at, and why that failed. */
  checkedAt: Date | undefined
  checkProblem: string | undefined
  /** The shop knocked at our address. Anybody could: pings are not signed. */
  pingedAt: Date | undefined
  /** Of all kinds, those that change nothing too. */
  lastDeliveryAt: Date | undefined
  /** Refused because of their signature, since the shop was added. */
  badSignatures: number
}

/**
 * well: nothing to do. attention: nothing is missed, and something should be looked at. trouble: an open problem. connecting: keys are
 * being verified or webhooks made. not_connected: neither keys nor deliveries. deliveries_only: it cannot be asked, and its deliveries
 * come.
 */
export type HealthStatus =
  | 'well'
  | 'attention'
  | 'trouble'
  | 'connecting'
  | 'not_connected'
  | 'deliveries_only'

export type Concern =
  | 'unchecked'
  | 'missing'
  | 'paused'
  | 'switched_off'
  | 'unreadable'
  | 'unwritten'
  | 'drift'
  | 'never_reached'

/** Refuses: not_found (shop). */
export async function readHealth(
  deps: Pick<Deps, 'db' | 'clock' | 'shops' | 'publicUrl'>,
  input: { shopId: bigint },
): Promise<HealthView> {
  const { shopId } = input
  const sync = await readSync(deps, input)
  const [connection, webhooks, row] = await Promise.all([
    findConnection(deps.db, shopId),
    listKeptWebhooks(deps.db, shopId),
    readRow(deps.db, shopId),
  ])
  const { kind, url, hasKeys } = row
  const connectable = deps.shops[kind]?.api !== undefined
  const seen = {
    connection,
    webhooks,
    checkedAt: row.checkedAt ?? undefined,
    checkProblem: row.problem ?? undefined,
    pingedAt: row.pingedAt ?? undefined,
    lastDeliveryAt: row.lastDeliveryAt ?? undefined,
  }
  const concerns = hasKeys && connectable ? concernsOf(seen, sync, deps.clock.now()) : []
  return {
    ...sync,
    ...seen,
    shop: { kind, url, hasKeys, connectable },
    status: statusOf({ ...seen, hasKeys: hasKeys && connectable, problems: sync.problems.length, concerns }),
    concerns,
    webhookUrl: webhookUrl(deps, kind, shopId),
    badSignatures: Number(row.badSignatures),
  }
}

type Seen = Pick<HealthView, 'connection' | 'webhooks' | 'checkedAt' | 'pingedAt' | 'lastDeliveryAt'>

function statusOf(facts: Seen & { hasKeys: boolean; problems: number; concerns: Concern[] }): HealthStatus {
  const { connection, hasKeys, problems, concerns, lastDeliveryAt } = facts
  if (connection?.state === 'verifying' || connection?.state === 'webhooks') {
    return connection.problem === null ? 'connecting' : 'trouble'
  }
  if (problems > 0) return 'trouble'
  if (!hasKeys) return lastDeliveryAt ? 'deliveries_only' : 'not_connected'
  return concerns.length > 0 || connection?.state === 'failed' ? 'attention' : 'well'
}

const dayMs = 86_400_000
/** A shop knocks as soon as a webhook is made. */
const firstKnockMs = 300_000

function concernsOf(seen: Seen & { checkProblem: string | undefined }, sync: SyncView, now: Date): Concern[] {
  const { webhooks, connection, checkProblem, pingedAt, lastDeliveryAt } = seen
  const recently = (at: Date) => now.getTime() - at.getTime() < dayMs
  const isOld = (at: Date | null | undefined) => at != null && now.getTime() - at.getTime() > firstKnockMs
  const found = sync.findings.filter(({ kind, foundAt }) => kind !== 'gone' && recently(foundAt))
  const has = (state: KeptWebhook['state']) => webhooks.some((one) => one.state === state)
  const concerns: [Concern, boolean][] = [
    ['unchecked', checkProblem !== undefined],
    ['missing', has('missing')],
    ['paused', has('paused')],
    ['switched_off', has('disabled') || webhooks.some(({ offAt }) => offAt && recently(offAt))],
    ['never_reached', isOld(connection?.connectedAt) && !pingedAt && !lastDeliveryAt],
    ['unreadable', sync.unreadable.length > 0],
    ['unwritten', sync.writing !== undefined && !cannotBeAsked(sync)],
    ['drift', found.length > 0],
  ]
  return concerns.flatMap(([concern, is]) => (is ? [concern] : []))
}

/** Then nothing can be written either, and one line of it is enough. */
function cannotBeAsked({ problems }: SyncView): boolean {
  return problems.some(({ kind }) => kind === 'keys' || kind === 'unreachable')
}

interface Row {
  kind: string
  url: string
  hasKeys: boolean
  badSignatures: bigint
  checkedAt: Date | null
  problem: string | null
  pingedAt: Date | null
  lastDeliveryAt: Date | null
}

async function readRow(sql: Sql, shopId: bigint): Promise<Row> {
  const [row] = await sql.query<Row & { [column: string]: unknown }>(
    'read-health',
    `select s.kind, s.url, s.consumer_key is not null as "hasKeys", s.bad_signatures as "badSignatures", h.checked_at as "checkedAt",
       h.problem, h.pinged_at as "pingedAt",
       (select d.received_at from delivery d where d.shop_id = s.id order by d.id desc limit 1) as "lastDeliveryAt"
     from shop s left join shop_health h on h.shop_id = s.id where s.id = $1`,
    [shopId],
  )
  if (!row) throw new Error(`there is no shop ${shopId}`)
  return row
}
