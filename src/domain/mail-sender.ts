import type { Deps } from './deps.ts'

/**
 * Whom a shop's mail comes from: the shop's own address, else MAIL_FROM, which shops may share. So the name before it tells the
 * customer which shop writes: the shop's, and behind it the name of MAIL_FROM unless that holds it already.
 */
export function senderOf(
  { mailFrom }: Pick<Deps, 'mailFrom'>,
  shop: { name: string; address?: string | null | undefined },
): { name: string; address: string } {
  const address = shop.address ?? mailFrom.address
  if (mailFrom.name === '') return { name: shop.name, address }
  const named = mailFrom.name.toLowerCase().includes(shop.name.toLowerCase())
  return { name: named ? mailFrom.name : `${shop.name} – ${mailFrom.name}`, address }
}
