import type { Words } from './words.ts'

/** The note that a merchant finds on the order in the shop: "Ticket 1042 opened, 10 credits." */
export function ticketOpenedNote(
  words: Words,
  ticket: { number: number | string; grantedUnits: bigint },
): string {
  return words.t('notes:ticketOpened', {
    number: ticket.number,
    credits: words.creditsPhrase(ticket.grantedUnits),
  })
}

/** The same for an order whose credits came to a ticket that was there: "10 credits added to ticket 1042." */
export function ticketToppedUpNote(
  words: Words,
  ticket: { number: number | string; grantedUnits: bigint },
): string {
  return words.t('notes:ticketToppedUp', {
    number: ticket.number,
    credits: words.creditsPhrase(ticket.grantedUnits),
  })
}
