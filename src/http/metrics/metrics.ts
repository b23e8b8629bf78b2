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

export interface Metrics {
  registry: Registry
  requestSeconds: Histogram<'method' | 'route' | 'status'>
  deliveries: Counter<'outcome'>
  badSignatures: Counter<'from'>
}

/**
 * The figures of this process, in a registry of their own, so that two apps in one process (tests) do not share them.
 * `readBacklog` runs on each scrape; when it fails the gauge is left out, because "unknown" must not look like "empty".
 */
export function createMetrics(readBacklog: () => Promise<JobBacklog>): Metrics {
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
