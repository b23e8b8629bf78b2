import { Refused } from '../../domain/refusal.ts'

/** Which fields of a form were refused; anything else is thrown on. */
export function refusedForm(error: unknown): { wrong: string[]; matchTaken: boolean } {
  if (!(error instanceof Refused)) throw error
  const { refusal } = error
  if (refusal.code === 'package_exists') return { wrong: ['match'], matchTaken: true }
  if (refusal.code !== 'invalid') throw error
  return { wrong: refusal.fields.map(({ field }) => field), matchTaken: false }
}
