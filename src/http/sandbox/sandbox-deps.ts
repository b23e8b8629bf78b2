import type { SandboxStore } from '../../ports/sandbox.ts'
import type { PageFrame } from '../../web/props.ts'
import type { HttpDeps } from '../http-deps.ts'
import { csrfTokenFor } from '../middleware/csrf.ts'
import { pageFrame } from '../pages/page-frame.ts'

export interface SandboxDeps extends HttpDeps {
  sandbox: SandboxStore
}

/** What stands for the reader of these pages in the forms' tokens: they have no login, and hold what reaches nobody. */
export const sandboxReader = 'sandbox'

export function sandboxFrame(deps: SandboxDeps): PageFrame {
  return pageFrame(deps, { csrf: csrfTokenFor(deps.keyring, sandboxReader) })
}
