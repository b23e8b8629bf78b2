/** The columns of a file of balances, as its header names them: in any order, in small or capital letters. */
export const importColumns = [
  'reference',
  'email',
  'shop_customer_id',
  'name',
  'company',
  'phone',
  'locale',
  'credits',
  'expires',
  'channels',
  'label',
  'paid_total',
  'paid_tax',
  'currency',
] as const

export type ImportColumn = (typeof importColumns)[number]

/** The column that a header's cell names; undefined for an unknown one. "Shop customer ID" is shop_customer_id. */
export function columnOf(typed: string): ImportColumn | undefined {
  const name = typed
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_')
  return importColumns.find((column) => column === name)
}
