import type { SignInResult } from '../../src/domain/sign-in/admit.ts'

/** The login of somebody who is in; throws when a code or a shop is still asked for. */
export function signedIn(result: SignInResult): Extract<SignInResult, { kind: 'in' }> {
  if (result.kind !== 'in') throw new Error(`signing in asks for the ${result.kind}`)
  return result
}
