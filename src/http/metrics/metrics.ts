import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Jobs in the queue as a scrape finds them. */
export interface JobBacklog {
  /** Could run now, or runs. */
  due: number
  /** Wait for their time, after a failure or by plan. */
  later: number
  /** Failed for the last time; a person must look. */
  given_up: number
}

/** The last nightly check of one shop's ledger. */
export interface LedgerCheckFigures {
  shopId: bigint
  checkedAt: Date
  problemCount: number
}

export interface Metrics {
  registry: Registry
  requestSeconds: Histogram<'method' | 'route' | 'status'>
  deliveries: Counter<'outcome'>
  badSignatures: Counter<'from'>
}

/**
 * The figures of this process, in a registry of their own, so that two apps in one process (tests) do not share them.
 * `readBacklog` and `readChecks` run on each scrape; when one fails its gauges are left out, because "unknown" must not look
 * like "empty".
 */
export function createMetrics(
  readBacklog: () => Promise<JobBacklog>,
  readChecks: () => Promise<LedgerCheckFigures[]>,
): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'creditdesk_jobs',
    help: 'Jobs in the queue by state.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      this.reset()
      const backlog = await readBacklog().catch(() => undefined)
      if (!backlog) return
      this.set({ state: 'due' }, backlog.due)
      this.set({ state: 'later' }, backlog.later)
      this.set({ state: 'given_up' }, backlog.given_up)
    },
  })
  addLedgerGauges(registry, readChecks)
  return {
    registry,
    requestSeconds: new Histogram({
      name: 'creditdesk_http_request_seconds',
      help: 'Duration of requests by route.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [registry],
    }),
    deliveries: new Counter({
      name: 'creditdesk_deliveries_total',
      help: 'Webhook deliveries of shops by outcome: accepted, duplicate, ping or refused.',
      labelNames: ['outcome'],
      registers: [registry],
    }),
    badSignatures: new Counter({
      name: 'creditdesk_bad_signatures_total',
      help: 'Webhooks whose signature did not hold, by the system that they claim to come from.',
      labelNames: ['from'],
      registers: [registry],
    }),
  }
}

/** Read from the table that the job writes, so that any web process shows what some worker found. */
function addLedgerGauges(registry: Registry, readChecks: () => Promise<LedgerCheckFigures[]>): void {
  const add = (name: string, help: string, figure: (check: LedgerCheckFigures) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ['shop'],
      registers: [registry],
      async collect() {
        this.reset()
        const checks = await readChecks().catch(() => [])
        for (const check of checks) this.set({ shop: String(check.shopId) }, figure(check))
      },
    })
  add(
    'creditdesk_ledger_problems',
    "Figures of a shop's ledger that disagreed with its entries at the last nightly check.",
    (check) => check.problemCount,
  )
  add(
    'creditdesk_ledger_checked_at',
    "When a shop's ledger was last checked, in seconds since 1970.",
    (check) => check.checkedAt.getTime() / 1000,
  )
}
