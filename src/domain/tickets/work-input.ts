import type { FieldProblem } from '../refusal.ts'
import { refuse } from '../refusal.ts'
import { problemOfBody } from './message-text.ts'

/** A day: more than that is several works, or a mistake of typing. */
export const mostWorkMinutes = 1440

/** Refuses work of no such length, or without words for the customer: invalid (minutes, body). */
export function checkWork(input: { minutes: number; body: string }): void {
  const fields: FieldProblem[] = []
  if (!Number.isInteger(input.minutes) || input.minutes < 1 || input.minutes > mostWorkMinutes) {
    fields.push({ field: 'minutes', message: `give whole minutes from 1 to ${mostWorkMinutes}` })
  }
  const problem = problemOfBody(input.body, 'portal')
  if (problem) fields.push(problem)
  if (fields.length > 0) refuse({ code: 'invalid', fields })
}
