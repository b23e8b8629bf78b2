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

/** When an account has none left: "No credits left since 3 Mar, 11:05. Ticket 1042." The time tells one running out from another. */
export function ranOutNote(
  words: Words,
  account: { number: number | undefined; at: Date; timezone: string },
): string {
  const at = words.dateTime(account.at, account.timezone)
  const { number } = account
  return number === undefined
    ? words.t('notes:ranOut', { at })
    : words.t('notes:ranOutTicket', { at, number })
}
