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
