import type { z } from 'zod'
import type { FieldProblem } from '../domain/refusal.ts'

type Issue = z.core.$ZodIssue

/** What a schema found wrong, as fields with the mend. `data.customer.email` is named "customer.email". */
export function fieldProblems(issues: readonly Issue[]): FieldProblem[] {
  return issues.map((issue) => ({
    field: issue.path.map(String).join('.') || 'body',
    message: mendOf(issue),
  }))
}

function mendOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `give ${article(issue.expected)}; it is missing`
        : `give ${article(issue.expected)}`
    case 'invalid_value':
      return `give one of ${issue.values.map(String).join(', ')}`
    case 'too_small':
      return issue.origin === 'string'
        ? 'write something; it is empty'
        : `give a number ${issue.inclusive ? 'of at least' : 'above'} ${issue.minimum}`
    case 'too_big':
      return issue.origin === 'string'
        ? `shorten it to ${issue.maximum} characters`
        : `give a number of at most ${issue.maximum}`
    default:
      return issue.message
  }
}

function article(type: string): string {
  const word = type === 'int' ? 'whole number' : type
  return /^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`
}
