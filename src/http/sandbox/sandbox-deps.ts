import type { SandboxStore } from '../../ports/sandbox.ts'
import type { HttpDeps } from '../http-deps.ts'

export interface SandboxDeps extends HttpDeps {
  sandbox: SandboxStore
}
