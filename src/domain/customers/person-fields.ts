import { z } from 'zod'
import { type FieldProblem, refuse } from '../refusal.ts'
import { normalPhone } from './normal-phone.ts'
import type { Person } from './people.ts'

/** What somebody typed about a person. */
export interface TypedPerson {
  name: string
  email?: string
  /** With the country code. */
  phone?: string
}

export interface PersonFields {
  name: string
  email: string | null
  phone: string | null
}

const longestName = 200
const address = z.email().max(254)

/**
 * The fields as they are stored: e-mail in lower case, phone in E.164. Refuses: invalid, naming each of name, email, phone.
 * `others`: the people of the account besides the one who is changed.
 */
export function readPerson(
  typed: TypedPerson,
  others: readonly Person[],
  ownAddresses: string[],
): PersonFields {
  const problems: FieldProblem[] = []
  const name = typed.name.replace(/\s+/g, ' ').trim()
  const email = typed.email?.trim().toLowerCase() || null
  const phone = typed.phone?.trim() ? (normalPhone(typed.phone, '') ?? null) : null
  if (name === '') problems.push({ field: 'name', message: 'give a name' })
  else if (name.length > longestName) {
    problems.push({ field: 'name', message: `shorten it to ${longestName} characters` })
  }
  if (email !== null && !address.safeParse(email).success) {
    problems.push({ field: 'email', message: 'give an e-mail address such as ana@example.com' })
  }
  if (typed.phone?.trim() && phone === null) {
    problems.push({
      field: 'phone',
      message: 'give the number with its country code, such as +38640123456',
    })
  }
  if (!typed.email?.trim() && !typed.phone?.trim()) {
    problems.push({ field: 'email', message: 'give an e-mail address or a phone' })
  }
  for (const [field, value] of [['email', email] as const, ['phone', phone] as const]) {
    if (value !== null && isTaken(value, others, ownAddresses)) {
      problems.push({
        field,
        message: 'somebody on this account has it already; give another, or change that person',
      })
    }
  }
  if (problems.length > 0) refuse({ code: 'invalid', fields: problems })
  return { name, email, phone }
}

function isTaken(value: string, others: readonly Person[], ownAddresses: string[]): boolean {
  return (
    ownAddresses.includes(value) ||
    others.some((one) => one.removedAt === null && !one.buyer && (one.email === value || one.phone === value))
  )
}
