import type { RowError } from '../domain/imports/report.ts'

/** What the HTTP layer itself refuses, before or beside a use case. */
export type HttpRefusal =
  | { code: 'bad_request' }
  | { code: 'unauthorized' }
  /** `scope`: the scope or role that is missing. */
  | { code: 'forbidden'; scope: string }
  | { code: 'form_expired' }
  | { code: 'bad_signature'; status: 401 | 403 }
  | { code: 'no_such_address' }
  | { code: 'method_not_allowed'; allow: string }
  | { code: 'payload_too_large' }
  | { code: 'unsupported_media_type' }
  | { code: 'too_many_requests'; retryAfterSeconds: number }
  | { code: 'unavailable' }
  /** A file of which nothing was taken; `count`: how many mistakes there are, also beyond those that are told. */
  | { code: 'rows_wrong'; errors: RowError[]; count: number }
  | { code: 'internal' }

/** Thrown by middleware and routes; the error handler answers it. */
export class HttpRefused extends Error {
  readonly refusal: HttpRefusal

  constructor(refusal: HttpRefusal) {
    super(refusal.code)
    this.name = 'HttpRefused'
    this.refusal = refusal
  }
}

export function refuseRequest(refusal: HttpRefusal): never {
  throw new HttpRefused(refusal)
}
