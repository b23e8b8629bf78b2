/** What a saved reply may name. A closed list: nothing that a person typed is ever run. */
export const variables = [
  'customer.name',
  'customer.first_name',
  'customer.email',
  'ticket.number',
  'ticket.subject',
  'order.number',
  'balance',
  'agent.name',
  'agent.first_name',
  'shop.name',
] as const

export type Variable = (typeof variables)[number]
export type Values = Partial<Record<Variable, string>>

const written = /\{\{\s*([^{}]*?)\s*\}\}/g

/** Names in a text that mean nothing here, each once. */
export function unknownVariables(text: string): string[] {
  const names = [...text.matchAll(written)].map(([, name]) => name ?? '')
  return [...new Set(names.filter((name) => !variables.some((known) => known === name)))]
}

/** The text with its variables filled in; one without a value stays as it is written. */
export function fillVariables(text: string, values: Values): string {
  return text.replace(written, (all, name: string) => {
    const value = values[name as Variable]
    return value === undefined || value === '' ? all : value
  })
}
