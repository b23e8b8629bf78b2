import { type FieldProblem, Refused, refuse } from './refusal.ts'

/** Runs every check and gives their values; refuses with all the fields that any of them found wrong, not only the first. */
export function checkAll<Checks extends Record<string, () => unknown>>(
  checks: Checks,
): { [Name in keyof Checks]: ReturnType<Checks[Name]> } {
  const fields: FieldProblem[] = []
  const values = Object.entries(checks).map(([name, check]) => {
    try {
      return [name, check()]
    } catch (error) {
      if (!(error instanceof Refused) || error.refusal.code !== 'invalid') throw error
      fields.push(...error.refusal.fields)
      return [name, undefined]
    }
  })
  if (fields.length > 0) refuse({ code: 'invalid', fields })
  return Object.fromEntries(values) as { [Name in keyof Checks]: ReturnType<Checks[Name]> }
}
