import type { Deps } from '../domain/deps.ts'
import type { LiveHub } from '../domain/live/hub.ts'
import type { Log } from '../ports/log.ts'
import type { SandboxStore } from '../ports/sandbox.ts'
import type { Assets } from '../web/assets.ts'
import type { Metrics } from './metrics/metrics.ts'

/** What the HTTP layer needs beyond the use cases. Built once in compose.ts. */
export interface HttpDeps extends Deps {
  /** Gets one line for each request; apart from `log`, so that a test can read it. */
  requestLog: Log
  metrics: Metrics
  /** Tells open pages what happens, and knows who looks at what. */
  live: LiveHub
  /** Styles and client scripts, read at start. */
  assets: Assets
  /** The mailbox and phone pages' store; absent in production, and the pages with it. */
  sandbox?: SandboxStore
  /** Proxies whose word on the caller's address is taken; absent: nobody's. */
  trustedProxies?: string[]
  /** Why requests should not come here yet (database away, migrations missing); undefined when ready. Never throws. */
  readiness(): Promise<string | undefined>
}
