import type { TicketState } from '../props.ts'

/** Amber when it is the customer's turn. */
export function StateTag({ state, label }: { state: TicketState; label: string }) {
  return <span class={state === 'waiting' ? 'pill low' : 'pill'}>{label}</span>
}
