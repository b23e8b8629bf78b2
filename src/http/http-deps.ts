import type { Logger } from 'pino'
import type { Deps } from '../domain/deps.ts'
import type { SandboxStore } from '../ports/sandbox.ts'
import type { Assets } from '../web/assets.ts'
import type { Metrics } from './metrics/metrics.ts'

/** What the HTTP layer needs beyond the use cases. Built once in compose.ts. */
export interface HttpDeps extends Deps {
  /** One line for each request. A real pino, because pino-http makes children of it. */
  requestLog: Logger
  metrics: Metrics
  /** Styles and client scripts, read at start. */
  assets: Assets
  /** The mailbox and phone pages' store; absent in production, and the pages with it. */
  sandbox?: SandboxStore
  /** Why requests should not come here yet (database away, migrations missing); undefined when ready. Never throws. */
  readiness(): Promise<string | undefined>
}
