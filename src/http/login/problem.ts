import type { Response } from 'express'
import { type Refusal, Refused } from '../../domain/refusal.ts'
import type { SignInProblem } from '../../web/sign-in/fields.tsx'
import { toProblem } from '../errors.ts'

/** What a page of signing in says about a refusal, with its status set; anything else is thrown on. */
export function signInProblem(res: Response, error: unknown): SignInProblem {
  if (!(error instanceof Refused)) throw error
  const problem = wordsOf(error.refusal)
  if (!problem) throw error
  const { status, headers } = toProblem(error.refusal)
  res.status(status).set(headers)
  return problem
}

function wordsOf(refusal: Refusal): SignInProblem | undefined {
  switch (refusal.code) {
    case 'sign_in_wrong':
      return { kind: 'wrong' }
    case 'sign_in_over':
      return { kind: 'over' }
    case 'code_wrong':
      return { kind: 'code' }
    case 'password_wrong':
      return { kind: 'password' }
    case 'weak_password':
      return { kind: refusal.why }
    case 'too_many_tries':
      return { kind: 'tries', minutes: Math.ceil(refusal.retryAfterSeconds / 60) }
    default:
      return undefined
  }
}
