import type { Scope } from '../../domain/agents/add-api-key.ts'
import { refuseRequest } from '../http-refusal.ts'
import type { ApiCaller } from './route.ts'

/** Refuses with the scope's name when the key does not have it. No scope includes another. */
export function requireScope(caller: ApiCaller, scope: Scope): void {
  if (!caller.scopes.includes(scope)) refuseRequest({ code: 'forbidden', scope })
}
