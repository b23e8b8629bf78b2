/**
 * What the search field and the API's `q` look for, as one SQL condition on `t` (ticket), `c` (customer) and $1 (shop): ticket
 * number or the shop's order number, exact; part of subject, name, e-mail or phone. `place` takes a value and returns its
 * placeholder.
 */
export function searchCondition(q: string, place: (value: unknown) => string): string {
  const words = q.trim().replace(/^#/, '')
  // Sets that do not depend on the ticket are looked up once, as arrays: the ticket's own indexes then find the rows.
  const either = [
    `t.id = any (array(select ticket_of_order($1, s.id) from shop_order s where s.shop_id = $1 and s.number = ${place(words)}::text))`,
  ]
  const digits = phoneDigits(words)
  if (digits !== undefined) {
    either.push(`t.customer_id = any (array(select x.customer_id from contact x
      where x.shop_id = $1 and x.kind = 'phone' and x.value like ${place(`%${digits}`)}::text))`)
  }
  if (/^\d{1,9}$/.test(words)) either.push(`t.number = ${place(words)}::text::int`)
  else {
    const part = place(`%${words.replace(/[\\%_]/g, '\\$&')}%`)
    either.push(`t.subject ilike ${part} or c.name ilike ${part} or exists (select from contact x
      where x.shop_id = t.shop_id and x.customer_id = t.customer_id and x.value ilike ${part})`)
  }
  return `(${either.join(' or ')})`
}

/** The end of a number as people write it, "041 234 567": kept ones are E.164 and have no spaces and no leading zero. */
function phoneDigits(words: string): string | undefined {
  if (!/^[+\d(][\d\s()./-]{5,30}$/.test(words)) return undefined
  const digits = words.replace(/\D/g, '').replace(/^0+/, '')
  return digits.length >= 6 ? digits : undefined
}
