import { refuseField } from '../refusal.ts'

export const usualDays = 30
const mostDays = 3650

/** How many days of earlier orders are taken in; 0 for none. Refuses: invalid (days). */
export function readDays(days: number | undefined, unless: number): number {
  if (days === undefined) return unless
  if (Number.isInteger(days) && days >= 0 && days <= mostDays) return days
  return refuseField('days', `give a whole number of days from 0 to ${mostDays}; 0 for none`)
}
